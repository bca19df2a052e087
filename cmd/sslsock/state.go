package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// report is what a handshake negotiated, for people and as JSON.
type report struct {
	Address    string         `json:"address"`
	Remote     string         `json:"remote,omitempty"`
	ServerName string         `json:"server_name,omitempty"`
	OK         bool           `json:"ok"`
	Error      string         `json:"error,omitempty"`
	Protocol   string         `json:"protocol,omitempty"`
	Cipher     *cipherReport  `json:"cipher,omitempty"`
	Group      string         `json:"group,omitempty"`
	Signature  string         `json:"signature,omitempty"`
	ALPN       string         `json:"alpn,omitempty"`
	Verify     verifyReport   `json:"verify"`
	Session    *sessionReport `json:"session,omitempty"`
	Chain      []certReport   `json:"chain"`
}

type cipherReport struct {
	Name     string `json:"name"`
	Standard string `json:"standard_name"`
	Bits     int    `json:"bits"`
	ID       string `json:"id"`
}

type verifyReport struct {
	OK      bool   `json:"ok"`
	Code    int    `json:"code"` // X509_V_*
	Reason  string `json:"reason"`
	Ignored bool   `json:"ignored,omitempty"` // --insecure
}

type sessionReport struct {
	Resumed   bool   `json:"resumed"`
	ID        string `json:"id,omitempty"`
	Resumable bool   `json:"resumable"`
	Timeout   int    `json:"timeout_seconds,omitempty"`
}

type certReport struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	Version     int       `json:"version"`
	Serial      string    `json:"serial"`
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	Names       []string  `json:"names,omitempty"` // SANs
	Key         string    `json:"key"`
	Signature   string    `json:"signature"`
	Fingerprint string    `json:"sha256"`
	Problem     string    `json:"problem,omitempty"` // where the certificate cannot be read
}

// fill adds what st says.
func (r *report) fill(st *ossl.ConnectionState) {
	if st.HandshakeComplete {
		r.Protocol, r.Group, r.Signature, r.ALPN = st.VersionName, st.Group, st.PeerSignature, st.ALPN
		if st.CipherName != "" {
			r.Cipher = &cipherReport{st.CipherName, st.CipherStandard, st.CipherBits, fmt.Sprintf("0x%04X", st.CipherID)}
		}
	}
	r.Verify = verifyReport{OK: st.VerifyResult == ossl.VerifyOK, Code: int(st.VerifyResult), Reason: st.VerifyResult.Error()}
	r.Chain = make([]certReport, len(st.PeerCertificates))
	for i, der := range st.PeerCertificates {
		r.Chain[i] = certificate(der)
	}
}

func certificate(der []byte) certReport {
	sum := sha256.Sum256(der)
	c := certReport{Fingerprint: colons(sum[:])}
	if x, err := ossl.D2IX509(der); err == nil {
		c.Subject, c.Issuer, c.Version = x.GetSubjectName(), x.GetIssuerName(), x.GetVersion()+1
		x.Close()
	}
	x, err := x509.ParseCertificate(der)
	if err != nil {
		c.Problem = oneLine(err)
		return c
	}
	c.Serial = colons(x.SerialNumber.Bytes())
	c.NotBefore, c.NotAfter = x.NotBefore.UTC(), x.NotAfter.UTC()
	c.Key, c.Signature = keyText(x), x.SignatureAlgorithm.String()
	c.Names = append(c.Names, x.DNSNames...)
	for _, ip := range x.IPAddresses {
		c.Names = append(c.Names, ip.String())
	}
	c.Names = append(c.Names, x.EmailAddresses...)
	for _, u := range x.URIs {
		c.Names = append(c.Names, u.String())
	}
	return c
}

func keyText(x *x509.Certificate) string {
	switch k := x.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d bits", k.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + k.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	default:
		return x.PublicKeyAlgorithm.String()
	}
}

func colons(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = strings.ToUpper(hex.EncodeToString([]byte{c}))
	}
	return strings.Join(parts, ":")
}

// pair is a line of a description.
type pair struct{ name, value string }

// describe is what the two sides of a connection agreed upon.
func describe(st *ossl.ConnectionState) []pair {
	list := []pair{
		{"protocol", st.VersionName},
		{"cipher", cipherText(st)},
	}
	add := func(name, value string) {
		if value != "" {
			list = append(list, pair{name, value})
		}
	}
	add("group", st.Group)
	add("signature", st.PeerSignature)
	add("ALPN", st.ALPN)
	add("server name", st.ServerName)
	add("resumed", yesNo(st.Resumed))
	return list
}

func cipherText(st *ossl.ConnectionState) string {
	if st.CipherStandard == st.CipherName || st.CipherStandard == "" {
		return fmt.Sprintf("%s, %d bits", st.CipherName, st.CipherBits)
	}
	return fmt.Sprintf("%s (%s), %d bits", st.CipherName, st.CipherStandard, st.CipherBits)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// until says how far away t is, in words.
func until(t, now time.Time) string {
	d := t.Sub(now)
	ago := d < 0
	days := int(d.Abs().Hours() / 24)
	text := plural(days, "day")
	switch {
	case days > 730:
		text = fmt.Sprintf("%d years", days/365)
	case days == 0:
		text = d.Abs().Round(time.Minute).String()
	}
	if ago {
		return text + " ago"
	}
	return "in " + text
}
