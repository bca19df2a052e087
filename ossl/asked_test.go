package ossl_test

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// What an SSL wants while a question is open: that, and nothing else.
func TestWantsWhileAsked(t *testing.T) {
	suspended := func(q ossl.Question) setup { return func(c *ossl.Ctx) error { return c.SetSuspend(q) } }
	for _, tt := range []struct {
		want           ossl.Want
		client, server setup
	}{
		{ossl.WantClientHello, nil, suspended(ossl.AskClientHello)},
		{ossl.WantX509Lookup, nil, suspended(ossl.AskCert)},
		{ossl.WantRetryVerify, suspended(ossl.AskVerify), nil},
		{ossl.WantAsync, nil, byElsewhere(t, testdata.ECDSA, goKey(t, testdata.ECDSA))},
	} {
		t.Run(tt.want.String(), func(t *testing.T) {
			client, server := clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA)
			asked := func(p *pair) *ossl.SSL { return p.server }
			if tt.client != nil {
				must(t, tt.client(client))
				asked = func(p *pair) *ossl.SSL { return p.client }
			}
			if tt.server != nil {
				must(t, tt.server(server))
			}
			p := newPair(t, client, server)
			s := asked(p)
			if wants(s) != ossl.WantNothing || s.WaitingForAsync() {
				t.Error("before:", wants(s))
			}
			_ = onThread(func() error {
				for range 4 {
					for _, side := range []*ossl.SSL{p.client, p.server} {
						w, err := side.DoHandshake()
						must(t, err)
						if side == s && w == tt.want {
							return nil
						}
					}
				}
				t.Fatal("it was never asked")
				return nil
			})
			if got := wants(s); got != tt.want {
				t.Errorf("it wants %v", got)
			}
			if job := tt.want == ossl.WantAsync; s.WaitingForAsync() != job {
				t.Error("WaitingForAsync", s.WaitingForAsync())
			}
			if s.Asked() == ossl.AskKey { // a job has to end on the thread where it began
				must(t, s.Answer(ossl.AskKey, ossl.Answer{Refuse: true}))
				_, _ = s.DoHandshake()
			}
		})
	}
}

const severalWants = ossl.Want(255)

// wants is the one that is true of the SSL.Want… methods, severalWants where
// that is not one.
func wants(s *ossl.SSL) ossl.Want {
	found := severalWants
	for w, is := range map[ossl.Want]bool{
		ossl.WantNothing: s.WantNothing(), ossl.WantRead: s.WantRead(), ossl.WantWrite: s.WantWrite(), ossl.WantX509Lookup: s.WantX509Lookup(),
		ossl.WantClientHello: s.WantClientHelloCb(), ossl.WantRetryVerify: s.WantRetryVerify(), ossl.WantAsync: s.WantAsync(), ossl.WantAsyncJob: s.WantAsyncJob(),
	} {
		if is && found != severalWants {
			return severalWants
		}
		if is {
			found = w
		}
	}
	return found
}

// What a server can read of a ClientHello while it decides on it.
func TestClientHelloInside(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	must(t, server.SetSuspend(ossl.AskClientHello))
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	must(t, p.client.SetTlsextHostName("server.example"))
	_, err := p.client.DoHandshake()
	must(t, err)
	if w, err := p.server.DoHandshake(); w != ossl.WantClientHello || err != nil {
		t.Fatal(w, err)
	}
	s := p.server
	name, ok := s.ClientHelloGet0Ext(0)
	if !ok || !bytes.HasSuffix(name, []byte("server.example")) {
		t.Errorf("%q, %t", name, ok)
	}
	if _, ok := s.ClientHelloGet0Ext(0xfafa); ok {
		t.Error("an extension that was not sent")
	}
	if list := s.ClientHelloGet1ExtensionsPresent(); !slices.Contains(list, 0) || !slices.Contains(list, 43) {
		t.Error(list)
	}
	if s.ClientHelloIsV2() || s.ClientHelloGet0LegacyVersion() != ossl.TLS1_2Version {
		t.Error(s.ClientHelloIsV2(), s.ClientHelloGet0LegacyVersion())
	}
}

// OpenSSL still takes a first message in the form of SSL 2, for newer versions.
// A program that is asked about each ClientHello is not shown that form: it is
// refused.
func TestClientHelloOfV2(t *testing.T) {
	for _, asks := range []bool{false, true} {
		server := serverCtx(t, testdata.RSA)
		must(t, server.SetCipherList("DEFAULT@SECLEVEL=0")) // the form has no room for algorithms newer than SHA-1
		if asks {
			must(t, server.SetSuspend(ossl.AskClientHello))
		}
		p := newPair(t, clientCtx(t, testdata.RSA), server)
		hello := []byte{1, 3, 3, 0, 3, 0, 0, 0, 32, 0, 0, 0x9c} // TLS 1.2, AES128-GCM-SHA256, a challenge of 32 bytes
		hello = append(hello, bytes.Repeat([]byte{7}, 32)...)
		_, err := unix.Write(p.cfd, append([]byte{0x80, byte(len(hello))}, hello...))
		must(t, err)
		if w, err := p.server.DoHandshake(); (err != nil) != asks || w == ossl.WantClientHello {
			t.Error(asks, w, err)
		}
	}
}

// A server has chosen before it has switched to what it chose.
func TestPendingCipher(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA, only(ossl.TLS1_2Version)))
	_, err := p.client.DoHandshake()
	must(t, err)
	if !p.server.InInit() {
		t.Error("InInit before the handshake")
	}
	_, err = p.server.DoHandshake()
	must(t, err)
	if got := p.server.GetPendingCipher(); p.server.GetCipherName() != "" || got.GetAuthNID() != ossl.NIDAuthECDSA {
		t.Errorf("%q in use, %q to come", p.server.GetCipherName(), got.GetName())
	}
	if !p.server.InInit() {
		t.Error("InInit within the handshake")
	}
	p.handshake()
	if p.server.InInit() {
		t.Error("InInit after the handshake")
	}
}
