package ossl_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Both sides derive the same, and something else for each label and context.
func TestExporters(t *testing.T) {
	eachVersion(t, func(t *testing.T, version int) {
		p := connect(t, clientCtx(t, testdata.ECDSA, only(version)), serverCtx(t, testdata.ECDSA))
		seen := map[string]bool{}
		for _, label := range []string{"EXPERIMENTAL one", "EXPERIMENTAL two"} {
			for _, context := range [][]byte{nil, {}, []byte("context")} {
				one, err := p.client.ExportKeyingMaterial(40, label, context)
				must(t, err)
				two, err := p.server.ExportKeyingMaterial(40, label, context)
				must(t, err)
				if len(one) != 40 || !bytes.Equal(one, two) {
					t.Errorf("%s %q: %x, %x", label, context, one, two)
				}
				seen[string(one)] = true
			}
		}
		want := 6 // TLS 1.3 takes no context for an empty one
		if version == ossl.TLS1_3Version {
			want = 4
		}
		if len(seen) != want {
			t.Errorf("%d different values, want %d", len(seen), want)
		}
		if p.client.GetFinished() == nil || !bytes.Equal(p.client.GetFinished(), p.server.GetPeerFinished()) || !bytes.Equal(p.server.GetFinished(), p.client.GetPeerFinished()) {
			t.Errorf("Finished: %x, %x", p.client.GetFinished(), p.server.GetPeerFinished())
		}
		if len(p.client.GetClientRandom()) != 32 || !bytes.Equal(p.client.GetClientRandom(), p.server.GetClientRandom()) ||
			!bytes.Equal(p.client.GetServerRandom(), p.server.GetServerRandom()) || bytes.Equal(p.client.GetClientRandom(), p.client.GetServerRandom()) {
			t.Error("randoms")
		}
		for _, n := range []int{0, -1, 1 << 40} {
			if _, err := p.client.ExportKeyingMaterial(n, "x", nil); err == nil {
				t.Errorf("%d bytes", n)
			}
			if _, err := p.client.ExportKeyingMaterialEarly(n, "x", nil); err == nil {
				t.Errorf("%d bytes", n)
			}
		}
	})
	s := newUnused(t)
	if s.GetFinished() != nil || s.GetPeerFinished() != nil {
		t.Error("a Finished before the handshake")
	}
	if _, err := s.ExportKeyingMaterial(10, "x", nil); err == nil {
		t.Error("keying material before the handshake")
	}
}

// Early data arrives before the handshake is done, both ways.
func TestEarlyData(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetMaxEarlyData(1 << 14) })
	server.SetSessionCacheMode(ossl.SessCacheServer)
	p := connect(t, client, server)
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	p.client.SetShutdown(ossl.SentShutdown)

	q := newPair(t, client, server)
	must(t, q.client.SetSession(sess))
	if n, w, err := q.client.WriteEarlyData([]byte("early")); n != 5 || w != ossl.WantNothing || err != nil {
		t.Fatal(n, w, err)
	}
	buf := make([]byte, 100)
	n, finished, w, err := q.server.ReadEarlyData(buf)
	if string(buf[:n]) != "early" || finished || w != ossl.WantNothing || err != nil {
		t.Fatal(n, finished, w, err)
	}
	one, err := q.client.ExportKeyingMaterialEarly(20, "early", nil)
	must(t, err)
	two, err := q.server.ExportKeyingMaterialEarly(20, "early", nil)
	must(t, err)
	if !bytes.Equal(one, two) || bytes.Equal(one, make([]byte, 20)) {
		t.Error("early exporters differ")
	}
	if n, w, err := q.server.WriteEarlyData([]byte("half-RTT")); n != 8 || w != ossl.WantNothing || err != nil {
		t.Error(n, w, err)
	}
	readEarly := func() (ossl.Want, error) {
		n, finished, w, err := q.server.ReadEarlyData(buf)
		if n != 0 || err == nil && w == ossl.WantNothing && !finished {
			return w, errors.New("more early data than was sent")
		}
		return w, err
	}
	for _, err := range lockstep(t, q.client.DoHandshake, readEarly) {
		must(t, err)
	}
	q.handshake()
	if q.client.GetEarlyDataStatus() != ossl.EarlyDataAccepted || q.server.GetEarlyDataStatus() != ossl.EarlyDataAccepted || !q.client.ConnectionState().EarlyData {
		t.Error(q.client.GetEarlyDataStatus(), q.server.GetEarlyDataStatus())
	}
	if n, _, err := q.client.Read(buf); string(buf[:n]) != "half-RTT" || err != nil {
		t.Error(n, err)
	}
	q.echo()

	// A second use of the ticket is refused, and the handshake goes on.
	r := newPair(t, client, server)
	must(t, r.client.SetSession(sess))
	if _, _, err := r.client.WriteEarlyData([]byte("again")); err != nil {
		t.Fatal(err)
	}
	none := func() (ossl.Want, error) {
		n, finished, w, err := r.server.ReadEarlyData(buf)
		if n != 0 || err == nil && w == ossl.WantNothing && !finished {
			return w, errors.New("early data was played again")
		}
		return w, err
	}
	for _, err := range lockstep(t, r.client.DoHandshake, none) {
		must(t, err)
	}
	r.handshake()
	if r.client.GetEarlyDataStatus() != ossl.EarlyDataRejected {
		t.Error(r.client.GetEarlyDataStatus())
	}
	if s := newUnused(t).GetEarlyDataStatus(); s != ossl.EarlyDataNotSent {
		t.Error(s)
	}
	if _, _, err := q.client.WriteEarlyData([]byte("late")); err == nil {
		t.Error("early data after the handshake")
	}
}

// A server asks for the client's certificate after the handshake.
func TestPostHandshakeAuth(t *testing.T) {
	for name, allow := range map[string]func(*ossl.Ctx, *ossl.SSL){
		"Ctx": func(c *ossl.Ctx, _ *ossl.SSL) { c.SetPostHandshakeAuth(true) }, "SSL": func(_ *ossl.Ctx, s *ossl.SSL) { s.SetPostHandshakeAuth(true) }, "nobody": nil,
	} {
		t.Run(name, func(t *testing.T) {
			client := clientCtx(t, testdata.ECDSA, identity(testdata.Client.ECDSA))
			if allow != nil {
				allow(client, newUnused(t))
			}
			p := newPair(t, client, serverCtx(t, testdata.ECDSA, demand, func(c *ossl.Ctx) error {
				c.SetVerify(ossl.VerifyPeer | ossl.VerifyPostHandshakeAuth)
				return nil
			}))
			if allow != nil {
				allow(newCtx(t), p.client)
			}
			p.handshake()
			p.echo()
			if _, err := p.server.Get1PeerCertificate(); err == nil {
				t.Fatal("a certificate already")
			}
			err := p.server.VerifyClientPostHandshake()
			if allow == nil {
				if err == nil {
					t.Error("asked a client that did not allow it")
				}
				return
			}
			must(t, err)
			_, err = p.server.DoHandshake()
			must(t, err)
			p.transfer(p.server, p.client, []byte("question"))
			p.transfer(p.client, p.server, []byte("answer"))
			x, err := p.server.Get0PeerCertificate()
			must(t, err)
			defer x.Close()
			der, err := x.I2D()
			must(t, err)
			if !bytes.Equal(der, leafDER(t, testdata.Client.ECDSA)) {
				t.Error("another certificate")
			}
		})
	}
}

// What a handshake in the middle, and one that is done, say of themselves.
func TestHandshakeStates(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	c := p.client
	check := func(when string, facts map[string]bool) {
		t.Helper()
		for name, ok := range facts {
			if !ok {
				t.Errorf("%s: %s", when, name)
			}
		}
	}
	check("before", map[string]bool{
		"GetState": c.GetState() == ossl.StBefore, "InBefore": c.InBefore(), "StateString": strings.TrimSpace(c.StateString()) == "PINIT",
		"WantNothing": c.WantNothing() && c.Want() == ossl.WantNothing, "Version": c.GetCipherName() == "",
		"GetExtmsSupport": c.GetExtmsSupport() == -1, "GetServernameType": p.server.GetServernameType() == -1,
		"GetPendingCipher": c.GetPendingCipher() == ossl.Cipher{}, "GetSigalgs": c.GetSigalgs() == nil,
		"WaitingForAsync": !c.WaitingForAsync(), "GetAllAsyncFds": c.GetAllAsyncFds() == nil, "GetAsyncStatus": c.GetAsyncStatus() == ossl.AsyncStatusUnsupported,
	})
	must(t, c.SetTlsextHostName("server.example"))
	if w, err := c.DoHandshake(); w != ossl.WantRead || err != nil {
		t.Fatal(w, err)
	}
	added, removed := c.GetChangedAsyncFds()
	check("between", map[string]bool{
		"WantRead": c.WantRead() && c.Want() == ossl.WantRead, "WantWrite": !c.WantWrite(), "WantX509Lookup": !c.WantX509Lookup(),
		"WantRetryVerify": !c.WantRetryVerify(), "WantAsync": !c.WantAsync(), "WantAsyncJob": !c.WantAsyncJob(), "WantClientHelloCb": !c.WantClientHelloCb(),
		"InConnectInit": c.InConnectInit() && !c.InAcceptInit(), "InBefore": !c.InBefore(), "RstateString": c.RstateString() == "RH",
		"RstateStringLong": c.RstateStringLong() == "read header", "GetState": c.GetState() != ossl.StBefore && c.GetState() != ossl.StOK,
		"GetChangedAsyncFds": added == nil && removed == nil,
	})
	p.handshake()
	check("after", map[string]bool{
		"GetState": c.GetState() == ossl.StOK, "Version": c.Version() == ossl.TLS1_3Version, "ClientVersion": p.server.ClientVersion() == ossl.TLS1_3Version || p.server.ClientVersion() == ossl.TLS1_2Version,
		"IsDTLS": !c.IsDTLS(), "GetServername": p.server.GetServername() == "server.example", "GetServernameType": p.server.GetServernameType() == 0,
		"GetCipherName": c.GetCipherName() == "TLS_AES_256_GCM_SHA384", "GetCipherBits": c.GetCipherBits() == 256, "GetCipherVersion": c.GetCipherVersion() == "TLSv1.3",
		"GetKeyUpdateType": c.GetKeyUpdateType() == ossl.KeyUpdateNone, "GetPSKIdentity": c.GetPSKIdentity() == "" && c.GetPSKIdentityHint() == "",
		"GetCurrentCompression": c.GetCurrentCompression() == "" && c.GetCurrentExpansion() == "", "Get0NextProtoNegotiated": c.Get0NextProtoNegotiated() == "",
		"GetNegotiatedGroup": c.GroupToName(c.GetNegotiatedGroup()) == c.ConnectionState().Group && c.ConnectionState().Group != "",
		"GetSSLMethod":       c.GetSSLMethod() != ossl.Method{}, "BIOGetKTLSSend": !c.BIOGetKTLSSend() && !c.BIOGetKTLSRecv(),
	})
	must(t, c.KeyUpdate(ossl.KeyUpdateRequested))
	if c.GetKeyUpdateType() != ossl.KeyUpdateRequested {
		t.Error(c.GetKeyUpdateType())
	}
	buf := pattern(4 << 20)
	if _, w, err := c.Write(buf); w != ossl.WantWrite || err != nil || !c.WantWrite() || c.Want() != ossl.WantWrite {
		t.Error(w, err, c.Want())
	}
}

func TestRenegotiationCounters(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA)
	server.SetOptions(ossl.OpAllowClientRenegotiation)
	p := newPair(t, client, server)
	if p.client.GetSecureRenegotiationSupport() {
		t.Error("GetSecureRenegotiationSupport before the handshake")
	}
	p.handshake()
	if !p.client.GetSecureRenegotiationSupport() || p.client.GetExtmsSupport() != 1 || p.client.NumRenegotiations() != 0 || p.client.RenegotiatePending() {
		t.Error(p.client.GetSecureRenegotiationSupport(), p.client.GetExtmsSupport())
	}
	round := func(ask func() error) {
		t.Helper()
		must(t, ask())
		if !p.client.RenegotiatePending() {
			t.Error("not pending")
		}
		_, err := p.client.DoHandshake()
		must(t, err)
		for range 2 {
			p.transfer(p.client, p.server, []byte("meanwhile"))
			p.transfer(p.server, p.client, []byte("meanwhile"))
		}
	}
	round(p.client.Renegotiate)
	round(p.client.RenegotiateAbbreviated)
	if !p.client.SessionReused() {
		t.Error("the second one is a full handshake")
	}
	if n, m := p.client.NumRenegotiations(), p.client.TotalRenegotiations(); n != 2 || m != 2 {
		t.Error(n, m)
	}
	if n := p.client.ClearNumRenegotiations(); n != 2 || p.client.NumRenegotiations() != 0 || p.client.TotalRenegotiations() != 2 {
		t.Error(n)
	}
	if client.SessConnectRenegotiate() != 2 || server.SessAcceptRenegotiate() != 2 {
		t.Error(client.SessConnectRenegotiate(), server.SessAcceptRenegotiate())
	}
}

// The lists of a handshake, on both sides.
func TestLists(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version), identity(testdata.Client.RSA))
	must(t, client.SetCipherList("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384"))
	must(t, client.SetCiphersuites("TLS_AES_128_GCM_SHA256"))
	must(t, client.Set1Groups([]ossl.NID{ossl.NIDPrime256v1, ossl.NIDX25519}))
	must(t, client.Set1Sigalgs([]ossl.SigAlgPair{{Hash: ossl.NIDSHA256, Sign: ossl.NIDECPublicKey}, {Hash: ossl.NIDSHA384, Sign: ossl.NIDRSASSAPSS}}))
	server := serverCtx(t, testdata.ECDSA, demand)
	must(t, server.Set1ClientCertificateTypes([]byte{1})) // rsa_sign
	must(t, server.Set1CurvesList("X25519:P-256"))
	names := func(list []ossl.Cipher) (s []string) {
		for _, c := range list {
			s = append(s, c.GetName())
		}
		return s
	}
	want := []string{"TLS_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"}
	if got := names(client.GetCiphers()); !slices.Equal(got, want) {
		t.Error("Ctx.GetCiphers", got)
	}
	p := connect(t, client, server)
	c, s := p.client, p.server
	for name, got := range map[string][]string{
		"GetCiphers": names(c.GetCiphers()), "GetCipherList": {c.GetCipherList(0), c.GetCipherList(1), c.GetCipherList(2)},
	} {
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", name, got)
		}
	}
	for name, got := range map[string][]string{
		"Get1SupportedCiphers": names(c.Get1SupportedCiphers()), "GetClientCiphers": names(s.GetClientCiphers()), "GetSharedCiphers": s.GetSharedCiphers(),
	} {
		if !slices.Equal(got, want[1:]) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if c.GetCipherList(3) != "" || c.GetCipherList(-1) != "" {
		t.Error(c.GetCipherList(3), c.GetCipherList(-1))
	}
	// Clients of newer releases send an extension instead of the SCSV.
	scsv := []byte{0, 0xff}
	raw := append(bytes.TrimSuffix(s.Get0RawCipherlist(), scsv), scsv...)
	parsed, scsvs, err := s.BytesToCipherList(raw, false)
	if err != nil || !slices.Equal(names(parsed), want[1:]) || len(scsvs) != 1 {
		t.Errorf("%x: %v, %v, %v", raw, names(parsed), names(scsvs), err)
	}
	if _, _, err := s.BytesToCipherList([]byte{1}, false); err == nil {
		t.Error("half a suite")
	}
	if got := s.Get1Groups(); !slices.Equal(got, []ossl.NID{ossl.NIDPrime256v1, ossl.NIDX25519}) {
		t.Error("Get1Groups", got)
	}
	if s.GetSharedGroup(-1) != 2 || s.GetSharedGroup(0) == ossl.NIDUndef || s.GetSharedGroup(2) != ossl.NIDUndef {
		t.Error("GetSharedGroup", s.GetSharedGroup(-1), s.GetSharedGroup(0), s.GetSharedGroup(2))
	}
	algs := s.GetSigalgs()
	if len(algs) != 2 || algs[0].Sign != ossl.NIDECPublicKey || algs[0].Hash != ossl.NIDSHA256 || algs[0].RawHash != 4 || algs[0].RawSign != 3 {
		t.Errorf("GetSigalgs %+v", algs)
	}
	if got := c.Get0CertificateTypes(); !bytes.Equal(got, []byte{1}) {
		t.Errorf("Get0CertificateTypes %x", got)
	}
	if got := s.Get0EcPointFormats(); len(got) == 0 || got[0] != 0 {
		t.Errorf("Get0EcPointFormats %x", got)
	}
	if s.GetSignatureNID() != ossl.NIDSHA256 || c.GetPeerSignatureNID() != ossl.NIDSHA256 || c.GetPeerSignatureTypeNID() != ossl.NIDECPublicKey || s.GetSignatureTypeNID() != ossl.NIDECPublicKey {
		t.Error(s.GetSignatureNID(), c.GetPeerSignatureNID(), c.GetPeerSignatureTypeNID(), s.GetSignatureTypeNID())
	}
}

// The keys of the key exchange, as long as a side has them.
func TestTmpKeys(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA, x25519), serverCtx(t, testdata.ECDSA))
	mine, err := p.server.GetTmpKey()
	must(t, err)
	defer mine.Close()
	theirs, err := p.client.GetPeerTmpKey()
	must(t, err)
	defer theirs.Close()
	if !mine.Eq(theirs) {
		t.Error("GetTmpKey and GetPeerTmpKey differ")
	}
	if _, err := newUnused(t).GetTmpKey(); err == nil {
		t.Error("a key before the handshake")
	}
}

// One SSL can have lists of its own.
func TestListsOfOne(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA, identity(testdata.Client.ECDSA)), serverCtx(t, testdata.ECDSA, demand))
	must(t, p.client.Set1Groups([]ossl.NID{ossl.NIDSecp384r1}))
	must(t, p.client.Set1Sigalgs([]ossl.SigAlgPair{{Hash: ossl.NIDSHA256, Sign: ossl.NIDECPublicKey}}))
	must(t, p.server.Set1ClientSigalgs([]ossl.SigAlgPair{{Hash: ossl.NIDSHA384, Sign: ossl.NIDECPublicKey}, {Hash: ossl.NIDSHA256, Sign: ossl.NIDECPublicKey}}))
	must(t, p.server.Set1ClientCertificateTypes([]byte{64}))
	p.handshake()
	if g := p.client.ConnectionState().Group; g != "secp384r1" {
		t.Error(g)
	}
	old := newPair(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version), identity(testdata.Client.ECDSA)), serverCtx(t, testdata.ECDSA, demand))
	must(t, old.server.Set1ClientCertificateTypes([]byte{64}))
	old.handshake()
	if types := old.client.Get0CertificateTypes(); !bytes.Equal(types, []byte{64}) { // TLS 1.3 has none
		t.Errorf("the server asks for certificates of %v", types)
	}
	if n := len(p.client.GetSigalgs()); n != 2 {
		t.Errorf("the server asks for %d algorithms", n)
	}
	q := newPair(t, clientCtx(t, testdata.ECDSA, identity(testdata.Client.ECDSA)), serverCtx(t, testdata.ECDSA, demand, func(c *ossl.Ctx) error {
		return c.Set1ClientSigalgs([]ossl.SigAlgPair{{Hash: ossl.NIDSHA256, Sign: ossl.NIDECPublicKey}})
	}))
	must(t, q.client.Set1SigalgsList("ECDSA+SHA256"))
	q.handshake()
	if n := len(q.client.GetSigalgs()); n != 1 {
		t.Errorf("the server of Set1ClientSigalgs asks for %d algorithms", n)
	}
	r := newPair(t, clientCtx(t, testdata.ECDSA, identity(testdata.Client.ECDSA)), serverCtx(t, testdata.ECDSA, demand))
	must(t, r.server.Set1ClientSigalgsList("ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512"))
	r.handshake()
	if n := len(r.client.GetSigalgs()); n != 3 {
		t.Errorf("the server of Set1ClientSigalgsList asks for %d algorithms", n)
	}
	if n := len(q.server.GetSigalgs()); n != 1 {
		t.Errorf("the client offers %d algorithms", n)
	}
	if shared := q.server.GetSharedSigalgs(); len(shared) != 1 || shared[0].SignHash.String() != "ecdsa-with-SHA256" {
		t.Errorf("GetSharedSigalgs %+v", shared)
	}
	c := newCtx(t)
	for name, err := range map[string]error{
		"Set1Groups": c.Set1Groups([]ossl.NID{12345}), "Set1Sigalgs": c.Set1Sigalgs([]ossl.SigAlgPair{{Hash: 1, Sign: 2}}),
		"SSL.Set1Groups": p.client.Set1Groups([]ossl.NID{12345}), "SSL.Set1Sigalgs": p.client.Set1Sigalgs([]ossl.SigAlgPair{{Hash: 1, Sign: 2}}),
		"SSL.Set1ClientSigalgs": p.client.Set1ClientSigalgs([]ossl.SigAlgPair{{Hash: 1, Sign: 2}}), "Set1ClientSigalgs": c.Set1ClientSigalgs([]ossl.SigAlgPair{{Hash: 1, Sign: 2}}),
		"Set1CurvesList": c.Set1CurvesList("none"), "SSL.Set1SigalgsList": p.client.Set1SigalgsList("none"), "SSL.Set1ClientSigalgsList": p.client.Set1ClientSigalgsList("none"),
	} {
		if err == nil {
			t.Errorf("%s takes nonsense", name)
		}
	}
}

func TestCipherFacts(t *testing.T) {
	s := newUnused(t)
	tls13, old, cbc := s.CipherFind(0x1302), s.CipherFind(0xc02f), s.CipherFind(0xc013)
	for name, ok := range map[string]bool{
		"GetID": old.GetID() == 0x0300c02f, "GetKxNID": old.GetKxNID() == ossl.NIDKxECDHE && tls13.GetKxNID() == ossl.NIDKxAny,
		"GetAuthNID":   old.GetAuthNID() == ossl.NIDAuthRSA && tls13.GetAuthNID() == ossl.NIDAuthAny,
		"GetCipherNID": old.GetCipherNID().String() == "id-aes128-GCM", "GetDigestNID": cbc.GetDigestNID() == ossl.NIDSHA1 && old.GetDigestNID() == ossl.NIDUndef,
		"IsAEAD": old.IsAEAD() && !cbc.IsAEAD(), "GetHandshakeDigest": strings.HasSuffix(tls13.GetHandshakeDigest(), "384"), "AlgBits": old.AlgBits() == 128 && tls13.AlgBits() == 256,
		"Description": strings.HasPrefix(old.Description(), "ECDHE-RSA-AES128-GCM-SHA256"), "unknown": s.CipherFind(0xfafa) == ossl.Cipher{},
		"CipherName": ossl.CipherName("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256") == "ECDHE-RSA-AES128-GCM-SHA256" && ossl.CipherName("x\x00y") == "(NONE)",
	} {
		if !ok {
			t.Error(name)
		}
	}
	var zero ossl.Cipher
	if zero.GetID() != 0 || zero.Description() != "" || zero.GetHandshakeDigest() != "" || zero.IsAEAD() || zero.AlgBits() != 0 || zero.GetKxNID() != 0 {
		t.Error("the zero Cipher says something")
	}
	sess, err := ossl.NewSession()
	must(t, err)
	defer sess.Close()
	must(t, sess.SetCipher(old))
}

func TestSelectNextProto(t *testing.T) {
	for _, tt := range []struct {
		server, client []string
		want           string
		ok             bool
	}{
		{[]string{"h2", "http/1.1"}, []string{"http/1.1", "h2"}, "h2", true},
		{[]string{"h3"}, []string{"http/1.1", "h2"}, "http/1.1", false},
		{nil, []string{"h2"}, "h2", false},
		{[]string{"h2"}, nil, "", false},
		{[]string{""}, []string{"h2"}, "", false},
	} {
		if got, ok := ossl.SelectNextProto(tt.server, tt.client); got != tt.want || ok != tt.ok {
			t.Errorf("%v, %v: %q, %v", tt.server, tt.client, got, ok)
		}
	}
	p := newPair(t, clientCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetAlpnProtos("h2") }), serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetAlpnSelect("h2") }))
	p.handshake()
	if p.client.Get0AlpnSelected() != "h2" || p.server.Get0AlpnSelected() != "h2" {
		t.Error(p.client.Get0AlpnSelected())
	}
	if !ossl.ExtensionSupported(0) || ossl.ExtensionSupported(4711) {
		t.Error("ExtensionSupported")
	}
}

// The kernel encrypts a file on its way, where it can.
func TestSendfile(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
	p := connect(t, client, server)
	file := testdata.Path(testdata.RSA.Cert)
	fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(fd)
	// A socketpair has no kernel TLS.
	if n, w, err := p.server.Sendfile(fd, 0, 100, 0); n != 0 || w != ossl.WantNothing || err == nil {
		t.Error(n, w, err)
	} else {
		t.Log(err)
	}
	cfd, sfd := loopback(t)
	server.SetOptions(ossl.OpEnableKTLS)
	q := &pair{t: t, cfd: cfd, sfd: sfd, client: newSSL(t, client, cfd), server: newSSL(t, server, sfd)}
	q.client.SetConnectState()
	q.server.SetAcceptState()
	q.handshake()
	if !q.server.BIOGetKTLSSend() {
		t.Skip("this kernel has no TLS: modprobe tls")
	}
	want := readFile(t, testdata.RSA.Cert)
	sent := 0
	send := func() (ossl.Want, error) {
		for sent < len(want) {
			n, w, err := q.server.Sendfile(fd, int64(sent), len(want)-sent, 0)
			sent += n
			if w != ossl.WantNothing || err != nil {
				return w, err
			}
		}
		return ossl.WantNothing, nil
	}
	var got []byte
	if err := errors.Join(lockstep(t, send, reader(q.client, &got, len(want)))...); err != nil || !bytes.Equal(got, want) {
		t.Error(err, len(got))
	}
	if n, w, err := q.server.Sendfile(fd, int64(len(want)), 100, 0); n != 0 || w != ossl.WantNothing || err != nil {
		t.Error("behind the end:", n, w, err)
	}
}

// loopback is the two ends of a connection on the loopback interface.
func loopback(t *testing.T) (int, int) {
	t.Helper()
	l, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	defer unix.Close(l)
	must(t, unix.Bind(l, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	must(t, unix.Listen(l, 1))
	addr, err := unix.Getsockname(l)
	must(t, err)
	c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	must(t, unix.Connect(c, addr))
	s, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
	must(t, err)
	for _, fd := range []int{c, s} {
		must(t, unix.SetNonblock(fd, true))
		t.Cleanup(func() { _ = unix.Close(fd) })
	}
	return c, s
}

// DANE: a record stands in for a CA.
func TestDane(t *testing.T) {
	spki := func() []byte {
		x, err := ossl.D2IX509(leafDER(t, testdata.ECDSA))
		must(t, err)
		defer x.Close()
		cert, err := x.Certificate()
		must(t, err)
		sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
		return sum[:]
	}()
	wrong := sha256.Sum256([]byte("another key"))
	for _, tt := range []struct {
		name string
		data []byte
		ok   bool
	}{{"right", spki, true}, {"wrong", wrong[:], false}} {
		t.Run(tt.name, func(t *testing.T) {
			client := newCtx(t)
			client.SetVerify(ossl.VerifyPeer)
			must(t, client.DaneEnable())
			must(t, client.DaneMtypeSet("SHA2-256", 1, 9))
			must(t, client.DaneMtypeSet("", 2, 0))
			p := newPair(t, client, serverCtx(t, testdata.ECDSA))
			must(t, p.client.DaneEnable("server.example"))
			r := ossl.TLSA{Usage: 3, Selector: 1, Matching: 1, Data: tt.data}
			must(t, p.client.DaneTlsaAdd(r))
			if err := p.client.DaneTlsaAdd(ossl.TLSA{Usage: 3, Selector: 1, Matching: 2, Data: make([]byte, 64)}); err == nil {
				t.Error("took a digest that was taken away")
			}
			if err := p.client.DaneTlsaAdd(ossl.TLSA{Usage: 3}); err == nil {
				t.Error("took a record without data")
			}
			if _, _, ok := p.client.Get0DaneTlsa(); ok {
				t.Error("a record has vouched already")
			}
			err, _ := p.try()
			if (err == nil) != tt.ok {
				t.Fatal(err)
			}
			depth, got, ok := p.client.Get0DaneTlsa()
			if ok != tt.ok || depth != 0 || ok && (got.Usage != 3 || !bytes.Equal(got.Data, r.Data)) {
				t.Errorf("%d, %+v, %v", depth, got, ok)
			}
			_, x, k, ok := p.client.Get0DaneAuthority()
			defer x.Close()
			defer k.Close()
			if ok != tt.ok || ok && x == nil {
				t.Error("Get0DaneAuthority", x, k, ok)
			}
		})
	}
	if err := newUnused(t).DaneEnable("x.example"); err == nil {
		t.Error("DANE without Ctx.DaneEnable")
	}
	c := newCtx(t)
	must(t, c.DaneEnable())
	must(t, newSSL(t, c, -1).DaneEnable("x.example"))
	if err := newCtx(t).DaneMtypeSet("no such digest", 3, 1); err == nil {
		t.Error("took a digest that is none")
	}
}

// A server hands out a timestamp as an extension of its certificate.
func TestScts(t *testing.T) {
	// Version 0, a log id, a time, no extensions, SHA-256 and ECDSA, a signature.
	sct := append([]byte{0}, bytes.Repeat([]byte{7}, 32)...)
	sct = append(sct, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0, 0, 0, 4, 3, 0, 8)
	sct = append(sct, 0x30, 6, 2, 1, 1, 2, 1, 1)
	list := append([]byte{0, byte(len(sct) + 2), 0, byte(len(sct))}, sct...)
	ext := append([]byte{0, 18, 0, byte(len(list))}, list...)
	for _, v := range []ossl.ServerinfoVersion{ossl.ServerinfoV1, ossl.ServerinfoV2} {
		data, version := ext, ossl.TLS1_2Version
		if v == ossl.ServerinfoV2 { // SSL_EXT_TLS1_3_CERTIFICATE and SSL_EXT_CLIENT_HELLO
			data, version = append([]byte{0, 0, 0x10, 0x80}, ext...), ossl.TLS1_3Version
		}
		server := serverCtx(t, testdata.ECDSA, only(version))
		if v == ossl.ServerinfoV1 {
			must(t, server.UseServerinfo(data))
		} else {
			must(t, server.UseServerinfoEx(v, data))
		}
		client := clientCtx(t, testdata.ECDSA)
		must(t, client.EnableCT(ossl.CTValidationPermissive))
		p := connect(t, client, server)
		scts := p.client.Get0PeerScts()
		if len(scts) != 1 || !bytes.Equal(scts[0].Raw, sct) || scts[0].LogID[0] != 7 || scts[0].Source != ossl.SCTSourceTLSExtension ||
			scts[0].Status != ossl.SCTStatusUnknownLog || scts[0].Version != 0 || scts[0].Timestamp.Year() != 2023 {
			t.Errorf("%+v", scts)
		}
	}
	c := newCtx(t)
	for name, err := range map[string]error{
		"UseServerinfo": c.UseServerinfo([]byte("x")), "UseServerinfoEx": c.UseServerinfoEx(9, ext), "UseServerinfoFile": c.UseServerinfoFile(testdata.Path(testdata.RSA.Cert)),
		"SetCtlogListFile": c.SetCtlogListFile("/no/such/file"),
	} {
		if err == nil {
			t.Errorf("%s takes nonsense", name)
		}
	}
	t.Setenv("CTLOG_FILE", "/no/such/file")
	if err := c.SetDefaultCtlogListFile(); err == nil {
		t.Log("a list of logs is where OpenSSL looks for it")
	}
}
