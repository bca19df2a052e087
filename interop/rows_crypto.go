package interop

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// suites13 are the cipher suites of TLS 1.3: RFC 8446, appendix B.4. OpenSSL
// leaves the last two out unless told otherwise.
var suites13 = []string{
	"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256",
	"TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256",
}

// cipherRows has a row for each cipher suite that this OpenSSL offers by
// default, and CCM.
func cipherRows() ([]Row, error) {
	var rows []Row
	for _, name := range suites13 {
		rows = append(rows, Row{Name: "cipher/tls1.3/" + name, Setup: Setup{Version: ossl.TLS1_3Version, Cipher: name}})
	}
	ctx, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		return nil, err
	}
	defer ctx.Close()
	if err := ctx.SetCipherList("DEFAULT:AESCCM:!PSK:!SRP"); err != nil {
		return nil, err
	}
	for _, c := range ctx.GetCiphers() {
		name := c.GetName()
		if slices.Contains(suites13, name) {
			continue
		}
		cert := CertRSA
		if strings.Contains(name, "ECDSA") {
			cert = CertECDSA
		}
		rows = append(rows, Row{Name: "cipher/tls1.2/" + name, Setup: Setup{Version: ossl.TLS1_2Version, Cipher: name, Cert: cert}})
	}
	return rows, nil
}

// Groups of the rows, by OpenSSL's names. The finite fields are for TLS 1.3
// (RFC 7919); under TLS 1.2 OpenSSL chooses them by the key's strength.
var (
	curves  = []string{"X25519", "P-256", "P-384", "P-521", "X448"}
	fields  = []string{"ffdhe2048", "ffdhe3072", "ffdhe4096"}
	hybrids = []string{"X25519MLKEM768"}
)

func groupRows() []Row {
	var rows []Row
	add := func(version int, group string) {
		rows = append(rows, Row{
			Name: fmt.Sprintf("group/tls%s/%s", VersionName(version), group),
			// Before TLS 1.3 the groups are a choice of curves for certificates too.
			Setup: Setup{Version: version, Groups: []string{group}, Cert: CertRSA},
			check: func(_ *cell, st ossl.ConnectionState) error { return checkGroup(st, group) },
		})
	}
	for _, g := range slices.Concat(hybrids, curves, fields) {
		add(ossl.TLS1_3Version, g)
	}
	for _, g := range curves {
		add(ossl.TLS1_2Version, g)
	}
	return append(rows, Row{
		Name:  "hello-retry-request",
		Setup: Setup{Version: ossl.TLS1_3Version, Groups: []string{"X25519", "P-384"}, ServerGroups: []string{"P-384"}},
		check: func(c *cell, st ossl.ConnectionState) error {
			if err := checkGroup(st, "P-384"); err != nil {
				return err
			}
			if n := c.rec.messages(msgClientHello, !c.server); n != 2 {
				return fmt.Errorf("%d ClientHello, not 2", n)
			}
			return nil
		},
	})
}

// groupAliases are the names that libssl has for what the rows name otherwise.
var groupAliases = map[string]string{"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1"}

func checkGroup(st ossl.ConnectionState, want string) error {
	if strings.EqualFold(st.Group, want) || strings.EqualFold(st.Group, groupAliases[want]) {
		return nil
	}
	return fmt.Errorf("group %q, not %s", st.Group, want)
}

func certRows() []Row {
	var rows []Row
	for _, version := range []int{ossl.TLS1_3Version, ossl.TLS1_2Version} {
		for _, cert := range KeyKinds {
			rows = append(rows, Row{
				Name:  fmt.Sprintf("cert/tls%s/%s", VersionName(version), cert),
				Setup: Setup{Version: version, Cert: cert},
				check: checkSignature(signatures[cert]),
			})
		}
	}
	// Which of the two certificates is shown follows from the cipher suite.
	for _, kind := range []struct{ cipher, signature string }{{"ECDHE-RSA-AES128-GCM-SHA256", "rsa"}, {"ECDHE-ECDSA-AES128-GCM-SHA256", "ecdsa"}} {
		rows = append(rows, Row{
			Name:  "cert/dual/" + kind.signature,
			Setup: Setup{Version: ossl.TLS1_2Version, Cipher: kind.cipher, Cert: CertRSA, SecondOf: CertECDSA},
			check: checkSignature(kind.signature),
		})
	}
	return rows
}

// signatures are how the names of signature algorithms begin, by kind of key.
var signatures = map[string]string{
	CertRSA: "rsa_ps", CertRSAPSS: "rsa_pss_pss", CertECDSA: "ecdsa_", CertP384: "ecdsa_",
	CertEd25519: "ed25519", CertEd448: "ed448",
}

// checkSignature checks what the server signed with, as a client knows it.
func checkSignature(prefix string) func(*cell, ossl.ConnectionState) error {
	return func(c *cell, st ossl.ConnectionState) error {
		if !c.server && !strings.HasPrefix(st.PeerSignature, prefix) && !strings.HasPrefix(st.PeerSignature, "rsa_pkcs1") {
			return fmt.Errorf("the server signed with %q, not %s…", st.PeerSignature, prefix)
		}
		return nil
	}
}
