package ossl

// #include <openssl/conf.h>
// #include "shim_more.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// LibCtx is a libcrypto of its own, with providers, configuration and
// properties apart from those of the process: OSSL_LIB_CTX(3). It may be shared
// by any number of goroutines. The caller closes it; unlike in C what was made
// with it keeps it alive, so it may be closed before.
//
// Where a *LibCtx may be nil, that means the default one.
type LibCtx struct{ object }

// NewLibCtx makes a LibCtx without any provider loaded; the default one comes
// by itself on first use, unless another is there: OSSL_LIB_CTX_new(3).
func NewLibCtx() (*LibCtx, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.OSSL_LIB_CTX
	crossing()
	if err := failed("OSSL_LIB_CTX_new", C.gossl_lib_new(&p)); err != nil {
		return nil, err
	}
	l := new(LibCtx)
	l.open(unsafe.Pointer(p), kindLibCtx)
	return l, nil
}

// LoadConfig applies a configuration file: OSSL_LIB_CTX_load_config(3).
func (l *LibCtx) LoadConfig(file string) error {
	return onFile(file, l.callString("OSSL_LIB_CTX_load_config", file, func(l *C.OSSL_LIB_CTX, f *C.char) *C.gossl_err {
		return C.gossl_lib_load_config(l, f)
	}))
}

// SetDefaultProperties sets the query that every fetch of an algorithm goes by,
// "fips=yes": EVP_set_default_properties(3).
func (l *LibCtx) SetDefaultProperties(query string) error {
	return l.callString("EVP_set_default_properties", query, func(l *C.OSSL_LIB_CTX, q *C.char) *C.gossl_err {
		return C.gossl_lib_set_properties(l, q)
	})
}

// DefaultPropertiesIsFIPSEnabled says whether that query demands FIPS:
// EVP_default_properties_is_fips_enabled(3).
func (l *LibCtx) DefaultPropertiesIsFIPSEnabled() bool {
	if l.c() == nil {
		return false
	}
	crossing()
	on := C.gossl_lib_fips(l.c()) == 1
	runtime.KeepAlive(l)
	return on
}

// Close ends the use of l, in place of OSSL_LIB_CTX_free(3). Its memory, some
// 250 KB once it has made a Ctx, stays until the process ends: threads that have
// used a library context look into it when they end, unless each of them has
// given up its part before, and which threads those are is up to Go. So make a
// few for the life of a program, not one for each connection. A second Close
// does nothing.
func (l *LibCtx) Close() {
	if l != nil {
		l.close()
	}
}

func (l *LibCtx) c() *C.OSSL_LIB_CTX { return (*C.OSSL_LIB_CTX)(l.ptr()) }

func (l *LibCtx) ptr() unsafe.Pointer {
	if l == nil {
		return nil
	}
	return l.p
}

func (l *LibCtx) callString(op, s string, f func(*C.OSSL_LIB_CTX, *C.char) *C.gossl_err) error {
	if err := checkString(s); err != nil {
		return err
	}
	return lend(l, func() error {
		crossing()
		return failed(op, withCString(s, func(cs *C.char) *C.gossl_err { return f(l.c(), cs) }))
	})
}

// or refuses a LibCtx that is closed; nil is the default one.
func (l *LibCtx) or(f func(*C.OSSL_LIB_CTX) error) error {
	if l != nil && l.p == nil {
		return ErrClosed
	}
	err := f(l.c())
	runtime.KeepAlive(l)
	return err
}

// NewCtxEx makes a Ctx whose algorithms come from lib, by a property query such
// as "provider!=legacy", or "": SSL_CTX_new_ex(3). The caller closes it. See
// NewCtx for what is not as OpenSSL makes it.
func NewCtxEx(lib *LibCtx, query string, m Method) (*Ctx, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	if err := checkString(query); err != nil {
		return nil, err
	}
	var p *C.SSL_CTX
	err := lib.or(func(l *C.OSSL_LIB_CTX) error {
		crossing()
		return withOptional(query, func(q *C.char) error {
			return failed("SSL_CTX_new_ex", C.gossl_ctx_new_ex(l, q, m.p, &p))
		})
	})
	if err != nil {
		return nil, err
	}
	c := newCtx(p)
	if err := m.pin(c); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// LoadedProvider is a provider that is loaded: OSSL_PROVIDER(3). The caller closes
// it, which unloads it, unless something else loaded it too.
type LoadedProvider struct{ object }

// LoadProvider loads "default", "legacy", "fips", "base" or another:
// OSSL_PROVIDER_load(3). With the first that is loaded so the default one no
// longer comes by itself.
func LoadProvider(lib *LibCtx, name string) (*LoadedProvider, error) {
	return loadProvider("OSSL_PROVIDER_load", lib, name, 0)
}

// TryLoadProvider is LoadProvider, after which the default provider still comes
// by itself where retain says so: OSSL_PROVIDER_try_load(3).
func TryLoadProvider(lib *LibCtx, name string, retain bool) (*LoadedProvider, error) {
	return loadProvider("OSSL_PROVIDER_try_load", lib, name, cFlag(retain))
}

func loadProvider(op string, lib *LibCtx, name string, retain C.int) (*LoadedProvider, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	if err := checkString(name); err != nil {
		return nil, err
	}
	var p *C.OSSL_PROVIDER
	err := lib.or(func(l *C.OSSL_LIB_CTX) error {
		crossing()
		return failed(op, withCString(name, func(n *C.char) *C.gossl_err { return C.gossl_prov_load(l, n, retain, &p) }))
	})
	if err != nil {
		return nil, err
	}
	v := new(LoadedProvider)
	v.open(unsafe.Pointer(p), kindProvider)
	return v, nil
}

// ProviderAvailable says whether a provider is loaded: OSSL_PROVIDER_available(3).
func ProviderAvailable(lib *LibCtx, name string) bool {
	var there bool
	if checkString(name) != nil {
		return false
	}
	_ = lib.or(func(l *C.OSSL_LIB_CTX) error {
		crossing()
		there = withCString(name, func(n *C.char) C.int { return C.gossl_prov_available(l, n) }) == 1
		return nil
	})
	return there
}

// Get0Name is the provider's name: OSSL_PROVIDER_get0_name(3).
func (v *LoadedProvider) Get0Name() string {
	if v.ptr() == nil {
		return ""
	}
	crossing()
	name := C.GoString(C.gossl_prov_name((*C.OSSL_PROVIDER)(v.p)))
	runtime.KeepAlive(v)
	return name
}

// SelfTest says whether the provider finds itself in order:
// OSSL_PROVIDER_self_test(3).
func (v *LoadedProvider) SelfTest() bool {
	if v.ptr() == nil {
		return false
	}
	crossing()
	ok := C.gossl_prov_self_test((*C.OSSL_PROVIDER)(v.p)) == 1
	runtime.KeepAlive(v)
	return ok
}

// Close unloads the provider: OSSL_PROVIDER_unload(3). A second Close does
// nothing.
func (v *LoadedProvider) Close() {
	if v != nil {
		v.close()
	}
}

func (v *LoadedProvider) ptr() unsafe.Pointer {
	if v == nil {
		return nil
	}
	return v.p
}

// ConfModulesLoadFile applies sections of a configuration file to the process:
// CONF_modules_load_file(3). file "" is the default file, and app "" the section
// openssl_conf. Ctx.Config needs one that has been loaded so, or by itself.
func ConfModulesLoadFile(file, app string) error {
	for _, s := range []string{file, app} {
		if err := checkString(s); err != nil {
			return err
		}
	}
	if err := CheckVersion(); err != nil {
		return err
	}
	crossing()
	return onFile(file, failed("CONF_modules_load_file", withCString(file, func(f *C.char) *C.gossl_err {
		return withCString(app, func(a *C.char) *C.gossl_err {
			if file == "" {
				f = nil
			}
			if app == "" {
				a = nil
			}
			return C.gossl_conf_load(f, a, 0)
		})
	})))
}

// AddSSLModule makes the section ssl_conf known to configuration files:
// SSL_add_ssl_module(3). It happens by itself with the first Ctx.
func AddSSLModule() { C.gossl_add_ssl_module() }
