package ossl_test

import (
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// TestDefaultPropertiesEnableFIPS asks for FIPS where no provider has it, so that
// what was found before is not found meanwhile.
func TestDefaultPropertiesEnableFIPS(t *testing.T) {
	var none *ossl.LibCtx
	if none.DefaultPropertiesIsFIPSEnabled() {
		t.Skip("the machine's configuration asks for FIPS already")
	}
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
	if !none.DefaultPropertiesIsFIPSEnabled() {
		t.Error("not enabled")
	}
	if err := digest(); err == nil {
		t.Error("found a digest although no FIPS provider is loaded")
	}
	must(t, ossl.DefaultPropertiesEnableFIPS(false))
	must(t, digest())
}
