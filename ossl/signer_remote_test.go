package ossl_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// remote signs by a service of the network.
type remote struct {
	public crypto.PublicKey
	url    string
	client *http.Client
}

func (r *remote) Public() crypto.PublicKey { return r.public }

func (r *remote) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	resp, err := r.client.Post(r.url+"/sign/"+opts.HashFunc().String(), "application/octet-stream", bytes.NewReader(digest))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("the signing service says %s: %s", resp.Status, body)
	}
	return body, err
}

// A signing service signs over HTTPS while the handshake waits. When it is
// down, one handshake fails, and the next finds it up again.
func TestSignerHTTP(t *testing.T) {
	key := goKey(t, testdata.ECDSA)
	down := false
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest, err := io.ReadAll(r.Body)
		switch {
		case err != nil || r.URL.Path != "/sign/SHA-256" || len(digest) != sha256.Size:
			http.Error(w, "not a digest", http.StatusBadRequest)
		case down:
			http.Error(w, "out for lunch", http.StatusServiceUnavailable)
		default:
			sig, err := key.Sign(rand.Reader, digest, crypto.SHA256)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
			_, _ = w.Write(sig)
		}
	}))
	defer service.Close()
	server := newCtx(t, byElsewhere(t, testdata.ECDSA, &remote{key.Public(), service.URL, service.Client()}))
	config := &tls.Config{RootCAs: pool(t, testdata.ECDSA.Roots), ServerName: "localhost"}
	for _, down = range []bool{false, true, false} {
		var said error
		cerr, serr := withGoClient(t, server, config, &said)
		if down {
			wantErr(t, serr, ossl.ReasonSignerFailed)
			if said == nil || !strings.Contains(said.Error(), "out for lunch") {
				t.Errorf("Do: %v", said)
			}
			continue
		}
		must(t, errors.Join(cerr, serr, said))
	}
}
