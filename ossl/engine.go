package ossl

// #include "shim_store_uri.h"
import "C"

import (
	"errors"
	"unsafe"
)

// ErrNoEngine is what engines end in where OpenSSL has none: it was built
// without them, or is 4.0 or later.
var ErrNoEngine = errors.New("ossl: this OpenSSL has no engines: use a provider, and OSSL_STORE URIs for its keys")

// Engine is a module that brings keys and algorithms: ENGINE. OpenSSL has
// deprecated engines in favour of providers, and from 4.0 there are none. It
// has one user at a time. The caller closes it.
//
// Keys of an engine keep it alive.
type Engine struct{ object }

// EngineMethods says what an engine is used for: ENGINE_set_default(3).
type EngineMethods uint32

// What an engine can be used for.
const (
	EngineMethodRSA     EngineMethods = 0x0001
	EngineMethodDSA     EngineMethods = 0x0002
	EngineMethodDH      EngineMethods = 0x0004
	EngineMethodRand    EngineMethods = 0x0008
	EngineMethodCiphers EngineMethods = 0x0040
	EngineMethodDigests EngineMethods = 0x0080
	EngineMethodPKey    EngineMethods = 0x0200
	EngineMethodASN1    EngineMethods = 0x0400
	EngineMethodEC      EngineMethods = 0x0800
	EngineMethodAll     EngineMethods = 0xFFFF
)

// HasEngine says whether this OpenSSL has engines.
func HasEngine() bool { return C.gossl_has_engine() == 1 }

// EngineLoadBuiltinEngines makes the engines that libcrypto itself has, and
// "dynamic", known by name: ENGINE_load_builtin_engines(3). EngineByID needs it
// for none.
func EngineLoadBuiltinEngines() { C.gossl_engine_load_builtin() }

// EngineRegisterAllComplete registers all that known engines have as available,
// for the whole process: ENGINE_register_all_complete(3).
func EngineRegisterAllComplete() error {
	if !HasEngine() {
		return ErrNoEngine
	}
	return failed("ENGINE_register_all_complete", C.gossl_engine_register_all())
}

// Engines lists the engines that are known by name: ENGINE_get_first(3),
// ENGINE_get_next(3).
func Engines() (ids []string) {
	if !HasEngine() {
		return nil
	}
	p := pack(textOf("ENGINE_get_first", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_engine_list(out, n) }))
	for p.more() {
		ids = append(ids, p.text())
	}
	return ids
}

// EngineByID finds an engine, or loads its module: ENGINE_by_id(3). Settings of
// its own come next, by CtrlCmdString, and then Init.
func EngineByID(id string) (e *Engine, err error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	if !HasEngine() {
		return nil, ErrNoEngine
	}
	err = with(id, func(id *C.char) error {
		var p *C.gossl_engine
		if err := failed("ENGINE_by_id", C.gossl_engine_by_id(id, &p)); err != nil {
			return err
		}
		e = new(Engine)
		e.open(unsafe.Pointer(p), kindEngine)
		return nil
	})
	return e, err
}

// Init makes the engine ready for work: ENGINE_init(3).
func (e *Engine) Init() error {
	return e.call("ENGINE_init", func(e *C.gossl_engine) *C.gossl_err { return C.gossl_engine_init(e) })
}

// Finish is the end of what one Init began: ENGINE_finish(3). Close does it for
// all that are left.
func (e *Engine) Finish() error {
	return e.call("ENGINE_finish", func(e *C.gossl_engine) *C.gossl_err { return C.gossl_engine_finish(e) })
}

// CtrlCmdString gives the engine a command with its argument, "MODULE_PATH" or
// "PIN" for pkcs11; "" is no argument. A command that it does not know is an
// error unless optional is set: ENGINE_ctrl_cmd_string(3).
func (e *Engine) CtrlCmdString(cmd, arg string, optional bool) error {
	return e.callString(cmd, func(cmd *C.char) error {
		return withOptional(arg, func(arg *C.char) error {
			return e.call("ENGINE_ctrl_cmd_string", func(e *C.gossl_engine) *C.gossl_err {
				return C.gossl_engine_cmd_string(e, cmd, arg, cBool(optional))
			})
		})
	})
}

// CtrlCmd is CtrlCmdString with a number: ENGINE_ctrl_cmd(3), ENGINE_ctrl(3).
func (e *Engine) CtrlCmd(cmd string, arg int, optional bool) error {
	return e.callString(cmd, func(cmd *C.char) error {
		return e.call("ENGINE_ctrl_cmd", func(e *C.gossl_engine) *C.gossl_err {
			return C.gossl_engine_cmd(e, cmd, C.long(arg), cBool(optional))
		})
	})
}

// SetDefault uses the engine wherever it can be, in the whole process:
// ENGINE_set_default(3).
func (e *Engine) SetDefault(m EngineMethods) error {
	return e.call("ENGINE_set_default", func(e *C.gossl_engine) *C.gossl_err { return C.gossl_engine_set_default(e, C.uint(m)) })
}

// SetDefaultString is SetDefault by names, "RSA,EC" or "ALL":
// ENGINE_set_default_string(3).
func (e *Engine) SetDefaultString(methods string) error {
	return e.callString(methods, func(methods *C.char) error {
		return e.call("ENGINE_set_default_string", func(e *C.gossl_engine) *C.gossl_err {
			return C.gossl_engine_set_default_string(e, methods)
		})
	})
}

// LoadPrivateKey loads a key by the engine's name for it, a "pkcs11:" URI for
// pkcs11; the key itself does not leave its hardware. The PIN answers whatever
// is asked for, "" is an error then: ENGINE_load_private_key(3).
func (e *Engine) LoadPrivateKey(id, pin string) (*PKey, error) {
	return e.loadKey("ENGINE_load_private_key", id, pin, 1)
}

// LoadPublicKey is the same for a public key: ENGINE_load_public_key(3).
func (e *Engine) LoadPublicKey(id, pin string) (*PKey, error) {
	return e.loadKey("ENGINE_load_public_key", id, pin, 0)
}

// LoadCert loads a certificate by the engine's name for it, through the command
// LOAD_CERT_CTRL that pkcs11 has: ENGINE_ctrl_cmd(3).
func (e *Engine) LoadCert(id string) (x *X509, err error) {
	err = e.callString(id, func(id *C.char) error {
		var p *C.X509
		if err := e.call("ENGINE_ctrl_cmd", func(e *C.gossl_engine) *C.gossl_err { return C.gossl_engine_load_cert(e, id, &p) }); err != nil {
			return err
		}
		x = newX509(p)
		return nil
	})
	return x, err
}

// SetClientCertEngine has an engine choose the certificate and key of clients,
// as capi does: SSL_CTX_set_client_cert_engine(3). An engine that cannot is an
// error. The Ctx keeps e alive; see Init.
func (c *Ctx) SetClientCertEngine(e *Engine) error {
	if c == nil || c.p == nil {
		return ErrClosed
	}
	if !HasEngine() {
		return ErrNoEngine
	}
	return onObjects("SSL_CTX_set_client_cert_engine", func() *C.gossl_err {
		crossing()
		return C.gossl_ctx_set_client_cert_engine(c.c(), e.c())
	}, c, e)
}

// GetID is the engine's short name: ENGINE_get_id(3).
func (e *Engine) GetID() string {
	return valueOf(func() string { return C.GoString(C.gossl_engine_id(e.c())) }, e)
}

// GetName is the engine's name for people: ENGINE_get_name(3).
func (e *Engine) GetName() string {
	return valueOf(func() string { return C.GoString(C.gossl_engine_name(e.c())) }, e)
}

// Close gives the engine back: ENGINE_finish(3) and ENGINE_free(3). A second
// Close does nothing. Nothing else may use e at the same time.
func (e *Engine) Close() {
	if e != nil {
		e.close()
	}
}

func (e *Engine) c() *C.gossl_engine { return (*C.gossl_engine)(e.ptr()) }

func (e *Engine) ptr() unsafe.Pointer {
	if e == nil {
		return nil
	}
	return e.p
}

func (e *Engine) loadKey(op, id, pin string, private C.int) (k *PKey, err error) {
	err = e.callString(id, func(id *C.char) error {
		return withOptional(pin, func(pin *C.char) error {
			var p *C.EVP_PKEY
			if err := e.call(op, func(e *C.gossl_engine) *C.gossl_err { return C.gossl_engine_load_key(e, id, pin, private, &p) }); err != nil {
				return err
			}
			k = newPKey(p)
			return nil
		})
	})
	return k, err
}

func (e *Engine) call(op string, f func(*C.gossl_engine) *C.gossl_err) error {
	return onObjects(op, func() *C.gossl_err { return f(e.c()) }, e)
}

func (e *Engine) callString(s string, f func(*C.char) error) error {
	if e.c() == nil {
		return ErrClosed
	}
	return with(s, f)
}
