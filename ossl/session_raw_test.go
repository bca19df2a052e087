package ossl_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// What a real session holds, on the side that has it.
func TestSessionContents(t *testing.T) {
	eachVersion(t, func(t *testing.T, version int) {
		server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetAlpnSelect("h2") })
		must(t, server.SetMaxEarlyData(4321))
		must(t, server.SetSessionIDContext([]byte("here")))
		server.SetTimeout(99 * time.Second)
		p := newPair(t, clientCtx(t, testdata.ECDSA, only(version), func(c *ossl.Ctx) error { return c.SetAlpnProtos("h2") }), server)
		must(t, p.client.SetTlsextHostName("server.example"))
		p.handshake()
		p.echo()
		sess, err := p.client.GetSession()
		must(t, err)
		defer sess.Close()
		peer, err := sess.Get0Peer()
		must(t, err)
		defer peer.Close()
		der, err := peer.I2D()
		must(t, err)
		for what, ok := range map[string]bool{
			"Get0Peer":              bytes.Equal(der, leafDER(t, testdata.ECDSA)),
			"HasTicket":             sess.HasTicket(),
			"Get0Ticket":            len(sess.Get0Ticket()) >= 32,
			"GetTicketLifetimeHint": sess.GetTicketLifetimeHint() == 99*time.Second,
			"GetMasterKey":          len(sess.GetMasterKey()) >= 32,
			"Get0Cipher":            sess.Get0Cipher() == p.client.GetCurrentCipher(),
			"GetCompressID":         sess.GetCompressID() == 0,
			"GetMaxEarlyData":       (sess.GetMaxEarlyData() == 4321) == (version == ossl.TLS1_3Version),
			"Get0AlpnSelected":      sess.Get0AlpnSelected() == "h2" || version != ossl.TLS1_3Version,
			"Print":                 strings.Contains(sess.Print(), sess.Get0Cipher().GetName()),
			"PrintKeylog":           version == ossl.TLS1_3Version || strings.Contains(sess.PrintKeylog(), strings.ToUpper(hex.EncodeToString(sess.GetMasterKey()))),
			"Get0TicketAppdata":     sess.Get0TicketAppdata() == nil,
		} {
			if !ok {
				t.Errorf("%s is not what was expected:\n%s", what, sess.Print())
			}
		}
		own, err := p.server.GetSession()
		must(t, err)
		defer own.Close()
		if string(own.Get0IDContext()) != "here" {
			t.Errorf("%q", own.Get0IDContext())
		}
	})
}

// Copies resume as the original does, and a bare new session does not.
func TestSessionCopies(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetNumTickets(1) })
	p := connect(t, client, server)
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	dup, err := sess.Dup()
	must(t, err)
	defer dup.Close()
	ref, err := sess.UpRef()
	must(t, err)
	defer ref.Close()
	text := sess.PEMWriteBio()
	fromPEM, err := ossl.PEMReadBioSession(text)
	must(t, err)
	defer fromPEM.Close()
	empty, err := ossl.NewSession()
	must(t, err)
	defer empty.Close()
	for name, s := range map[string]*ossl.Session{"Dup": dup, "UpRef": ref, "PEM": fromPEM} {
		q := newPair(t, client, server)
		must(t, q.client.SetSession(s))
		q.handshake()
		if !q.client.SessionReused() {
			t.Errorf("%s does not resume", name)
		}
	}
	must(t, ref.Set1Hostname("changed.example"))
	if sess.Get0Hostname() != "changed.example" || dup.Get0Hostname() == "changed.example" {
		t.Error("UpRef is a copy, or Dup is none")
	}
	if empty.IsResumable() || empty.GetMasterKey() != nil {
		t.Error("an empty session is resumable")
	}
	if _, err := ossl.PEMReadBioSession([]byte("nothing")); err == nil {
		t.Error("read a session from nothing")
	}
	if s, err := ossl.PEMReadBioSession(readFile(t, testdata.RSA.Cert)); err == nil {
		s.Close()
		t.Error("read a session from a certificate")
	}
}

// The counters of a server, its cache, and what changes it by hand.
func TestSessionCacheAndCounters(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA)
	server.SetOptions(ossl.OpNoTicket | ossl.OpAllowClientRenegotiation)
	server.SetSessionCacheMode(ossl.SessCacheServer)
	must(t, server.SetSessionIDContext([]byte("cache")))
	p := connect(t, client, server)
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	if !p.server.HasMatchingSessionID(sess.GetID()) || p.server.HasMatchingSessionID([]byte("another id, as long as those of 32")[:32]) {
		t.Error("HasMatchingSessionID")
	}
	p.client.SetShutdown(ossl.SentShutdown)
	p.server.SetShutdown(ossl.SentShutdown)
	resume := func() bool {
		q := newPair(t, client, server)
		must(t, q.client.SetSession(sess))
		q.handshake()
		q.client.SetShutdown(ossl.SentShutdown)
		q.server.SetShutdown(ossl.SentShutdown)
		return q.server.SessionReused()
	}
	count := func(name string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	for range 2 {
		if !resume() {
			t.Error("not resumed")
		}
	}
	count("SessNumber", server.SessNumber(), 1)
	count("SessHits", server.SessHits(), 2)
	count("SessAccept", server.SessAccept(), 3)
	count("SessAcceptGood", server.SessAcceptGood(), 3)
	count("SessConnect", client.SessConnect(), 3)
	count("SessConnectGood", client.SessConnectGood(), 3)
	count("SessCbHits", server.SessCbHits(), 0)

	own, err := p.server.Get1Session()
	must(t, err)
	defer own.Close()
	must(t, server.RemoveSession(own))
	count("SessNumber after RemoveSession", server.SessNumber(), 0)
	if err := server.RemoveSession(own); err == nil {
		t.Error("removed twice")
	}
	for range 2 {
		if resume() {
			t.Error("resumed after RemoveSession")
		}
	}
	count("SessMisses", server.SessMisses(), 2)
	dup, err := own.Dup()
	must(t, err)
	defer dup.Close()
	must(t, dup.Set1ID([]byte("0123456789abcdef0123456789abcdef")))
	before := server.SessNumber()
	must(t, server.AddSession(dup))
	count("SessNumber after AddSession", server.SessNumber(), before+1)
	if err := server.AddSession(dup); err == nil {
		t.Error("added twice")
	}
	server.FlushSessions(time.Time{})
	count("SessNumber after FlushSessions", server.SessNumber(), 0)

	server.SessSetCacheSize(1)
	full := server.SessCacheFull()
	connect(t, client, server)
	connect(t, client, server)
	if server.SessCacheFull() <= full {
		t.Error("a cache of one took two")
	}
}

// Sessions that are too old are no longer resumed, and counted.
func TestSessionTimeouts(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA)
	server.SetOptions(ossl.OpNoTicket)
	server.SetSessionCacheMode(ossl.SessCacheServer)
	must(t, server.SetSessionIDContext([]byte("old")))
	p := connect(t, client, server)
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	own, err := p.server.Get1Session()
	must(t, err)
	defer own.Close()
	own.SetTime(time.Now().Add(-48 * time.Hour))
	q := newPair(t, client, server)
	must(t, q.client.SetSession(sess))
	q.handshake()
	if q.client.SessionReused() || server.SessTimeouts() != 1 {
		t.Error(q.client.SessionReused(), server.SessTimeouts())
	}
}

// Servers that share ticket keys resume each other's sessions.
func TestTicketKeys(t *testing.T) {
	client := clientCtx(t, testdata.ECDSA)
	for _, share := range []bool{true, false} {
		first, second := serverCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
		keys := first.GetTlsextTicketKeys()
		if len(keys) != 80 {
			t.Fatalf("%d bytes of keys", len(keys))
		}
		if share {
			must(t, second.SetTlsextTicketKeys(keys))
		}
		if same := bytes.Equal(second.GetTlsextTicketKeys(), keys); same != share {
			t.Errorf("the keys are the same: %v", same)
		}
		p := connect(t, client, first)
		p.echo()
		sess, err := p.client.Get1Session()
		must(t, err)
		defer sess.Close()
		q := newPair(t, client, second)
		must(t, q.client.SetSession(sess))
		q.handshake()
		if q.client.SessionReused() != share {
			t.Errorf("share %v: resumed %v", share, q.client.SessionReused())
		}
		if err := second.SetTlsextTicketKeys(keys[:10]); err == nil {
			t.Error("took keys that are too short")
		}
	}
}

// A ticket carries what the server put into the session.
func TestTicketAppdata(t *testing.T) {
	client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetNumTickets(0) })
	p := connect(t, client, server)
	p.echo()
	own, err := p.server.GetSession()
	must(t, err)
	must(t, own.Set1TicketAppdata([]byte("from the first visit")))
	own.Close()
	must(t, p.server.NewSessionTicket())
	p.echo()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	q := newPair(t, client, server)
	must(t, q.client.SetSession(sess))
	q.handshake()
	own, err = q.server.GetSession()
	must(t, err)
	defer own.Close()
	if got := string(own.Get0TicketAppdata()); !q.server.SessionReused() || got != "from the first visit" {
		t.Errorf("resumed %v, %q", q.server.SessionReused(), got)
	}
}
