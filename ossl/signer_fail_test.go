package ossl_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

var errToken = errors.New("the token is not in its slot")

// What a signer does wrong ends that handshake, with the reason here and an
// alert there. What is signed by another key only the peer can see.
func TestSignerFails(t *testing.T) {
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	for _, x := range []struct {
		name   string
		answer func(input []byte, opts crypto.SignerOpts) ([]byte, error)
		do     error // what KeyRequest.Do says
		here   error // nil for an alert of the peer's
	}{
		{
			name:   "error",
			answer: func([]byte, crypto.SignerOpts) ([]byte, error) { return nil, errToken },
			do:     errToken, here: ossl.ReasonSignerFailed,
		},
		{
			name:   "nothing",
			answer: func([]byte, crypto.SignerOpts) ([]byte, error) { return nil, nil },
			do:     ossl.ErrNotSignature, here: ossl.ReasonSignerFailed,
		},
		{
			name:   "garbage",
			answer: func([]byte, crypto.SignerOpts) ([]byte, error) { return pattern(70), nil },
			do:     ossl.ErrNotSignature, here: ossl.ReasonSignerFailed,
		},
		{
			name: "trailing byte",
			answer: func(in []byte, opts crypto.SignerOpts) ([]byte, error) {
				sig, err := stranger.Sign(rand.Reader, in, opts)
				return append(sig, 0), err
			},
			do: ossl.ErrNotSignature, here: ossl.ReasonSignerFailed,
		},
		{
			name: "wrong key",
			answer: func(in []byte, opts crypto.SignerOpts) ([]byte, error) {
				return stranger.Sign(rand.Reader, in, opts)
			},
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			eachVersion(t, func(t *testing.T, v int) {
				s := &elsewhere{Signer: goKey(t, testdata.ECDSA), answer: x.answer}
				before := ossl.LiveSigners()
				server := newCtx(t, byElsewhere(t, testdata.ECDSA, s), only(v))
				var said error
				cerr, serr := withGoClient(t, server, &tls.Config{RootCAs: pool(t, testdata.ECDSA.Roots), ServerName: "localhost"}, &said)
				if !errors.Is(said, x.do) {
					t.Errorf("Do: %v, want %v", said, x.do)
				}
				if x.here == nil {
					if cerr == nil || !isAlert(serr) {
						t.Errorf("client: %v; server: %v", cerr, serr)
					}
				} else if wantErr(t, serr, x.here); cerr == nil || !strings.Contains(cerr.Error(), "remote error: tls: internal error") {
					t.Errorf("client: %v", cerr)
				}
				if live := ossl.LiveSigners(); live != before+1 {
					t.Errorf("%d signers", live-before)
				}
			})
		})
	}
}

// isAlert says whether err is what the peer has told.
func isAlert(err error) bool {
	var r ossl.Reason
	if !errors.As(err, &r) {
		return false
	}
	_, alert := r.Alert()
	return alert
}

// An answer of the wrong form that did not come from Do is refused by C, and one
// of the right form by the peer.
func TestSignerAnswerUnchecked(t *testing.T) {
	for _, x := range []struct {
		chain testdata.Chain
		n     int
		here  error
	}{
		{testdata.RSA, 256, ossl.MakeReason(20, 1000+51)},
		{testdata.RSA, 255, ossl.ReasonSignerAnswer},
		{testdata.RSA, 257, ossl.ReasonSignerAnswer},
		{testdata.RSA, 0, ossl.ReasonSignerAnswer},
		{testdata.ECDSA, 72, ossl.MakeReason(20, 1000+51)},
		{testdata.ECDSA, 73, ossl.ReasonSignerAnswer},
		{testdata.ECDSA, 0, ossl.ReasonSignerAnswer},
		{testdata.Ed25519, 64, ossl.MakeReason(20, 1000+51)},
		{testdata.Ed25519, 65, ossl.ReasonSignerAnswer},
	} {
		server := newCtx(t, byElsewhere(t, x.chain, goKey(t, x.chain)), only(ossl.TLS1_3Version))
		p := newPair(t, clientCtx(t, x.chain), server)
		_ = onThread(func() error {
			errs := lockstep(t, p.client.DoHandshake, asking(p.server, func() error {
				return p.server.Answer(ossl.AskKey, ossl.Answer{Data: pattern(x.n)})
			}))
			if errs[0] == nil {
				t.Errorf("%s: the client took %d bytes", x.chain.Name, x.n)
			}
			if err := errs[1]; !errors.Is(err, x.here) {
				t.Errorf("%s, %d bytes: %v, want %v", x.chain.Name, x.n, err, x.here)
			}
			return nil
		})
	}
}

// asking is f, with answer called for each question.
func asking(s *ossl.SSL, answer func() error) step {
	return func() (ossl.Want, error) {
		w, err := s.DoHandshake()
		if w == ossl.WantAsync {
			if err := answer(); err != nil {
				return ossl.WantNothing, err
			}
		}
		return w, err
	}
}

// A peer cannot tell why a premaster secret was no good: the signer's error, its
// wrong length, a wrong version in it and another secret all end in the same
// alert, at the same point.
func TestSignerDecryptTellsNothing(t *testing.T) {
	for _, x := range []struct {
		name   string
		answer func([]byte) ([]byte, error)
		noted  bool // in DecryptErr
	}{
		{"error", func([]byte) ([]byte, error) { return nil, errToken }, true},
		{"short", func([]byte) ([]byte, error) { return pattern(47), nil }, true},
		{"empty", func([]byte) ([]byte, error) { return nil, nil }, true},
		{"wrong version", func([]byte) ([]byte, error) { return make([]byte, 48), nil }, false},
		{"another", func([]byte) ([]byte, error) { return append([]byte{3, 3}, pattern(46)...), nil }, false},
	} {
		t.Run(x.name, func(t *testing.T) {
			key := goKey(t, testdata.RSA)
			s := &opener{elsewhere{Signer: key}, key.(crypto.Decrypter)}
			s.answer = func(in []byte, _ crypto.SignerOpts) ([]byte, error) { return x.answer(in) }
			server := newCtx(t, byElsewhere(t, testdata.RSA, s), only(ossl.TLS1_2Version))
			must(t, server.SetCipherList("AES128-GCM-SHA256"))
			p := newPair(t, clientCtx(t, testdata.RSA), server)
			must(t, p.client.SetCipherList("AES128-GCM-SHA256"))
			_ = onThread(func() error {
				errs := lockstep(t, p.client.DoHandshake, asking(p.server, func() error {
					req, err := p.server.AskedKey()
					must(t, err)
					if req.Op != ossl.KeyDecrypt || len(req.Input) != 256 {
						t.Errorf("%v of %d bytes", req.Op, len(req.Input))
					}
					data, err := req.Do(nil)
					if len(data) != 48 || err != nil || (req.DecryptErr != nil) != x.noted {
						t.Errorf("%d bytes, %v, %v", len(data), err, req.DecryptErr)
					}
					return p.server.Answer(ossl.AskKey, ossl.Answer{Data: data})
				}))
				wantErr(t, errs[0], ossl.MakeReason(20, 1000+20)) // bad_record_mac, of the Finished message
				return nil
			})
			if s.asked.Load() != 1 {
				t.Error("not asked")
			}
		})
	}
}

// A signer that cannot decrypt is refused, whatever the secret.
func TestSignerNoDecrypter(t *testing.T) {
	s := &elsewhere{Signer: goKey(t, testdata.RSA)}
	server := newCtx(t, byElsewhere(t, testdata.RSA, s), only(ossl.TLS1_2Version))
	must(t, server.SetCipherList("AES128-GCM-SHA256"))
	p := newPair(t, clientCtx(t, testdata.RSA), server)
	must(t, p.client.SetCipherList("AES128-GCM-SHA256"))
	_ = onThread(func() error {
		errs := lockstep(t, p.client.DoHandshake, asking(p.server, func() error {
			req, err := p.server.AskedKey()
			must(t, err)
			_, err = req.Do(nil)
			wantErr(t, err, ossl.ErrNotDecrypter)
			return p.server.Answer(ossl.AskKey, ossl.Answer{Refuse: true})
		}))
		wantErr(t, errs[1], ossl.MakeReason(57, 162))
		if !isAlert(errs[0]) {
			t.Error(errs[0])
		}
		return nil
	})
}

// Without a job the key says what to do, and nothing crashes: no ModeAsync, or
// a read that has to shake hands again.
func TestSignerOutsideHandshake(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		server := newCtx(t, byElsewhere(t, testdata.RSA, goKey(t, testdata.RSA)), only(v))
		server.ClearMode(ossl.ModeAsync)
		p := newPair(t, clientCtx(t, testdata.RSA), server)
		cerr, serr := p.try()
		wantErr(t, serr, ossl.ReasonSignerOutsideHandshake)
		wantErr(t, cerr, ossl.MakeReason(20, 1000+80))
	})
	t.Run("renegotiation in Read", func(t *testing.T) {
		server := newCtx(t, byElsewhere(t, testdata.ECDSA, goKey(t, testdata.ECDSA)), only(ossl.TLS1_2Version))
		server.SetOptions(ossl.OpNoSessionResumptionOnRenegotiation)
		p := newPair(t, clientCtx(t, testdata.ECDSA), server)
		_ = onThread(func() error {
			must(t, errors.Join(lockstep(t, p.client.DoHandshake, answered(p.server, p.server.DoHandshake))...))
			must(t, p.server.Renegotiate())
			_, err := p.server.DoHandshake()
			must(t, err)
			var got, back []byte
			errs := lockstep(t, reader(p.client, &got, 1), reader(p.server, &back, 1))
			wantErr(t, errs[1], ossl.ReasonSignerOutsideHandshake)
			return nil
		})
	})
}

// Several handshakes wait at a time on one thread, and are answered in another
// order than they asked.
func TestSignerInterleaved(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		server := newCtx(t, byElsewhere(t, testdata.ECDSA, goKey(t, testdata.ECDSA)), only(v))
		client := clientCtx(t, testdata.ECDSA)
		pairs := []*pair{newPair(t, client, server), newPair(t, client, server), newPair(t, client, server)}
		_ = onThread(func() error {
			var requests []ossl.KeyRequest
			for _, p := range pairs {
				for p.server.Asked() != ossl.AskKey {
					_, err := p.client.DoHandshake()
					must(t, err)
					_, err = p.server.DoHandshake()
					must(t, err)
				}
				req, err := p.server.AskedKey()
				must(t, err)
				requests = append(requests, req)
				if w, err := p.server.DoHandshake(); w != ossl.WantAsync || err != nil { // not answered yet
					t.Fatal(w, err)
				}
			}
			for _, i := range []int{1, 2, 0} {
				p := pairs[i]
				if i == 2 {
					must(t, p.server.Answer(ossl.AskKey, ossl.Answer{Refuse: true}))
					_, serr := p.try()
					wantErr(t, serr, ossl.ReasonSignerFailed)
					p.server.Close()
					continue
				}
				data, err := requests[i].Do(nil)
				must(t, err)
				must(t, p.server.Answer(ossl.AskKey, ossl.Answer{Data: data}))
				p.handshake()
				p.echo()
			}
			return nil
		})
	})
}

// A signer takes its time, and the handshake waits without a thread.
func TestSignerLate(t *testing.T) {
	eachVersion(t, func(t *testing.T, v int) {
		key := goKey(t, testdata.ECDSA)
		s := &elsewhere{Signer: key, answer: func(in []byte, opts crypto.SignerOpts) ([]byte, error) {
			<-time.After(100 * time.Millisecond)
			return key.Sign(rand.Reader, in, opts)
		}}
		server := newCtx(t, byElsewhere(t, testdata.ECDSA, s), only(v))
		cerr, serr := withGoClient(t, server, &tls.Config{RootCAs: pool(t, testdata.ECDSA.Roots), ServerName: "localhost"})
		must(t, errors.Join(cerr, serr))
	})
}

// The questions that are not open have no answer.
func TestAskedKeyUnasked(t *testing.T) {
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	_, err := p.server.AskedKey()
	wantErr(t, err, ossl.ErrNotAsked)
	if err := p.server.Answer(ossl.AskKey, ossl.Answer{}); err == nil {
		t.Error("an answer to nothing")
	}
	p.server.Close()
	_, err = p.server.AskedKey()
	wantErr(t, err, ossl.ErrClosed)
	var none *ossl.SSL
	_, err = none.AskedKey()
	wantErr(t, err, ossl.ErrClosed)
}
