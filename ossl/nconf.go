package ossl

// #include "shim_store_uri.h"
import "C"

import (
	"slices"
	"unsafe"
)

// NConf is a configuration file in OpenSSL's syntax, read: CONF, config(5). It
// may be shared by any number of goroutines. The caller closes it.
type NConf struct{ object }

// NConfValue is a line of a section: CONF_VALUE, as sk_CONF_VALUE_value(3) has
// it.
type NConfValue struct{ Name, Value string }

// NConfLoad reads a file: NCONF_new(3), NCONF_load(3). An error has the number
// of the line.
func NConfLoad(file string) (c *NConf, err error) {
	err = with(file, func(s *C.char) (err error) {
		c, err = makeNConf("NCONF_load", s, nil)
		return err
	})
	return c, onFile(file, err)
}

// NConfLoadBio reads a text: NCONF_load_bio(3). It may include files (.include),
// and environment variables: do not read what anybody may send.
func NConfLoadBio(text []byte) (*NConf, error) {
	if _, err := cLen(text); err != nil {
		return nil, err
	}
	return makeNConf("NCONF_load_bio", nil, text)
}

func makeNConf(op string, file *C.char, text []byte) (*NConf, error) {
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.CONF
	if err := failed(op, C.gossl_nconf_load(file, bytesPtr(text), C.long(len(text)), &p)); err != nil {
		return nil, err
	}
	c := new(NConf)
	c.open(unsafe.Pointer(p), kindConf)
	return c, nil
}

// GetString is the value of a name in a section, or else in the section
// "default"; an error where there is none: NCONF_get_string(3). Variables in it
// are replaced.
func (c *NConf) GetString(section, name string) (string, error) {
	b, err := c.bytes("NCONF_get_string", section, name, func(section, name *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_nconf_string(c.c(), section, name, out, n)
	})
	return string(b), err
}

// GetNumber is GetString for a decimal number, which ends before the first
// byte that is no digit: NCONF_get_number_e(3).
func (c *NConf) GetNumber(section, name string) (int, error) {
	if c.c() == nil {
		return 0, ErrClosed
	}
	var v C.long
	err := with(section, func(section *C.char) error {
		return with(name, func(name *C.char) error {
			return onObjects("NCONF_get_number_e", func() *C.gossl_err { return C.gossl_nconf_number(c.c(), section, name, &v) }, c)
		})
	})
	return int(v), err
}

// GetSection lists a section in the file's order; an error where there is no
// such section: NCONF_get_section(3).
func (c *NConf) GetSection(section string) (list []NConfValue, err error) {
	b, err := c.bytes("NCONF_get_section", section, "", func(section, _ *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_nconf_section(c.c(), section, out, n)
	})
	for p := pack(b); p.more(); {
		list = append(list, NConfValue{p.text(), p.text()})
	}
	return list, err
}

// GetSectionNames lists the sections by name: NCONF_get_section_names(3).
func (c *NConf) GetSectionNames() (names []string) {
	p := pack(textOf("NCONF_get_section_names", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_nconf_names(c.c(), out, n) }, c))
	for p.more() {
		names = append(names, p.text())
	}
	slices.Sort(names)
	return names
}

// Dump is all of it as text: NCONF_dump_bio(3).
func (c *NConf) Dump() (string, error) {
	b, err := bytesOf("NCONF_dump_bio", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_nconf_dump(c.c(), out, n) }, c)
	return string(b), err
}

// ModulesFlags says how much may go wrong: CONF_modules_load(3).
type ModulesFlags uint64

// What may go wrong. A file that says "config_diagnostics = 1", which may be
// OpenSSL's own, has no error ignored from then on.
const (
	MFlagsIgnoreErrors      ModulesFlags = C.CONF_MFLAGS_IGNORE_ERRORS
	MFlagsIgnoreReturnCodes ModulesFlags = C.CONF_MFLAGS_IGNORE_RETURN_CODES
	MFlagsSilent            ModulesFlags = C.CONF_MFLAGS_SILENT
	MFlagsNoDSO             ModulesFlags = C.CONF_MFLAGS_NO_DSO
	MFlagsIgnoreMissingFile ModulesFlags = C.CONF_MFLAGS_IGNORE_MISSING_FILE
	MFlagsDefaultSection    ModulesFlags = C.CONF_MFLAGS_DEFAULT_SECTION
)

// ModulesLoad applies the file to the whole process: providers, engines, the
// defaults of libssl. app names the line that names the section to begin with;
// "" is "openssl_conf": CONF_modules_load(3).
func (c *NConf) ModulesLoad(app string, flags ModulesFlags) error {
	if c.c() == nil {
		return ErrClosed
	}
	return withOptional(app, func(app *C.char) error {
		return onObjects("CONF_modules_load", func() *C.gossl_err { return C.gossl_nconf_modules_load(c.c(), app, C.ulong(flags)) }, c)
	})
}

// Close frees it: NCONF_free(3). A second Close does nothing. Nothing else may
// use c at the same time.
func (c *NConf) Close() {
	if c != nil {
		c.close()
	}
}

func (c *NConf) c() *C.CONF { return (*C.CONF)(c.ptr()) }

func (c *NConf) ptr() unsafe.Pointer {
	if c == nil {
		return nil
	}
	return c.p
}

func (c *NConf) bytes(op, section, name string, f func(section, name *C.char, out **C.uchar, n *C.int) *C.gossl_err) (b []byte, err error) {
	if c.c() == nil {
		return nil, ErrClosed
	}
	err = with(section, func(section *C.char) error {
		return with(name, func(name *C.char) (err error) {
			b, err = bytesOf(op, func(out **C.uchar, n *C.int) *C.gossl_err { return f(section, name, out, n) }, c)
			return err
		})
	})
	return b, err
}
