package ossl_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A rule refuses what the level allows, and one allows what the level refuses.
func TestSecurityPolicy(t *testing.T) {
	x25519 := ossl.OBJSn2nid("X25519")
	refuse := ossl.SecurityRule{Op: ossl.SecOpCurveSupported, NID: x25519}
	for _, tt := range []struct {
		name  string
		ctx   []ossl.SecurityRule
		each  []ossl.SecurityRule
		level int
		group string // "" where the handshake fails
	}{
		{"none", nil, nil, 1, "x25519"},
		{"Ctx", []ossl.SecurityRule{refuse}, nil, 1, "secp256r1"},
		{"SSL", nil, []ossl.SecurityRule{refuse}, 1, "secp256r1"},
		{"SSL overrules Ctx", []ossl.SecurityRule{refuse}, []ossl.SecurityRule{{Op: ossl.SecOpCurveSupported, Allow: true}}, 1, "x25519"},
		{"bits", []ossl.SecurityRule{{Op: ossl.SecOpCurveSupported, Allow: true, MinBits: 150}}, nil, 1, "secp384r1"},
		{"level", nil, nil, 4, ""},
		{"all against the level", []ossl.SecurityRule{{Allow: true}}, nil, 4, "x25519"},
		{"no version", []ossl.SecurityRule{{Op: ossl.SecOpVersion}}, nil, 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client := clientCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error {
				c.SetSecurityLevel(tt.level)
				return errors.Join(c.Set1GroupsList("X25519:P-256:P-384"), c.SetSecurityPolicy(tt.ctx...))
			})
			p := newPair(t, client, serverCtx(t, testdata.ECDSA))
			param, err := p.client.Get0Param() // or the level would judge the chain
			must(t, err)
			defer param.Close()
			must(t, param.SetAuthLevel(1))
			must(t, p.client.Set1Param(param))
			if tt.each != nil {
				must(t, p.client.SetSecurityPolicy(tt.each...))
			}
			err, _ = p.try()
			if (err == nil) != (tt.group != "") || err == nil && p.server.ConnectionState().Group != tt.group {
				t.Errorf("%q, %v; want %q", p.server.ConnectionState().Group, err, tt.group)
			}
		})
	}
}

// recordSize is how many bytes on the wire the next record of a side has.
func recordSize(t *testing.T, s *ossl.SSL, peer int, data []byte) int {
	t.Helper()
	if n, w, err := s.Write(data); n != len(data) || w != ossl.WantNothing || err != nil {
		t.Fatal(n, w, err)
	}
	buf := make([]byte, 40000)
	n, err := unix.Read(peer, buf)
	must(t, err)
	if got := int(binary.BigEndian.Uint16(buf[3:])) + 5; got != n {
		t.Fatalf("a record of %d bytes in %d", got, n)
	}
	return n
}

// What a record holds cannot be told from its length, and arrives all the same.
func TestRecordPadding(t *testing.T) {
	const overhead = 5 + 1 + 16 // header, type, tag
	client := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_3Version))
	must(t, client.SetRecordPadding(ossl.RecordPadding{Block: 500}))
	p := connect(t, client, serverCtx(t, testdata.ECDSA))
	p.echo()
	for n := range 3 {
		if size := recordSize(t, p.client, p.sfd, make([]byte, n*400+1)); (size-overhead+1)%500 != 0 {
			t.Errorf("a record of %d bytes", size)
		}
	}

	p = connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_3Version)), serverCtx(t, testdata.ECDSA))
	p.echo()
	must(t, p.client.SetRecordPadding(ossl.RecordPadding{Random: 1000}))
	if ossl.OpenSSLVersionNum() >= openssl32 {
		// The record layer of the old keys does not know of it.
		must(t, p.client.KeyUpdate(ossl.KeyUpdateNotRequested))
		p.echo()
	}
	sizes := map[int]bool{}
	for range 20 {
		size := recordSize(t, p.client, p.sfd, []byte("x"))
		if size < overhead+1 || size > overhead+1001 {
			t.Errorf("%d bytes", size)
		}
		sizes[size] = true
	}
	if len(sizes) < 5 {
		t.Errorf("only %d lengths", len(sizes))
	}
	must(t, p.client.SetRecordPadding(ossl.RecordPadding{}))
	if size := recordSize(t, p.client, p.sfd, []byte("x")); size != overhead+1 {
		t.Errorf("%d bytes after padding was taken back", size)
	}
	for _, bad := range []ossl.RecordPadding{{Block: -1}, {Random: 1 << 20}} {
		if p.client.SetRecordPadding(bad) == nil || client.SetRecordPadding(bad) == nil {
			t.Errorf("%+v was taken", bad)
		}
	}

	q := connect(t, client, serverCtx(t, testdata.ECDSA))
	q.echo()
	q.transfer(q.client, q.server, bytes.Repeat([]byte("padded"), 10000))
	must(t, q.client.SetRecordPadding(ossl.RecordPadding{}))
	if size := recordSize(t, q.client, q.sfd, []byte("x")); size != overhead+1 {
		t.Errorf("%d bytes after the Ctx's padding was taken back", size)
	}
}

// resumes shakes hands twice, and says whether the second resumed the first.
func resumes(t *testing.T, client, server *ossl.Ctx, prepare func(*pair)) bool {
	t.Helper()
	p := newPair(t, client, server)
	if prepare != nil {
		prepare(p)
	}
	p.handshake()
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	for _, s := range []*ossl.SSL{p.client, p.server} {
		s.SetShutdown(ossl.SentShutdown | ossl.ReceivedShutdown)
	}
	q := newPair(t, client, server)
	must(t, q.client.SetSession(sess))
	q.handshake()
	if q.client.SessionReused() != q.server.SessionReused() {
		t.Error("one side resumed")
	}
	return q.client.SessionReused()
}

func TestNotResumable(t *testing.T) {
	for _, tt := range []struct {
		r      ossl.Resumption
		cipher string
		want   bool
	}{
		{ossl.Resumable, "ECDHE-RSA-AES128-GCM-SHA256", true},
		{ossl.NotResumable, "ECDHE-RSA-AES128-GCM-SHA256", false},
		{ossl.ResumableIfForwardSecure, "ECDHE-RSA-AES128-GCM-SHA256", true},
		{ossl.ResumableIfForwardSecure, "AES128-GCM-SHA256", false},
	} {
		client := clientCtx(t, testdata.RSA, only(ossl.TLS1_2Version), func(c *ossl.Ctx) error { return c.SetCipherList(tt.cipher) })
		server := serverCtx(t, testdata.RSA)
		if got := resumes(t, client, server, func(p *pair) { must(t, p.server.SetNotResumable(tt.r)) }); got != tt.want {
			t.Errorf("SSL, %d, %s: resumed %v", tt.r, tt.cipher, got)
		}
		must(t, server.SetNotResumable(tt.r))
		if got := resumes(t, client, server, nil); got != tt.want {
			t.Errorf("Ctx, %d, %s: resumed %v", tt.r, tt.cipher, got)
		}
	}
}

// Early data is refused for one connection, or for all, and its client goes on.
func TestAllowEarlyData(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetMaxEarlyData(1 << 14) })
	server.SetSessionCacheMode(ossl.SessCacheServer)
	for _, tt := range []struct {
		name    string
		prepare func(*ossl.SSL) error
		want    ossl.EarlyDataStatus
	}{
		{"allowed", func(s *ossl.SSL) error { return s.SetAllowEarlyData(true) }, ossl.EarlyDataAccepted},
		{"SSL", func(s *ossl.SSL) error { return s.SetAllowEarlyData(false) }, ossl.EarlyDataRejected},
		{"Ctx", func(*ossl.SSL) error { return server.SetAllowEarlyData(false) }, ossl.EarlyDataRejected},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := connect(t, client, server)
			p.echo()
			sess, err := p.client.Get1Session()
			must(t, err)
			defer sess.Close()
			must(t, tt.prepare(p.server)) // the Ctx, where it is one
			q := newPair(t, client, server)
			must(t, tt.prepare(q.server))
			must(t, q.client.SetSession(sess))
			if n, w, err := q.client.WriteEarlyData([]byte("early")); n != 5 || w != ossl.WantNothing || err != nil {
				t.Fatal(n, w, err)
			}
			got, buf := "", make([]byte, 100)
			readEarly := func() (ossl.Want, error) {
				for {
					n, finished, w, err := q.server.ReadEarlyData(buf)
					got += string(buf[:n])
					if finished || w != ossl.WantNothing || err != nil {
						return w, err
					}
				}
			}
			for _, err := range lockstep(t, q.client.DoHandshake, readEarly) {
				must(t, err)
			}
			q.handshake()
			if q.client.GetEarlyDataStatus() != tt.want || (got == "early") != (tt.want == ossl.EarlyDataAccepted) {
				t.Errorf("%v, and the server read %q", q.client.GetEarlyDataStatus(), got)
			}
			q.echo()
		})
	}
}

func TestSessionIDPrefix(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version))
	server.SetOptions(ossl.OpNoTicket)
	server.SetSessionCacheMode(ossl.SessCacheServer)
	must(t, server.SetSessionIDPrefix([]byte("node-7:")))
	ids := map[string]bool{}
	for _, own := range []string{"", "", "node-8:"} {
		p := newPair(t, clientCtx(t, testdata.ECDSA), server)
		if own != "" {
			must(t, p.server.SetSessionIDPrefix([]byte(own)))
		}
		p.handshake()
		sess, err := p.client.Get1Session()
		must(t, err)
		id := string(sess.GetID())
		sess.Close()
		want := own
		if own == "" {
			want = "node-7:"
		}
		if len(id) != 32 || id[:7] != want || ids[id] {
			t.Errorf("%q", id)
		}
		ids[id] = true
	}
	if !resumes(t, clientCtx(t, testdata.ECDSA), server, nil) {
		t.Error("such a session is not resumed")
	}
	if server.SetSessionIDPrefix(make([]byte, 17)) == nil || newUnused(t).SetSessionIDPrefix(make([]byte, 17)) == nil {
		t.Error("a prefix that leaves too few random bytes")
	}
}

// The two sides know the secret of a session that they never had: no
// certificate is shown.
func TestSessionSecret(t *testing.T) {
	secret := bytes.Repeat([]byte{0x5e}, 48)
	for _, tt := range []struct {
		server []byte
		hit    bool
	}{{secret, true}, {bytes.Repeat([]byte{1}, 48), false}} {
		p := newPair(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA))
		must(t, p.client.SetSessionTicketExt([]byte("opaque")))
		must(t, p.client.SetSessionSecret(secret))
		must(t, p.server.SetSessionSecret(tt.server))
		client, server := p.try()
		if (client == nil && server == nil) != tt.hit {
			t.Fatalf("client: %v; server: %v", client, server)
		}
		if tt.hit {
			p.echo()
			if chain := p.client.ConnectionState().PeerCertificates; len(chain) != 0 {
				t.Error("the server has shown a certificate")
			}
		}
	}
	if newUnused(t).SetSessionSecret(nil) == nil || newUnused(t).SetSessionSecret(make([]byte, 49)) == nil {
		t.Error("a secret of no size")
	}
}

func TestDTLSTimer(t *testing.T) {
	p, _ := dtlsPair(t, dtlsCtx(t, ossl.DTLSClientMethod()), dtlsCtx(t, ossl.DTLSServerMethod(), identity(testdata.ECDSA)))
	must(t, p.client.SetDTLSTimer(20*time.Millisecond, 50*time.Millisecond))
	if w, err := p.client.DoHandshake(); w != ossl.WantRead || err != nil {
		t.Fatal(w, err)
	}
	for _, most := range []time.Duration{20, 40, 50, 50} {
		left, running := p.client.DTLSv1GetTimeout()
		if !running || left > most*time.Millisecond {
			t.Errorf("waits %v; want at most %vms", left, int(most))
		}
		expire(t, p.client)
	}
	p.handshake()
	for _, bad := range [][2]time.Duration{{0, time.Second}, {time.Second, time.Millisecond}, {time.Second, 2 * time.Hour}} {
		if p.client.SetDTLSTimer(bad[0], bad[1]) == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// expire waits for the timer, and has the datagrams sent again.
func expire(t *testing.T, s *ossl.SSL) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		left, _ := s.DTLSv1GetTimeout()
		time.Sleep(left)
		sent, err := s.DTLSv1HandleTimeout()
		must(t, err)
		if sent {
			return
		}
	}
	t.Fatal("the timer does not run out")
}

// ctLog is a log of certificates that vouches for whatever it is given.
type ctLog struct {
	key *ecdsa.PrivateKey
	id  [32]byte
	spk []byte
}

func newCTLog(t *testing.T) *ctLog {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	spk, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	must(t, err)
	return &ctLog{key, sha256.Sum256(spk), spk}
}

// sct is a timestamp for a certificate: RFC 6962, section 3.2.
func (l *ctLog) sct(t *testing.T, cert []byte, when time.Time) []byte {
	t.Helper()
	ms := binary.BigEndian.AppendUint64(nil, uint64(when.UnixMilli()))
	signed := append([]byte{0, 0}, ms...)
	signed = append(signed, 0, 0, byte(len(cert)>>16), byte(len(cert)>>8), byte(len(cert)))
	signed = append(append(signed, cert...), 0, 0)
	sum := sha256.Sum256(signed)
	sig, err := ecdsa.SignASN1(rand.Reader, l.key, sum[:])
	must(t, err)
	out := append(append([]byte{0}, l.id[:]...), ms...)
	return append(append(out, 0, 0, 4, 3, 0, byte(len(sig))), sig...)
}

// serverinfo puts timestamps into an extension of TLS 1.3's Certificate.
func serverinfo(scts ...[]byte) []byte {
	var list []byte
	for _, s := range scts {
		list = append(list, byte(len(s)>>8), byte(len(s)))
		list = append(list, s...)
	}
	list = append([]byte{byte(len(list) >> 8), byte(len(list))}, list...)
	return append([]byte{0, 0, 0x10, 0x80, 0, 18, byte(len(list) >> 8), byte(len(list))}, list...)
}

// Two logs have to vouch: one that does so twice is one, and one that nobody
// knows is none.
func TestCTValidation(t *testing.T) {
	one, two, stranger := newCTLog(t), newCTLog(t), newCTLog(t)
	conf := filepath.Join(t.TempDir(), "ct.conf")
	text := "enabled_logs = one, two\n"
	for name, l := range map[string]*ctLog{"one": one, "two": two} {
		text += fmt.Sprintf("[%s]\ndescription = %s\nkey = %s\n", name, name, base64.StdEncoding.EncodeToString(l.spk))
	}
	must(t, os.WriteFile(conf, []byte(text), 0o600))
	leaf, now := leafDER(t, testdata.ECDSA), time.Now().Add(-time.Hour)
	for _, tt := range []struct {
		name  string
		scts  [][]byte
		logs  int
		fails bool
	}{
		{"both", [][]byte{one.sct(t, leaf, now), two.sct(t, leaf, now)}, 2, false},
		{"three wanted", [][]byte{one.sct(t, leaf, now), two.sct(t, leaf, now)}, 3, true},
		{"one twice", [][]byte{one.sct(t, leaf, now), one.sct(t, leaf, now.Add(-time.Hour))}, 2, true},
		{"one is enough", [][]byte{one.sct(t, leaf, now)}, 1, false},
		{"a stranger", [][]byte{one.sct(t, leaf, now), stranger.sct(t, leaf, now)}, 2, true},
		{"of another certificate", [][]byte{one.sct(t, leaf, now), two.sct(t, []byte("another"), now)}, 2, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := serverCtx(t, testdata.ECDSA, only(ossl.TLS1_3Version))
			must(t, server.UseServerinfoEx(ossl.ServerinfoV2, serverinfo(tt.scts...)))
			client := clientCtx(t, testdata.ECDSA)
			if tt.logs == 1 {
				t.Setenv("CTLOG_FILE", conf)
				must(t, client.SetDefaultCtlogListFile())
			} else {
				must(t, client.SetCtlogListFile(conf))
			}
			for _, each := range []bool{false, true} {
				if !each {
					must(t, client.SetCTValidation(tt.logs))
				} else {
					must(t, client.DisableCT())
				}
				p := newPair(t, client, server)
				if each {
					must(t, p.client.SetCTValidation(tt.logs))
				}
				if err, _ := p.try(); (err != nil) != tt.fails {
					t.Errorf("client: %v", err)
					for _, s := range p.client.Get0PeerScts() {
						t.Logf("%+v", s)
					}
				}
			}
		})
	}
}

// Each extension of the peer's is told of, until no more is asked for.
func TestTlsextDebug(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	must(t, p.client.SetTlsextDebug(true))
	must(t, p.server.SetTlsextDebug(true))
	must(t, p.server.SetTlsextDebug(false))
	must(t, p.client.SetTlsextHostName("server.example"))
	p.handshake()
	found := false
	for _, ev := range p.client.TakeEvents() {
		if ev.Kind != ossl.EventExtension || ev.Sent {
			t.Errorf("%+v", ev)
		}
		found = found || ev.Type == 43 && bytes.Equal(ev.Message, []byte{3, 4}) // supported_versions
	}
	if !found || len(p.server.TakeEvents()) != 0 {
		t.Errorf("found %v", found)
	}
}

func TestDefaultSuites(t *testing.T) {
	c := newCtx(t)
	must(t, c.SetCipherList("AES128-GCM-SHA256"))
	must(t, c.SetCipherList(ossl.DefaultCipherList()))
	must(t, c.SetCiphersuites(ossl.DefaultCiphersuites()))
	if a, b := len(c.GetCiphers()), len(newCtx(t).GetCiphers()); a != b {
		t.Errorf("%d suites, %d by default", a, b)
	}
}

// No engine of Linux chooses certificates: the refusal says so.
func TestClientCertEngine(t *testing.T) {
	if !ossl.HasEngine() {
		wantErr(t, newCtx(t).SetClientCertEngine(nil), ossl.ErrNoEngine)
		return
	}
	e, err := ossl.EngineByID("dynamic")
	must(t, err)
	defer e.Close()
	err = newCtx(t).SetClientCertEngine(e)
	if err == nil {
		t.Fatal("the engine dynamic has no certificates")
	}
	t.Log(err)
	wantErr(t, newCtx(t).SetClientCertEngine(nil), ossl.ErrClosed)
}
