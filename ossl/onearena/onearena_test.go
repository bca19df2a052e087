package onearena_test

import (
	"sync"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/ossl/onearena"
)

// TestOneArena has many threads allocate at the same time.
func TestOneArena(t *testing.T) {
	if onearena.Arenas() == 0 {
		t.Skip("this C library is not glibc, or a sanitizer has put its own malloc in its place")
	}
	var group sync.WaitGroup
	for range 32 {
		group.Go(func() {
			for range 20 {
				ctx, err := ossl.NewCtx(ossl.TLSMethod())
				if err != nil {
					t.Error(err)
					return
				}
				ctx.Close()
			}
		})
	}
	group.Wait()
	if n := onearena.Arenas(); n != 1 {
		t.Errorf("%d arenas", n)
	}
}
