package openssl

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// running is a digest at work, of whichever kind.
type running struct{ c *ossl.MDCtx }

func newRunning(name string, e *Engine) (*running, error) {
	c, err := ossl.NewMDCtx(name, e.inner())
	if err != nil {
		return nil, digestError(name, err)
	}
	ossl.LeaveToGC(c)
	return &running{c}, nil
}

func (r *running) inner() *ossl.MDCtx {
	if r == nil {
		return nil
	}
	return r.c
}

func (r *running) write(p []byte) (int, error) {
	if err := r.inner().DigestUpdate(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// sum fills result, and begins again.
func (r *running) sum(result []byte) error {
	sum, err := r.inner().DigestFinal()
	if err != nil {
		return err
	}
	if copy(result, sum) != len(sum) {
		return fmt.Errorf("openssl: a digest of %d bytes, not %d", len(sum), len(result))
	}
	return r.inner().DigestReset()
}

// digest is all of it at once.
func digest(name string, data, result []byte) error {
	r, err := newRunning(name, nil)
	if err != nil {
		return err
	}
	defer r.inner().Close()
	if _, err := r.write(data); err != nil {
		return err
	}
	return r.sum(result)
}
