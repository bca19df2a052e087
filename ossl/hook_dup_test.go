package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// A copy of an SSL that has been given answers has none of its own yet, and each
// frees what is its own.
func TestDupWithHook(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	must(t, server.SetSuspend(ossl.AskClientHello))
	s, err := server.NewSSL()
	must(t, err)
	must(t, s.SetAlpnAnswer("h2"))
	twin, err := s.Dup()
	must(t, err)
	s.Close()
	must(t, twin.SetAlpnAnswer("http/1.1"))
	twin.Close()
}
