package openssl

import (
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

var (
	errConnClosed = errors.New("connection closed")
	errNoCtx      = errors.New("no ssl context provided")
	errNoConn     = errors.New("no connection provided")
	errNoCert     = errors.New("no certificate provided")
	errNoKey      = errors.New("no key provided, or one that is not of this package")
	errNoName     = errors.New("no name provided")
	errEmptyPEM   = errors.New("empty pem block")
	errEmptyDER   = errors.New("empty der block")
)

// ProviderError is an algorithm that OpenSSL knows and cannot do, because no
// provider that is loaded has it.
type ProviderError struct {
	Algorithm string // "MD4"
	Provider  string // which has it
	Err       error  // an *ossl.Error
}

func (e *ProviderError) Error() string {
	return fmt.Sprintf("openssl: no provider has %s: load %q, by ossl.LoadProvider(nil, %q) together with %q, or in openssl.cnf: %v",
		e.Algorithm, e.Provider, e.Provider, "default", e.Err)
}

// Unwrap is the reason.
func (e *ProviderError) Unwrap() error { return e.Err }

// legacy is where OpenSSL 3 keeps what nobody should use any more.
var legacy = map[string]bool{"MD4": true, "MDC2": true, "RIPEMD160": true, "WHIRLPOOL": true}

func digestError(name string, err error) error {
	var e *ossl.Error
	if err != nil && legacy[name] && errors.As(err, &e) {
		return &ProviderError{Algorithm: name, Provider: "legacy", Err: err}
	}
	return err
}
