package ossl_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A session goes out as DER, comes back, and resumes; the server has it in a
// ticket or in its cache.
func TestResumption(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		for _, tickets := range []bool{true, false} {
			client, server := clientCtx(t, testdata.ECDSA, only(v)), serverCtx(t, testdata.ECDSA)
			must(t, server.SetSessionIDContext([]byte("test")))
			if !tickets {
				server.SetOptions(ossl.OpNoTicket)
			}
			p := connect(t, client, server)
			p.echo()
			der := exported(t, p.client)
			sess, err := ossl.D2ISession(der)
			must(t, err)
			defer sess.Close()
			if sess.GetProtocolVersion() != v || sess.GetTimeout() < time.Minute || time.Since(sess.GetTime()) > time.Minute ||
				v == ossl.TLS1_2Version && !tickets && len(sess.GetID()) != 32 {
				t.Error(sess.GetProtocolVersion(), sess.GetTimeout(), sess.GetTime(), len(sess.GetID()))
			}
			again := newPair(t, client, server)
			must(t, again.client.SetSession(sess))
			again.handshake()
			again.echo()
			for _, s := range []*ossl.SSL{again.client, again.server} {
				if cs := s.ConnectionState(); !s.SessionReused() || !cs.Resumed || cs.PeerSignature != "" {
					t.Errorf("tickets %v: %+v", tickets, cs)
				}
			}
			if chain := again.client.ConnectionState().PeerCertificates; len(chain) == 0 || !bytes.Equal(chain[0], leafDER(t, testdata.ECDSA)) {
				t.Error("the resumed session has lost the server's certificate")
			}
			if p.client.SessionReused() || p.server.ConnectionState().Resumed {
				t.Error("the first one says that it was resumed")
			}
		}
	})
}

// exported is the session of s in DER form.
func exported(t testing.TB, s *ossl.SSL) []byte {
	t.Helper()
	sess, err := s.Get1Session()
	must(t, err)
	defer sess.Close()
	if !sess.IsResumable() {
		t.Fatal("not resumable")
	}
	der, err := sess.I2D()
	must(t, err)
	return der
}

// Under TLS 1.3 the handshake leaves a session that cannot be resumed; the
// first Read brings the ticket.
func TestTicketComesAfterHandshake(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_3Version)), serverCtx(t, testdata.ECDSA))
	early, err := p.client.Get1Session()
	must(t, err)
	defer early.Close()
	if early.IsResumable() {
		t.Error("resumable before anything was read")
	}
	if n, w, err := p.client.Read(make([]byte, 1)); n != 0 || w != ossl.WantRead || err != nil {
		t.Fatal(n, w, err)
	}
	exported(t, p.client)

	_, err = newUnused(t).Get1Session()
	var e *ossl.Error
	if !errors.As(err, &e) || e.Hint() == "" {
		t.Error("a session before the handshake:", err)
	}
}

// A damaged session is refused, or not resumed; nothing worse.
func TestDamagedSession(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	client := clientCtx(t, testdata.ECDSA)
	p := connect(t, client, server)
	p.echo()
	der := exported(t, p.client)
	for i := 0; i < len(der); i += 7 {
		bad := bytes.Clone(der)
		bad[i] ^= 0x40
		sess, err := ossl.D2ISession(bad)
		if err != nil {
			continue
		}
		p := newPair(t, client, server)
		if p.client.SetSession(sess) == nil {
			_, _ = p.try()
		}
		sess.Close()
		p.client.Close()
		p.server.Close()
	}
	for n := range len(der) {
		if _, err := ossl.D2ISession(der[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are a session", n, len(der))
		}
	}
}

// KeyUpdate changes the sending keys, and the peer's when asked, with data in
// between and both ways.
func TestKeyUpdate(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	for _, kind := range []ossl.KeyUpdateType{ossl.KeyUpdateNotRequested, ossl.KeyUpdateRequested} {
		drainFD(t, p.sfd)
		must(t, p.client.KeyUpdate(kind))
		if w, err := p.client.DoHandshake(); w != ossl.WantNothing || err != nil {
			t.Fatal(w, err)
		}
		if !readable(t, p.sfd) {
			t.Error("nothing was sent")
		}
		p.transfer(p.client, p.server, pattern(50_000))
		p.transfer(p.server, p.client, pattern(50_000))
	}
	wantErr(t, p.client.KeyUpdate(99), ossl.MakeReason(20, 120)) // SSL_R_INVALID_KEY_UPDATE_TYPE
	old := connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA))
	wantErr(t, old.client.KeyUpdate(ossl.KeyUpdateRequested), ossl.ReasonWrongSSLVersion)
}

// A KeyUpdate that is asked for while a write is half sent waits for it.
func TestKeyUpdateDuringHalfSentWrite(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	data := pattern(1 << 20)
	sent := 0
	p.client.SetMode(ossl.ModeEnablePartialWrite)
	n, w, err := p.client.Write(data)
	if w != ossl.WantWrite || err != nil {
		t.Fatal(w, err)
	}
	sent += n
	must(t, p.server.KeyUpdate(ossl.KeyUpdateRequested))
	write(t, p.server, []byte("x"))
	if n, _, err := p.client.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	got := make([]byte, 0, len(data))
	errs := lockstep(t, writer(p.client, data[sent:]), reader(p.server, &got, len(data)))
	if err := errors.Join(errs...); err != nil || !bytes.Equal(got, data) {
		t.Fatal(err)
	}
	p.echo()
}

// Clients may not renegotiate unless the server says so; servers may, unless
// the client says no.
func TestRenegotiate(t *testing.T) {
	for _, tt := range []struct {
		name           string
		client, server ossl.Options
		byServer, ok   bool
	}{
		{"client, not allowed", 0, 0, false, false},
		{"client, allowed", 0, ossl.OpAllowClientRenegotiation, false, true},
		{"client, off", 0, ossl.OpAllowClientRenegotiation | ossl.OpNoRenegotiation, false, false},
		{"server", 0, ossl.OpNoSessionResumptionOnRenegotiation, true, true},
		{"server, off", ossl.OpNoRenegotiation, 0, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			client, server := clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA)
			client.SetOptions(tt.client)
			server.SetOptions(tt.server)
			p := connect(t, client, server)
			asker, other := p.client, p.server
			if tt.byServer {
				asker, other = other, asker
			}
			before := exported(t, p.client)
			must(t, asker.Renegotiate())
			_, err := asker.DoHandshake() // sends the request, or the ClientHello
			must(t, err)
			line := []byte("said meanwhile")
			for _, way := range [][2]*ossl.SSL{{asker, other}, {other, asker}, {asker, other}} {
				var got []byte
				err = errors.Join(append(lockstep(t, writer(way[0], line), reader(way[1], &got, len(line))), err)...)
			}
			renewed := err == nil && !bytes.Equal(before, exported(t, p.client))
			t.Log(err)
			if renewed != tt.ok {
				t.Errorf("renegotiated %v, want %v: %v", renewed, tt.ok, err)
			}
		})
	}
	t.Run("TLSv1.3", func(t *testing.T) {
		p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
		wantErr(t, p.client.Renegotiate(), ossl.ReasonWrongSSLVersion)
	})
	t.Run("the client itself says no", func(t *testing.T) {
		p := connect(t, clientCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)), serverCtx(t, testdata.ECDSA))
		p.client.SetOptions(ossl.OpNoRenegotiation)
		if err := p.client.Renegotiate(); err == nil {
			t.Error("it may ask all the same")
		} else {
			t.Log(err)
		}
	})
}

func TestPeek(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	write(t, p.client, []byte("one record"))
	write(t, p.client, []byte("and another"))
	buf := make([]byte, 100)
	for range 3 {
		if n, w, err := p.server.Peek(buf); string(buf[:n]) != "one record" || w != ossl.WantNothing || err != nil {
			t.Fatal(n, w, err)
		}
	}
	if n, _, _ := p.server.Peek(buf[:3]); n != 3 || p.server.Pending() != 10 {
		t.Error(n, p.server.Pending())
	}
	if n, _, err := p.server.Read(buf[:10]); string(buf[:n]) != "one record" || err != nil {
		t.Error(n, err)
	}
	if n, _, err := p.server.Read(buf); string(buf[:n]) != "and another" || err != nil {
		t.Error(n, err)
	}
}

// SetShutdown takes back that close_notify was sent, or pretends that it was.
func TestSetShutdown(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.client.SetShutdown(ossl.SentShutdown | ossl.ReceivedShutdown)
	if p.client.GetShutdown() != ossl.SentShutdown|ossl.ReceivedShutdown {
		t.Error(p.client.GetShutdown())
	}
	if done, w, err := p.client.Shutdown(); !done || w != ossl.WantNothing || err != nil {
		t.Error(done, w, err)
	}
	if n, _, _ := p.server.Read(make([]byte, 1)); n != 0 || readable(t, p.sfd) {
		t.Error("something was sent")
	}
}

// SetSSLCtx changes the certificate and nothing of the policy.
func TestSetSSLCtx(t *testing.T) {
	server, other := serverCtx(t, testdata.ECDSA), serverCtx(t, testdata.SNI.A, demand)
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	must(t, p.server.SetSSLCtx(other))
	must(t, p.server.SetSessionIDContext([]byte("x")))
	p.handshake()
	if !bytes.Equal(p.client.ConnectionState().PeerCertificates[0], leafDER(t, testdata.SNI.A)) {
		t.Error("another certificate")
	}
}
