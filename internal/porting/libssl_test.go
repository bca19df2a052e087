package porting

import (
	"testing"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// TestLibsslIsBound goes through what libssl's headers declare and do not
// deprecate: it is bound under its name, or a rule names it and says what stands
// in its place. A family's answer is too little for it.
func TestLibsslIsBound(t *testing.T) {
	functions, bound := 0, 0
	for _, s := range capi.All() {
		switch s.Header {
		case "ssl.h", "tls1.h", "dtls1.h", "srtp.h":
		default:
			continue
		}
		if !s.Callable() || s.Deprecated != "" || stackOf(s.Name) {
			continue
		}
		refs, _ := boundTo(s, s.Name)
		if s.Kind == capi.Function {
			functions++
			if len(refs) > 0 {
				bound++
			}
		}
		if _, named := exactRule(s.Name); len(refs) == 0 && !named {
			t.Errorf("%s (%s) is neither bound nor answered by name, only: %s", s.Name, s.Header, Lookup(s.Name).Note)
		}
	}
	t.Logf("%d of %d functions bound", bound, functions)
	if functions != 473 || bound < 422 {
		t.Errorf("%d of %d functions are bound; 473 are declared, and at least 422 shall be", bound, functions)
	}
}

// stackOf says whether a name is an operation on a stack, which is a slice.
func stackOf(name string) bool { return len(name) > 3 && name[:3] == "sk_" }
