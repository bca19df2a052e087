package ossl

// #include <stdlib.h>
// #include <openssl/conf.h>
// #include "shim_more.h"
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// ConfCtx turns commands of text, as in configuration files or on command
// lines, into settings: SSL_CONF_CTX. It has one user at a time. The caller
// closes it.
type ConfCtx struct {
	object
	on any // what it configures, kept alive
}

// ConfFlags says which commands a ConfCtx takes: SSL_CONF_CTX_set_flags(3).
type ConfFlags uint32

// The flags. One of ConfFlagCmdline and ConfFlagFile is needed.
const (
	ConfFlagCmdline        ConfFlags = C.SSL_CONF_FLAG_CMDLINE // commands are "-cipher" and the like
	ConfFlagFile           ConfFlags = C.SSL_CONF_FLAG_FILE    // commands are "CipherString" and the like
	ConfFlagClient         ConfFlags = C.SSL_CONF_FLAG_CLIENT
	ConfFlagServer         ConfFlags = C.SSL_CONF_FLAG_SERVER
	ConfFlagShowErrors     ConfFlags = C.SSL_CONF_FLAG_SHOW_ERRORS // errors have reasons
	ConfFlagCertificate    ConfFlags = C.SSL_CONF_FLAG_CERTIFICATE // commands about certificates too
	ConfFlagRequirePrivate ConfFlags = C.SSL_CONF_FLAG_REQUIRE_PRIVATE
)

// ConfType is the kind of value that a command takes:
// SSL_CONF_cmd_value_type(3).
type ConfType int

// The kinds.
const (
	ConfTypeUnknown ConfType = C.SSL_CONF_TYPE_UNKNOWN // no such command
	ConfTypeString  ConfType = C.SSL_CONF_TYPE_STRING
	ConfTypeFile    ConfType = C.SSL_CONF_TYPE_FILE
	ConfTypeDir     ConfType = C.SSL_CONF_TYPE_DIR
	ConfTypeNone    ConfType = C.SSL_CONF_TYPE_NONE // it stands alone
	ConfTypeStore   ConfType = C.SSL_CONF_TYPE_STORE
)

// UnknownCommandError is a command that no SSL_CONF knows, or not with these
// flags.
type UnknownCommandError struct{ Command string }

func (e *UnknownCommandError) Error() string {
	return fmt.Sprintf("ossl: SSL_CONF_cmd: unknown command %q: see SSL_CONF_cmd(3), and the flags of the ConfCtx", e.Command)
}

// NewConfCtx makes a ConfCtx: SSL_CONF_CTX_new(3).
func NewConfCtx() (*ConfCtx, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.SSL_CONF_CTX
	crossing()
	if err := failed("SSL_CONF_CTX_new", C.gossl_conf_new(&p)); err != nil {
		return nil, err
	}
	c := new(ConfCtx)
	c.open(unsafe.Pointer(p), kindConfCtx)
	return c, nil
}

// SetFlags adds flags and returns the set then in force:
// SSL_CONF_CTX_set_flags(3).
func (c *ConfCtx) SetFlags(f ConfFlags) (now ConfFlags) {
	c.do(func(c *C.SSL_CONF_CTX) { now = ConfFlags(C.SSL_CONF_CTX_set_flags(c, C.uint(f))) })
	return now
}

// ClearFlags takes flags away and returns the set then in force:
// SSL_CONF_CTX_clear_flags(3).
func (c *ConfCtx) ClearFlags(f ConfFlags) (now ConfFlags) {
	c.do(func(c *C.SSL_CONF_CTX) { now = ConfFlags(C.SSL_CONF_CTX_clear_flags(c, C.uint(f))) })
	return now
}

// Set1Prefix sets what every command must begin with, without regard to case
// in files: SSL_CONF_CTX_set1_prefix(3).
func (c *ConfCtx) Set1Prefix(prefix string) error {
	if err := checkString(prefix); err != nil {
		return err
	}
	return c.call("SSL_CONF_CTX_set1_prefix", func(c *C.SSL_CONF_CTX) *C.gossl_err {
		return withCString(prefix, func(p *C.char) *C.gossl_err { return C.gossl_conf_prefix(c, p) })
	})
}

// SetSSLCtx has commands configure a Ctx: SSL_CONF_CTX_set_ssl_ctx(3). It must
// stay open until Finish.
func (c *ConfCtx) SetSSLCtx(ctx *Ctx) error {
	return lend(ctx, func() error {
		return c.call("SSL_CONF_CTX_set_ssl_ctx", func(p *C.SSL_CONF_CTX) *C.gossl_err {
			C.SSL_CONF_CTX_set_ssl_ctx(p, ctx.c())
			c.on = ctx
			return nil
		})
	})
}

// SetSSL has commands configure an SSL: SSL_CONF_CTX_set_ssl(3). It must stay
// open until Finish.
func (c *ConfCtx) SetSSL(s *SSL) error {
	return lend(s, func() error {
		return c.call("SSL_CONF_CTX_set_ssl", func(p *C.SSL_CONF_CTX) *C.gossl_err {
			C.SSL_CONF_CTX_set_ssl(p, s.c())
			c.on = s
			return nil
		})
	})
}

// Cmd runs a command and says how much of it was used: 2, or 1 where it takes
// no value. SSL_CONF_cmd(3). A command that is not known is an
// *UnknownCommandError, any other failure an *Error.
func (c *ConfCtx) Cmd(cmd, value string) (used int, err error) {
	for _, s := range []string{cmd, value} {
		if err := checkString(s); err != nil {
			return 0, err
		}
	}
	if err := c.ready(); err != nil {
		return 0, err
	}
	var n C.int
	err = c.call("SSL_CONF_cmd", func(c *C.SSL_CONF_CTX) *C.gossl_err {
		return withCString(cmd, func(cmd *C.char) *C.gossl_err {
			return withCString(value, func(value *C.char) *C.gossl_err { return C.gossl_conf_cmd(c, cmd, value, &n) })
		})
	})
	if n == -2 {
		return 0, &UnknownCommandError{cmd}
	}
	return int(max(n, 0)), err
}

// CmdArgv runs the command at the beginning of a command line, and says how
// many words it was; 0 is a word that is no command: SSL_CONF_cmd_argv(3).
func (c *ConfCtx) CmdArgv(args []string) (used int, err error) {
	if err := c.ready(); err != nil {
		return 0, err
	}
	argv := make([]*C.char, len(args)+1)
	defer func() {
		for _, p := range argv {
			C.free(unsafe.Pointer(p))
		}
	}()
	for i, a := range args {
		if err := checkString(a); err != nil {
			return 0, err
		}
		argv[i] = C.CString(a)
	}
	given := append([]*C.char(nil), argv...) // C moves on in its own copy
	var n C.int
	err = c.call("SSL_CONF_cmd_argv", func(c *C.SSL_CONF_CTX) *C.gossl_err {
		return C.gossl_conf_argv(c, unsafe.SliceData(given), C.int(len(args)), &n)
	})
	return int(max(n, 0)), err
}

// CmdValueType is the kind of value that a command takes:
// SSL_CONF_cmd_value_type(3).
func (c *ConfCtx) CmdValueType(cmd string) (t ConfType) {
	if checkString(cmd) != nil {
		return ConfTypeUnknown
	}
	c.do(func(c *C.SSL_CONF_CTX) {
		t = withCString(cmd, func(cmd *C.char) ConfType { return ConfType(C.SSL_CONF_cmd_value_type(c, cmd)) })
	})
	return t
}

// Finish completes what was configured, such as keys that come in the file of
// their certificate: SSL_CONF_CTX_finish(3).
func (c *ConfCtx) Finish() error {
	if err := c.ready(); err != nil {
		return err
	}
	return c.call("SSL_CONF_CTX_finish", func(c *C.SSL_CONF_CTX) *C.gossl_err { return C.gossl_conf_finish(c) })
}

// Close frees it: SSL_CONF_CTX_free(3). A second Close does nothing.
func (c *ConfCtx) Close() {
	if c != nil {
		c.on = nil
		c.close()
	}
}

func (c *ConfCtx) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}

// ready refuses to work on an object that was closed meanwhile.
func (c *ConfCtx) ready() error {
	if c.ptr() == nil {
		return ErrClosed
	}
	if o, ok := c.on.(pointer); ok && o.ptr() == nil {
		return ErrClosed
	}
	return nil
}

func (c *ConfCtx) call(op string, f func(*C.SSL_CONF_CTX) *C.gossl_err) error {
	return lend(c, func() error { crossing(); return failed(op, f((*C.SSL_CONF_CTX)(c.p))) })
}

func (c *ConfCtx) do(f func(*C.SSL_CONF_CTX)) {
	if c.ptr() != nil {
		crossing()
		f((*C.SSL_CONF_CTX)(c.p))
		runtime.KeepAlive(c)
	}
}
