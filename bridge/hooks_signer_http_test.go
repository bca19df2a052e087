package bridge

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// signingService is an HTTP service that has a private key and signs what it is
// sent: the other end of httpSigner.
func signingService(t *testing.T, chain testdata.Chain, broken *atomic.Bool) *httpSigner {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(testdata.Path(chain.Cert), testdata.Path(chain.Key))
	must(t, err)
	key := pair.PrivateKey.(crypto.Signer)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
		if err != nil || broken.Load() {
			http.Error(w, "out of order", http.StatusServiceUnavailable)
			return
		}
		hash, _ := strconv.Atoi(r.FormValue("hash"))
		salt, _ := strconv.Atoi(r.FormValue("salt"))
		var opts crypto.SignerOpts = crypto.Hash(hash)
		if r.FormValue("pss") != "" {
			opts = &rsa.PSSOptions{SaltLength: salt, Hash: crypto.Hash(hash)}
		}
		sig, err := key.Sign(rand.Reader, digest, opts)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		_, _ = w.Write(sig)
	}))
	t.Cleanup(srv.Close)
	return &httpSigner{public: key.Public(), service: srv.URL, client: srv.Client()}
}

// httpSigner is a key that stays with an HTTP service.
type httpSigner struct {
	public  crypto.PublicKey
	service string
	client  *http.Client
}

func (s *httpSigner) Public() crypto.PublicKey { return s.public }

func (s *httpSigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	q := url.Values{"hash": {strconv.Itoa(int(opts.HashFunc()))}}
	if pss, ok := opts.(*rsa.PSSOptions); ok {
		q.Set("pss", "1")
		q.Set("salt", strconv.Itoa(pss.SaltLength))
	}
	resp, err := s.client.Post(s.service+"?"+q.Encode(), "application/octet-stream", bytes.NewReader(digest))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	sig, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the signing service says %s", resp.Status)
	}
	return sig, err
}

// TestSignerHTTP has an HTTP service sign, which fails for one handshake and
// works again for the next.
func TestSignerHTTP(t *testing.T) {
	for _, chain := range []testdata.Chain{testdata.RSA, testdata.ECDSA, testdata.Ed25519} {
		t.Run(chain.Name, func(t *testing.T) {
			eachHooked(t, func(t *testing.T, h hooked) {
				var broken atomic.Bool
				signer := signingService(t, chain, &broken)
				for _, works := range []bool{true, false, true} {
					broken.Store(!works)
					s := h.serve(nil, func(c *Config) {
						c.Certificates = []Certificate{{CertFile: testdata.Path(chain.Cert), Signer: signer}}
					})
					_, cerr := s.dial(h.client(func(c *tls.Config) { c.InsecureSkipVerify = true }))
					serr := s.outcome()
					if works {
						must(t, cerr)
						must(t, serr)
					} else {
						checkRefusal(t, "Signer", "the signing service says 503 Service Unavailable", cerr, serr)
					}
				}
			})
		})
	}
}
