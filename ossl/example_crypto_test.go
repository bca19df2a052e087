package ossl_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A client asks the responder of a certificate whether it is revoked. What
// OCSP_sendreq_new(3) and its like did is package net/http's work.
func ExampleOCSPRequest() {
	cert, issuer := exampleX509(testdata.Bad.SelfSigned), exampleX509(testdata.Bad.SelfSigned) // an issuer of itself
	defer cert.Close()
	defer issuer.Close()
	url, end := exampleResponder(issuer) // otherwise cert.Get1OCSP() has it
	defer end()

	id, err := ossl.OCSPCertToID("SHA1", cert, issuer)
	if err != nil {
		log.Fatal(err)
	}
	request, err := ossl.NewOCSPRequest()
	if err != nil {
		log.Fatal(err)
	}
	defer request.Close()
	if err := request.Add0ID(id); err != nil {
		log.Fatal(err)
	}
	der, err := request.I2D()
	if err != nil {
		log.Fatal(err)
	}
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Post(url, "application/ocsp-request", bytes.NewReader(der))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	staple, err := io.ReadAll(io.LimitReader(response.Body, 100_000))
	if err != nil {
		log.Fatal(err)
	}

	trusted, err := ossl.NewStore()
	if err != nil {
		log.Fatal(err)
	}
	defer trusted.Close()
	if err := trusted.AddCert(issuer); err != nil {
		log.Fatal(err)
	}
	answer, err := ossl.VerifyStaple(staple, []*ossl.X509{cert, issuer}, trusted, 5*time.Minute)
	if err != nil {
		log.Fatal(err) // revoked, expired, or no proof
	}
	fmt.Println(answer.Status, answer.NextUpdate.Sub(answer.ThisUpdate))
	// Output: good 1h0m0s
}

// A responder reads the request, says something about each certificate, and
// signs.
func ExampleOCSPBasicResp() {
	issuer := exampleX509(testdata.Bad.SelfSigned)
	defer issuer.Close()
	url, end := exampleResponder(issuer)
	defer end()
	reply, err := http.Post(url, "application/ocsp-request", bytes.NewReader([]byte("no request")))
	if err != nil {
		log.Fatal(err)
	}
	defer reply.Body.Close()
	der, err := io.ReadAll(reply.Body)
	if err != nil {
		log.Fatal(err)
	}
	response, err := ossl.D2IOCSPResponse(der)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Close()
	fmt.Println(response.Status())
	// Output: malformedrequest
}

// exampleResponder is an OCSP responder that vouches for everything.
func exampleResponder(signer *ossl.X509) (url string, end func()) {
	pem, err := os.ReadFile(testdata.Path(testdata.Bad.SelfSigned.Key))
	if err != nil {
		log.Fatal(err)
	}
	key, err := ossl.PEMReadBioPrivateKey(pem, "")
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/ocsp-response")
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 100_000))
		if err != nil {
			return
		}
		answer, err := exampleAnswer(body, signer, key)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(answer)
	}))
	return server.URL, func() { server.Close(); key.Close() }
}

func exampleAnswer(der []byte, signer *ossl.X509, key *ossl.PKey) ([]byte, error) {
	status, basic := ossl.OCSPSuccessful, (*ossl.OCSPBasicResp)(nil)
	request, err := ossl.D2IOCSPRequest(der)
	if err != nil {
		status = ossl.OCSPMalformedRequest
	} else {
		defer request.Close()
		if basic, err = ossl.NewOCSPBasicResp(); err != nil {
			return nil, err
		}
		defer basic.Close()
		now := time.Now()
		for _, id := range request.IDs() {
			single := ossl.OCSPSingle{ID: id, Status: ossl.OCSPGood, ThisUpdate: now, NextUpdate: now.Add(time.Hour)}
			if err := basic.Add1Status(single); err != nil {
				return nil, err
			}
		}
		if err := errors.Join(basic.CopyNonce(request), basic.Sign(signer, key, "SHA256", nil, 0)); err != nil {
			return nil, err
		}
	}
	response, err := ossl.OCSPResponseCreate(status, basic)
	if err != nil {
		return nil, err
	}
	defer response.Close()
	return response.I2D()
}

func exampleX509(chain testdata.Chain) *ossl.X509 {
	pem, err := os.ReadFile(testdata.Path(chain.Cert))
	if err != nil {
		log.Fatal(err)
	}
	x, err := ossl.PEMReadBioX509(pem)
	if err != nil {
		log.Fatal(err)
	}
	return x
}

// A key of a file, a token or wherever the URI leads serves crypto/tls.
func ExampleOSSLStoreLoadPKey() {
	key, err := ossl.OSSLStoreLoadPKey("file:"+testdata.Path(testdata.ECDSA.Key), "")
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	signer, err := key.Signer()
	if err != nil {
		log.Fatal(err)
	}
	cert := exampleX509(testdata.ECDSA)
	defer cert.Close()
	der, err := cert.I2D()
	if err != nil {
		log.Fatal(err)
	}
	config := tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: signer}}}
	fmt.Println(key.GetTypeName(), key.GetGroupName(), len(config.Certificates))
	// Output: EC prime256v1 1
}

// A StoreCtx verifies a chain and says how it was built.
func ExampleStoreCtx() {
	pem, err := os.ReadFile(testdata.Path(testdata.ECDSA.Cert))
	if err != nil {
		log.Fatal(err)
	}
	chain, err := ossl.PEMReadX509s(pem)
	if err != nil {
		log.Fatal(err)
	}
	defer ossl.CloseX509s(chain)
	trusted, err := ossl.NewStore()
	if err != nil {
		log.Fatal(err)
	}
	defer trusted.Close()
	ctx, err := ossl.NewStoreCtx()
	if err != nil {
		log.Fatal(err)
	}
	defer ctx.Close()
	if err := trusted.LoadFile(testdata.Path(testdata.ECDSA.Roots)); err != nil {
		log.Fatal(err)
	}
	if err := errors.Join(ctx.Init(trusted, chain[0], chain[1:]), ctx.SetDefault("ssl_server"), ctx.VerifyCert()); err != nil {
		log.Fatal(err)
	}
	built, err := ctx.Get1Chain()
	if err != nil {
		log.Fatal(err)
	}
	defer ossl.CloseX509s(built)
	fmt.Println(ctx.GetError(), len(built), built[2].SelfSigned(true))
	// Output: ok 3 true
}
