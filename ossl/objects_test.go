package ossl_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

func TestObjects(t *testing.T) {
	for _, tt := range []struct {
		nid         ossl.NID
		sn, ln, oid string
	}{
		{ossl.NIDCommonName, "CN", "commonName", "2.5.4.3"},
		{ossl.NIDSubjectAltName, "subjectAltName", "X509v3 Subject Alternative Name", "2.5.29.17"},
		{ossl.NIDSHA256, "SHA256", "sha256", "2.16.840.1.101.3.4.2.1"},
		{ossl.NIDPrime256v1, "prime256v1", "prime256v1", "1.2.840.10045.3.1.7"},
		{ossl.NIDED25519, "ED25519", "ED25519", "1.3.101.112"},
		{ossl.NIDUserID, "UID", "userId", "0.9.2342.19200300.100.1.1"},
	} {
		same(t, tt.sn, []string{ossl.OBJNid2sn(tt.nid), ossl.OBJNid2ln(tt.nid), ossl.OBJNid2txt(tt.nid), tt.nid.String()}, []string{tt.sn, tt.ln, tt.oid, tt.sn})
		same(t, tt.sn, []ossl.NID{ossl.OBJSn2nid(tt.sn), ossl.OBJLn2nid(tt.ln), ossl.OBJTxt2nid(tt.oid), ossl.OBJTxt2nid(tt.ln)}, []ossl.NID{tt.nid, tt.nid, tt.nid, tt.nid})
		oid, err := ossl.OBJTxt2obj(tt.sn, false)
		if err != nil || oid != tt.oid {
			t.Error(oid, err)
		}
		if _, err := ossl.OBJTxt2obj(tt.sn, true); err == nil {
			t.Error("a name where only numbers count")
		}
	}
	same(t, "nothing", []any{ossl.OBJTxt2nid("no such thing"), ossl.OBJSn2nid("CN\x00"), ossl.OBJNid2sn(-5), ossl.OBJNid2ln(1 << 30), ossl.OBJNid2txt(-1), ossl.NID(-5).String()},
		[]any{ossl.NIDUndef, ossl.NIDUndef, "", "", "", "-5"})
	oid, err := ossl.OBJTxt2obj("1.2.3.4.5.6", true)
	if err != nil || oid != "1.2.3.4.5.6" || ossl.OBJTxt2nid(oid) != ossl.NIDUndef {
		t.Error("an identifier without a name:", oid, err)
	}
	digest, key, ok := ossl.OBJFindSigidAlgs(ossl.OBJTxt2nid("ecdsa-with-SHA384"))
	same(t, "ecdsa-with-SHA384", []any{digest, key, ok}, []any{ossl.NIDSHA384, ossl.NIDECPublicKey, true})
	if _, _, ok := ossl.OBJFindSigidAlgs(ossl.NIDCommonName); ok {
		t.Error("a name is a signature algorithm")
	}
}

func TestErrorStrings(t *testing.T) {
	r := ossl.ReasonWrongVersionNumber
	text := ossl.ERRErrorStringN(r)
	code := strings.Split(text, ":")[1]
	equal(t, "openssl errstr", strings.TrimSpace(openssl(t, nil, "errstr", code)), text)
	equal(t, "library", ossl.ERRLibErrorString(r), "SSL routines")
	equal(t, "reason", ossl.ERRReasonErrorString(r), "wrong version number")
	equal(t, "no reason", ossl.ERRReasonErrorString(ossl.MakeReason(200, 4711)), "")
	_, err := ossl.OBJTxt2obj("?", true)
	var e *ossl.Error
	if !errors.As(err, &e) || !strings.Contains(ossl.ERRErrorStringN(e.Queue[0].Reason), e.Queue[0].Text) {
		t.Error(err)
	}
}

func TestRand(t *testing.T) {
	must(t, ossl.RandPoll()) // what it does, and RandSeed and RandAdd: TestEngineSetDefault
	seen := map[string]bool{}
	for range 10 {
		a, b := make([]byte, 24), make([]byte, 24)
		must(t, errors.Join(ossl.RandBytes(a), ossl.RandPrivBytes(b), ossl.RandBytes(nil)))
		seen[string(a)], seen[string(b)] = true, true
	}
	if len(seen) != 20 || seen[string(make([]byte, 24))] {
		t.Error("the same bytes again, or none")
	}
}
