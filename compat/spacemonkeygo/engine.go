package openssl

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// Engine is an ENGINE of OpenSSL. From 4.0 on there are none.
type Engine struct{ e *ossl.Engine }

// EngineById finds an engine, or loads its module, and makes it ready for work.
// Where OpenSSL has no engines the error is ossl.ErrNoEngine, which says what to
// use instead.
func EngineById(name string) (*Engine, error) {
	e, err := ossl.EngineByID(name)
	if err != nil {
		return nil, fmt.Errorf("engine %s missing: %w", name, err)
	}
	if err := e.Init(); err != nil {
		e.Close()
		return nil, fmt.Errorf("engine %s not initialized: %w", name, err)
	}
	ossl.LeaveToGC(e)
	return &Engine{e}, nil
}

// inner is nil for none.
func (e *Engine) inner() *ossl.Engine {
	if e == nil {
		return nil
	}
	return e.e
}
