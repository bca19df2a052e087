package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// TestDefaultPropertiesEnableFIPS asks for FIPS where no provider has it, so that
// what was found before is not found meanwhile.
func TestDefaultPropertiesEnableFIPS(t *testing.T) {
	digest := func() error {
		c, err := ossl.NewMDCtx("SHA2-512/224", nil)
		if err == nil {
			c.Close()
		}
		return err
	}
	must(t, digest())
	defer func() { must(t, ossl.DefaultPropertiesEnableFIPS(false)) }()
	must(t, ossl.DefaultPropertiesEnableFIPS(true))
	if err := digest(); err == nil {
		t.Error("found a digest although no FIPS provider is loaded")
	}
	must(t, ossl.DefaultPropertiesEnableFIPS(false))
	must(t, digest())
}
