package ossl_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// ocspCA is a CA with three certificates: good, revoked, and a delegated
// responder.
type ocspCA struct {
	*authority
	root, good, bad *ossl.X509
	responder       *ossl.X509
	key, rkey       *ossl.PKey // of the CA and of the responder
	store           *ossl.Store
	goodKey         any
}

func newOCSPCA(t testing.TB) *ocspCA {
	t.Helper()
	ca := &ocspCA{authority: newAuthority(t, "OCSP")}
	names := x509.Certificate{DNSNames: []string{"localhost"}}
	good, goodKey := ca.issue(names)
	bad, _ := ca.issue(names)
	responder, rkey := ca.issue(x509.Certificate{Subject: pkix.Name{CommonName: "Responder"}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}, KeyUsage: x509.KeyUsageDigitalSignature})
	ca.root, ca.good, ca.bad, ca.responder = toX509(t, ca.cert), toX509(t, good), toX509(t, bad), toX509(t, responder)
	ca.key, ca.rkey, ca.goodKey = toPKey(t, ca.authority.key), toPKey(t, rkey), goodKey
	ca.store = storeOf(t, ca.root)
	return ca
}

func certID(t testing.TB, md string, subject, issuer *ossl.X509) ossl.OCSPCertID {
	t.Helper()
	id, err := ossl.OCSPCertToID(md, subject, issuer)
	must(t, err)
	return id
}

// answer signs a response about single as signer.
func (ca *ocspCA) answer(single ossl.OCSPSingle, signer *ossl.X509, key *ossl.PKey, req *ossl.OCSPRequest) []byte {
	t := ca.t
	t.Helper()
	b := opened[*ossl.OCSPBasicResp](t)(ossl.NewOCSPBasicResp())
	must(t, b.Add1Status(single))
	if req != nil {
		must(t, b.CopyNonce(req))
	}
	must(t, b.Sign(signer, key, "SHA256", nil, 0))
	return derOf(t, opened[*ossl.OCSPResponse](t)(ossl.OCSPResponseCreate(ossl.OCSPSuccessful, b)))
}

// now is an answer that counts for an hour.
func (ca *ocspCA) now(x *ossl.X509, s ossl.OCSPCertStatus) ossl.OCSPSingle {
	at := time.Now().Truncate(time.Second).UTC()
	single := ossl.OCSPSingle{ID: certID(ca.t, "SHA1", x, ca.root), Status: s, Reason: ossl.RevokedNoStatus, ThisUpdate: at, NextUpdate: at.Add(time.Hour)}
	if s == ossl.OCSPRevoked {
		single.RevokedAt, single.Reason = at.Add(-time.Minute), ossl.RevokedKeyCompromise
	}
	return single
}

func TestOCSPCertID(t *testing.T) {
	ca := newOCSPCA(t)
	id := certID(t, "SHA1", ca.good, ca.root)
	var spki struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	_, err := asn1.Unmarshal(ca.cert.RawSubjectPublicKeyInfo, &spki)
	must(t, err)
	name, key := sha1.Sum(ca.cert.RawSubject), sha1.Sum(spki.Key.Bytes)
	same(t, "info", id.Info(), ossl.OCSPCertIDInfo{Digest: ossl.NIDSHA1, DigestOID: "1.3.14.3.2.26", IssuerNameHash: name[:], IssuerKeyHash: key[:], SerialNumber: ca.good.GetSerialNumber()})
	bySerial, err := ossl.OCSPCertIDNew("SHA1", ca.root, ca.good.GetSerialNumber())
	must(t, err)
	again, err := ossl.D2IOCSPCertID(id.I2D())
	must(t, err)
	bad, other := certID(t, "SHA1", ca.bad, ca.root), certID(t, "SHA256", ca.good, ca.root)
	same(t, "compared", []bool{id.Cmp(bySerial) == 0, id == again, id.Cmp(bad) == 0, id.IssuerCmp(bad) == 0, id.Cmp(other) == 0, id.IssuerCmp(other) == 0, id.Cmp(ossl.OCSPCertID{}) == 0},
		[]bool{true, true, false, true, false, false, false})
	for i, err := range []error{
		func() error { _, err := ossl.OCSPCertToID("NOSUCH", ca.good, ca.root); return err }(), func() error { _, err := ossl.OCSPCertIDNew("SHA1", ca.root, nil); return err }(),
		func() error { _, err := ossl.D2IOCSPCertID([]byte("garbage")); return err }(), func() error { _, err := ossl.D2IOCSPCertID(append(id.I2D(), 0)); return err }(),
	} {
		if err == nil {
			t.Error(i, "is accepted")
		} else {
			oneLine(t, err)
		}
	}
	if _, err := ossl.OCSPCertToID("SHA1", nil, ca.root); err != ossl.ErrClosed {
		t.Error(err)
	}
}

// A request is byte for byte that of openssl-ocsp(1).
func TestOCSPRequest(t *testing.T) {
	ca := newOCSPCA(t)
	r := opened[*ossl.OCSPRequest](t)(ossl.NewOCSPRequest())
	ids := []ossl.OCSPCertID{certID(t, "SHA1", ca.good, ca.root), certID(t, "SHA1", ca.bad, ca.root)}
	must(t, errors.Join(r.Add0ID(ids[0]), r.Add0ID(ids[1])))
	dir := ca.files()
	openssl(t, nil, "ocsp", "-issuer", dir+"/ca.pem", "-cert", dir+"/good.pem", "-cert", dir+"/bad.pem", "-no_nonce", "-reqout", dir+"/req.der")
	want, err := os.ReadFile(dir + "/req.der")
	must(t, err)
	if !bytes.Equal(derOf(t, r), want) {
		t.Error("another request than the program's")
	}
	must(t, r.Add1Nonce(nil))
	read := opened[*ossl.OCSPRequest](t)(ossl.D2IOCSPRequest(derOf(t, r)))
	same(t, "ids", read.IDs(), ids)
	text, err := read.Print()
	if err != nil || !strings.Contains(text, "OCSP Nonce") {
		t.Error(text, err)
	}
	if read.IsSigned() {
		t.Error("nobody signed it")
	}
	must(t, read.Sign(ca.responder, ca.rkey, "SHA256", []*ossl.X509{ca.root}, 0))
	signed := opened[*ossl.OCSPRequest](t)(ossl.D2IOCSPRequest(derOf(t, read)))
	if !signed.IsSigned() {
		t.Error("it is signed")
	}
	must(t, signed.Verify(nil, ca.store, 0))
	if err := signed.Verify(nil, storeOf(t), 0); err == nil {
		t.Error("nobody trusts the signer")
	} else {
		oneLine(t, err)
	}
	for _, data := range [][]byte{nil, []byte("garbage"), want[:20]} {
		if _, err := ossl.D2IOCSPRequest(data); err == nil {
			t.Errorf("%q reads", data)
		}
	}
	if err := read.Add0ID(ossl.OCSPCertID{}); err == nil {
		t.Error("a question about nothing")
	}
	if err := read.Sign(ca.responder, ca.rkey, "", nil, 0); err == nil {
		t.Error("a second signature")
	}
	if err := r.Sign(ca.good, ca.rkey, "", nil, 0); err == nil || r.IsSigned() {
		t.Error("a signature by another key than the certificate's")
	}
	closedAndNil(t, read)
}

// files puts CA, responder and an index of its certificates into a folder, as
// openssl-ocsp(1) wants them.
func (ca *ocspCA) files() string {
	t := ca.t
	t.Helper()
	dir := t.TempDir()
	for name, x := range map[string]*ossl.X509{"ca": ca.root, "good": ca.good, "bad": ca.bad, "responder": ca.responder} {
		pem, err := x.PEMWrite()
		must(t, err)
		must(t, os.WriteFile(dir+"/"+name+".pem", pem, 0o600))
	}
	key, err := ca.rkey.PEMWritePrivateKey("", "")
	must(t, err)
	must(t, os.WriteFile(dir+"/rkey.pem", key, 0o600))
	stamp := func(at time.Time) string { return at.UTC().Format("060102150405Z") }
	index := fmt.Sprintf("V\t%s\t\t%X\tunknown\t/CN=good\nR\t%s\t%s,superseded\t%X\tunknown\t/CN=bad\n", stamp(ca.good.GetNotAfter()), ca.good.GetSerialNumber(),
		stamp(ca.bad.GetNotAfter()), stamp(time.Now().Add(-time.Minute)), ca.bad.GetSerialNumber())
	must(t, os.WriteFile(dir+"/index.txt", []byte(index), 0o600))
	return dir
}

// A real responder answers about good, bad and unknown certificates.
func TestOCSPResponder(t *testing.T) {
	ca := newOCSPCA(t)
	dir := ca.files()
	unknown, _ := ca.issue(x509.Certificate{})
	for name, tt := range map[string]struct {
		x      *ossl.X509
		status ossl.OCSPCertStatus
		reason ossl.RevocationReason
	}{
		"good": {ca.good, ossl.OCSPGood, ossl.RevokedNoStatus}, "bad": {ca.bad, ossl.OCSPRevoked, ossl.RevokedSuperseded}, "unknown": {toX509(t, unknown), ossl.OCSPUnknown, ossl.RevokedNoStatus},
	} {
		for _, md := range []string{"SHA1", "SHA256"} {
			r := opened[*ossl.OCSPRequest](t)(ossl.NewOCSPRequest())
			id := certID(t, md, tt.x, ca.root)
			must(t, errors.Join(r.Add0ID(id), r.Add1Nonce([]byte("0123456789abcdef"))))
			must(t, os.WriteFile(dir+"/req.der", derOf(t, r), 0o600))
			openssl(t, nil, "ocsp", "-index", dir+"/index.txt", "-CA", dir+"/ca.pem", "-rsigner", dir+"/responder.pem", "-rkey", dir+"/rkey.pem", "-ndays", "1",
				"-reqin", dir+"/req.der", "-respout", dir+"/resp.der")
			der, err := os.ReadFile(dir + "/resp.der")
			must(t, err)
			resp := opened[*ossl.OCSPResponse](t)(ossl.D2IOCSPResponse(der))
			equal(t, "status", resp.Status(), ossl.OCSPSuccessful)
			basic := opened[*ossl.OCSPBasicResp](t)(resp.Get1Basic())
			must(t, basic.Verify(nil, ca.store, 0))
			equal(t, "nonce", basic.CheckNonce(r), ossl.NonceSame)
			s, ok := basic.FindStatus(id)
			byCert, ok2 := basic.FindCert(tt.x, ca.root)
			same(t, name, []any{ok, ok2, s.Status, s.Reason, s.RevokedAt.IsZero(), len(basic.Responses())}, []any{true, true, tt.status, tt.reason, tt.status != ossl.OCSPRevoked, 1})
			same(t, "by certificate", byCert, s)
			if d := s.NextUpdate.Sub(s.ThisUpdate); d < 23*time.Hour || d > 25*time.Hour {
				t.Error("it counts for", d)
			}
			must(t, s.CheckValidity(time.Minute, time.Hour))
			text, err := resp.Print()
			if want := openssl(t, nil, "ocsp", "-respin", dir+"/resp.der", "-resp_text", "-noverify"); err != nil || !strings.HasPrefix(want, text) {
				t.Errorf("%v\n%s\nwant\n%s", err, text, want)
			}
			_, err = ossl.VerifyStaple(der, []*ossl.X509{tt.x, ca.root}, ca.store, time.Minute)
			if (err == nil) != (tt.status == ossl.OCSPGood) || errors.Is(err, ossl.VerifyCertRevoked) != (tt.status == ossl.OCSPRevoked) {
				t.Error(name, err)
			}
			if err != nil {
				oneLine(t, err)
			}
		}
	}
}

// A response that is made here convinces openssl-ocsp(1), and comes back as it
// was.
func TestOCSPResponse(t *testing.T) {
	ca := newOCSPCA(t)
	dir := ca.files()
	for _, signer := range []struct {
		x *ossl.X509
		k *ossl.PKey
	}{{ca.root, ca.key}, {ca.responder, ca.rkey}} {
		for _, tt := range []struct {
			file string
			s    ossl.OCSPSingle
			word string
		}{{"good", ca.now(ca.good, ossl.OCSPGood), "good"}, {"bad", ca.now(ca.bad, ossl.OCSPRevoked), "revoked"}, {"bad", ca.now(ca.bad, ossl.OCSPUnknown), "unknown"}} {
			der := ca.answer(tt.s, signer.x, signer.k, nil)
			file := tempFile(t, "resp.der", der)
			out, err := exec.Command("openssl", "ocsp", "-respin", file, "-CAfile", dir+"/ca.pem", "-issuer", dir+"/ca.pem", "-cert", dir+"/"+tt.file+".pem", "-no_nonce").CombinedOutput()
			if err != nil || !strings.Contains(string(out), "Response verify OK") || !strings.Contains(string(out), ": "+tt.word) {
				t.Errorf("%v\n%s", err, out)
			}
			b := opened[*ossl.OCSPBasicResp](t)(opened[*ossl.OCSPResponse](t)(ossl.D2IOCSPResponse(der)).Get1Basic())
			same(t, "answers", b.Responses(), []ossl.OCSPSingle{tt.s})
			if age := time.Since(b.ProducedAt()); age < -time.Minute || age > 10*time.Minute {
				t.Error("signed", age, "ago")
			}
			found := opened[*ossl.X509](t)(b.Get1Signer([]*ossl.X509{ca.root}))
			if c, err := found.Cmp(signer.x); c != 0 || err != nil {
				t.Error("another signer", err)
			}
			if name, hash := b.ResponderID(); name.String() != signer.x.GetSubjectName() || hash != nil {
				t.Error(name, hash)
			}
		}
	}
	for status, word := range map[ossl.OCSPResponseStatus]string{ossl.OCSPTryLater: "trylater", ossl.OCSPUnauthorized: "unauthorized", ossl.OCSPInternalError: "internalerror", ossl.OCSPMalformedRequest: "malformedrequest", ossl.OCSPSigRequired: "sigrequired"} {
		resp := opened[*ossl.OCSPResponse](t)(ossl.OCSPResponseCreate(status, nil))
		der := derOf(t, resp)
		same(t, "refusal", []any{resp.Status(), status.String(), len(der)}, []any{status, word, 5})
		_, err := resp.Get1Basic()
		if err == nil {
			t.Error("a refusal has an answer")
		}
		_, err = ossl.VerifyStaple(der, []*ossl.X509{ca.good, ca.root}, ca.store, 0)
		var e *ossl.OCSPStatusError
		if !errors.As(err, &e) || e.Status != status || !strings.Contains(err.Error(), word) {
			t.Error(err)
		}
	}
	for _, s := range []ossl.OCSPCertStatus{ossl.OCSPGood, ossl.OCSPRevoked, ossl.OCSPUnknown} {
		if s.String() == "" || strings.Contains(s.String(), "UNKNOWN") {
			t.Error(int(s), s)
		}
	}
	for _, data := range [][]byte{nil, []byte("garbage"), {0x30, 3, 10, 1}} {
		_, err1 := ossl.D2IOCSPResponse(data)
		_, err2 := ossl.D2IOCSPBasicResp(data)
		_, err3 := ossl.VerifyStaple(data, []*ossl.X509{ca.good, ca.root}, ca.store, 0)
		for _, err := range []error{err1, err2, err3} {
			if err == nil {
				t.Errorf("%q reads", data)
				continue
			}
			oneLine(t, err)
		}
	}
	if err := opened[*ossl.OCSPBasicResp](t)(ossl.NewOCSPBasicResp()).Sign(ca.root, ca.rkey, "", nil, 0); err == nil {
		t.Error("a signature by another key than the certificate's")
	}
}

// Names, keys and certificates go along as the flags say.
func TestOCSPSignFlags(t *testing.T) {
	ca := newOCSPCA(t)
	b := opened[*ossl.OCSPBasicResp](t)(ossl.NewOCSPBasicResp())
	must(t, errors.Join(b.Add1Status(ca.now(ca.good, ossl.OCSPGood)), b.Add1Status(ca.now(ca.bad, ossl.OCSPRevoked))))
	must(t, b.Sign(ca.responder, ca.rkey, "", nil, ossl.OCSPNoCerts|ossl.OCSPRespIDKey))
	again := opened[*ossl.OCSPBasicResp](t)(ossl.D2IOCSPBasicResp(derOf(t, b)))
	certs, err := again.Get1Certs()
	equal(t, "answers", len(again.Responses()), 2)
	sum, _ := ca.responder.PubkeyDigest("SHA1")
	if name, hash := again.ResponderID(); len(certs) != 0 || err != nil || name != (ossl.X509Name{}) || !bytes.Equal(hash, sum) {
		t.Error(certs, err, name, hash)
	}
	wantErr(t, again.Verify(nil, ca.store, 0), ossl.ReasonOCSPSignerNotFound)
	must(t, again.Verify([]*ossl.X509{ca.responder}, ca.store, 0))
	if err := again.Verify([]*ossl.X509{ca.responder}, storeOf(t), 0); err == nil {
		t.Error("nobody trusts the responder")
	}
	must(t, again.Verify([]*ossl.X509{ca.responder}, storeOf(t), ossl.OCSPTrustOther))
	must(t, again.Verify([]*ossl.X509{ca.responder}, storeOf(t), ossl.OCSPNoVerify))

	untimed := opened[*ossl.OCSPBasicResp](t)(ossl.NewOCSPBasicResp())
	must(t, errors.Join(untimed.Add1Status(ca.now(ca.good, ossl.OCSPGood)), untimed.Sign(ca.responder, ca.rkey, "", nil, ossl.OCSPNoTime)))
	noTime := []byte{0x18, 0} // a GeneralizedTime, which releases from 3.5 on refuse to read
	if !bytes.Contains(derOf(t, untimed), noTime) || bytes.Contains(derOf(t, b), noTime) {
		t.Error("OCSPNoTime has no effect")
	}

	c := opened[*ossl.OCSPBasicResp](t)(ossl.NewOCSPBasicResp())
	must(t, errors.Join(c.Add1Status(ca.now(ca.good, ossl.OCSPGood)), c.Add1Cert(ca.bad), c.Sign(ca.responder, ca.rkey, "", []*ossl.X509{ca.root}, 0)))
	certs, err = c.Get1Certs()
	must(t, err)
	defer ossl.CloseX509s(certs)
	equal(t, "certificates", len(certs), 3)
	if err := c.Add1Status(ossl.OCSPSingle{}); err == nil {
		t.Error("an answer about nothing")
	}
	closedAndNil(t, c)
	resp := opened[*ossl.OCSPResponse](t)(ossl.OCSPResponseCreate(ossl.OCSPTryLater, nil))
	closedAndNil(t, resp)
}

// Whatever is wrong with a staple is found.
func TestVerifyStaple(t *testing.T) {
	ca, other := newOCSPCA(t), newOCSPCA(t)
	chain := []*ossl.X509{ca.good, ca.root}
	at := time.Now().Truncate(time.Second).UTC()
	in := func(from, to time.Duration) ossl.OCSPSingle {
		s := ca.now(ca.good, ossl.OCSPGood)
		s.ThisUpdate, s.NextUpdate = at.Add(from), at.Add(to)
		return s
	}
	forever := in(-time.Hour, 0)
	forever.NextUpdate = time.Time{}
	sha256 := ca.now(ca.good, ossl.OCSPGood)
	sha256.ID = certID(t, "SHA256", ca.good, ca.root)
	damaged := ca.answer(ca.now(ca.good, ossl.OCSPGood), ca.root, ca.key, nil)
	basic := opened[*ossl.OCSPBasicResp](t)(opened[*ossl.OCSPResponse](t)(ossl.D2IOCSPResponse(damaged)).Get1Basic())
	der := derOf(t, basic)
	damaged = bytes.Replace(damaged, der[len(der)/3:len(der)/3+4], []byte{der[len(der)/3] ^ 1, 2, 3, 4}, 1)
	for name, tt := range map[string]struct {
		staple []byte
		skew   time.Duration
		ok     bool
		want   error
	}{
		"good":            {ca.answer(ca.now(ca.good, ossl.OCSPGood), ca.responder, ca.rkey, nil), 0, true, nil},
		"SHA-256":         {ca.answer(sha256, ca.root, ca.key, nil), 0, true, nil},
		"no end":          {ca.answer(forever, ca.root, ca.key, nil), 0, true, nil},
		"revoked":         {ca.answer(ca.now(ca.good, ossl.OCSPRevoked), ca.root, ca.key, nil), 0, false, ossl.VerifyCertRevoked},
		"unknown":         {ca.answer(ca.now(ca.good, ossl.OCSPUnknown), ca.root, ca.key, nil), 0, false, nil},
		"expired":         {ca.answer(in(-2*time.Hour, -time.Hour), ca.root, ca.key, nil), 0, false, ossl.ReasonOCSPStatusExpired},
		"expired, skewed": {ca.answer(in(-2*time.Hour, -time.Hour), ca.root, ca.key, nil), 2 * time.Hour, true, nil},
		"not yet":         {ca.answer(in(time.Hour, 2*time.Hour), ca.root, ca.key, nil), 0, false, ossl.ReasonOCSPStatusNotYetValid},
		"another's":       {ca.answer(ca.now(ca.bad, ossl.OCSPGood), ca.root, ca.key, nil), 0, false, ossl.ErrOCSPOther},
		"another CA":      {other.answer(ca.now(ca.good, ossl.OCSPGood), other.root, other.key, nil), 0, false, ossl.ReasonOCSPSignatureFailure},
		"not delegated":   {ca.answer(ca.now(ca.good, ossl.OCSPGood), ca.good, toPKey(t, ca.goodKey), nil), 0, false, ossl.ReasonOCSPMissingOCSPSigning},
		"damaged":         {damaged, 0, false, nil},
	} {
		s, err := ossl.VerifyStaple(tt.staple, chain, ca.store, tt.skew)
		if (err == nil) != tt.ok || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		if err != nil {
			oneLine(t, err)
		} else if s.Status != ossl.OCSPGood {
			t.Error(name, s)
		}
	}
	if _, err := ossl.VerifyStaple(damaged, chain[:1], ca.store, 0); err == nil {
		t.Error("nobody knows the issuer")
	}
	old := in(-2*time.Hour, time.Hour)
	must(t, old.CheckValidity(0, -1))
	wantErr(t, old.CheckValidity(0, time.Hour), ossl.ReasonOCSPStatusTooOld)
	var revoked *ossl.OCSPRevokedError
	_, err := ossl.VerifyStaple(ca.answer(ca.now(ca.bad, ossl.OCSPRevoked), ca.root, ca.key, nil), []*ossl.X509{ca.bad, ca.root}, ca.store, 0)
	if !errors.As(err, &revoked) || revoked.Reason != ossl.RevokedKeyCompromise || revoked.RevokedAt.IsZero() {
		t.Error(err)
	}
}

// A nonce in the answer is the request's, or is missed.
func TestOCSPNonce(t *testing.T) {
	ca := newOCSPCA(t)
	request := func(nonce ...byte) *ossl.OCSPRequest {
		r := opened[*ossl.OCSPRequest](t)(ossl.NewOCSPRequest())
		must(t, r.Add0ID(certID(t, "SHA1", ca.good, ca.root)))
		if len(nonce) > 0 {
			must(t, r.Add1Nonce(nonce))
		}
		return r
	}
	a, b, none := request(1, 2, 3), request(4, 5, 6), request()
	for i, tt := range []struct {
		asked, answered *ossl.OCSPRequest
		want            ossl.NonceCheck
	}{{a, a, ossl.NonceSame}, {a, b, ossl.NonceDiffers}, {a, none, ossl.NonceOnlyInRequest}, {none, a, ossl.NonceOnlyInResponse}, {none, none, ossl.NonceAbsent}} {
		der := ca.answer(ca.now(ca.good, ossl.OCSPGood), ca.root, ca.key, tt.answered)
		basic := opened[*ossl.OCSPBasicResp](t)(opened[*ossl.OCSPResponse](t)(ossl.D2IOCSPResponse(der)).Get1Basic())
		if got := basic.CheckNonce(tt.asked); got != tt.want {
			t.Error(i, got, tt.want)
		}
	}
}

// What is made here goes through a handshake as a staple, and openssl-s_client(1)
// believes it.
func TestOCSPStapled(t *testing.T) {
	ca := newOCSPCA(t)
	dir := ca.files()
	staple := ca.answer(ca.now(ca.good, ossl.OCSPGood), ca.responder, ca.rkey, nil)
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{derOf(t, ca.good)}, PrivateKey: ca.goodKey, OCSPStaple: staple}}})
	must(t, err)
	defer ln.Close()
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			_ = conn.(*tls.Conn).Handshake()
			_ = conn.Close()
		}
	}()
	out := openssl(t, nil, "s_client", "-connect", ln.Addr().String(), "-servername", "localhost", "-status", "-CAfile", dir+"/ca.pem")
	if !strings.Contains(out, "OCSP Response Status: successful") || !strings.Contains(out, "Cert Status: good") {
		t.Error(out)
	}
	conn, err := tls.Dial("tcp", ln.Addr().String(), &tls.Config{InsecureSkipVerify: true})
	must(t, err)
	defer conn.Close()
	state := conn.ConnectionState()
	leaf := toX509(t, state.PeerCertificates[0])
	if _, err := ossl.VerifyStaple(state.OCSPResponse, []*ossl.X509{leaf, ca.root}, ca.store, time.Minute); err != nil {
		t.Error(err)
	}
	must(t, ln.Close())
	<-served
}
