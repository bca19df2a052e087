package openssl

import (
	"fmt"
	"sync"

	"github.com/sslsock/sslsock/ossl"
)

// fips holds the providers that FIPSModeSet has loaded: in OpenSSL what is loaded
// once stays, and loading any ends the automatic loading of "default".
var fips struct {
	mu   sync.Mutex
	held map[string]*ossl.LoadedProvider
}

// FIPSError is a FIPSModeSet that failed for want of a provider.
type FIPSError struct {
	Provider string
	Err      error
}

func (e *FIPSError) Error() string {
	return fmt.Sprintf("openssl: provider %q cannot be loaded: install it in %s, and its configuration by openssl fipsinstall: %v",
		e.Provider, ossl.ModulesDir(), e.Err)
}

// Unwrap is the reason.
func (e *FIPSError) Unwrap() error { return e.Err }

// FIPSModeSet loads the provider "fips" and has everything that OpenSSL fetches
// from then on, in the whole process, come from it; or no longer. A Ctx, a key
// or a digest that is there already stays as it is. Where the provider cannot be
// loaded the error is a *FIPSError, and nothing has changed.
func FIPSModeSet(mode bool) error {
	fips.mu.Lock()
	defer fips.mu.Unlock()
	providers := []string{"fips", "base"}
	if !mode {
		if len(fips.held) == 0 {
			return ossl.DefaultPropertiesEnableFIPS(false)
		}
		providers = []string{"default"}
	}
	for _, name := range providers {
		if fips.held[name] != nil {
			continue
		}
		// To try keeps "default" coming by itself where this fails.
		p, err := ossl.TryLoadProvider(nil, name, true)
		if err != nil {
			return &FIPSError{Provider: name, Err: err}
		}
		ossl.LeaveToGC(p)
		if fips.held == nil {
			fips.held = map[string]*ossl.LoadedProvider{}
		}
		fips.held[name] = p
	}
	return ossl.DefaultPropertiesEnableFIPS(mode)
}
