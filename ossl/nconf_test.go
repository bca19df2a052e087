package ossl_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

const confText = `
# a comment
name = top
[ first ]
b = 2
a = $name and ${second::x}
long = one \
two
[ second ]
x = "in quotes # no comment"
n = 4711
`

func TestNConf(t *testing.T) {
	for name, open := range map[string]func() (*ossl.NConf, error){
		"text": func() (*ossl.NConf, error) {
			return ossl.NConfLoadBio([]byte(strings.Replace(confText, "${second::x}", "more", 1)))
		},
		"file": func() (*ossl.NConf, error) {
			return ossl.NConfLoad(tempFile(t, "openssl.cnf", []byte(strings.Replace(confText, "${second::x}", "more", 1))))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := opened[*ossl.NConf](t)(open())
			same(t, "sections", c.GetSectionNames(), []string{"default", "first", "second"})
			list, err := c.GetSection("first")
			must(t, err)
			same(t, "first", list, []ossl.NConfValue{{"b", "2"}, {"a", "top and more"}, {"long", "one two"}})
			get := func(section, name string) string {
				s, err := c.GetString(section, name)
				must(t, err)
				return s
			}
			same(t, "values", []string{get("second", "x"), get("default", "name"), get("second", "name")}, []string{"in quotes # no comment", "top", "top"})
			n, err := c.GetNumber("second", "n")
			if err != nil || n != 4711 {
				t.Error(n, err)
			}
			dump, err := c.Dump()
			if err != nil || !strings.Contains(dump, "[[first]]") || !strings.Contains(dump, "b=2") {
				t.Error(dump, err)
			}
			for i, err := range []error{second(c.GetSection("third")), second(c.GetString("first", "nosuch")), second(c.GetNumber("second", "y")), second(c.GetString("a\x00", "b"))} {
				if err == nil {
					t.Error(i, "is there")
				} else {
					oneLine(t, err)
				}
			}
			closedAndNil(t, c)
		})
	}
	if err := second(ossl.NConfLoad("/no/such/file")); err == nil || !strings.Contains(err.Error(), "/no/such/file: ") {
		t.Error(err)
	}
	err := second(ossl.NConfLoadBio([]byte("[ open\n")))
	if err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Error(err)
	}
	empty := opened[*ossl.NConf](t)(ossl.NConfLoadBio(nil))
	equal(t, "sections of nothing", len(empty.GetSectionNames()), 1)
	same(t, "OpenSSL's own", func() bool { _, err := os.Stat(ossl.DefaultConfigFile()); return err == nil }(), true)
}

func init() {
	children["modules"] = func() error {
		c, err := ossl.NConfLoadBio([]byte("openssl_conf = app\nmine = app\n[app]\nssl_conf = ssl\n[ssl]\nsystem_default = x\nmy_server = x\n[x]\nCipherString = AES128-SHA256\nMaxProtocol = TLSv1.2\n"))
		if err != nil {
			return err
		}
		if err := c.ModulesLoad("mine", 0); err != nil {
			return err
		}
		ctx, err := ossl.NewCtx(ossl.TLSMethod())
		if err != nil {
			return err
		}
		if got := ctx.GetMaxProtoVersion(); got != ossl.TLS1_2Version {
			return &os.PathError{Op: "the version is not that of the file", Path: "x"}
		}
		bad, err := ossl.NConfLoadBio([]byte("config_diagnostics = 0\nopenssl_conf = app\n[app]\nnosuchmodule = x\n"))
		if err != nil {
			return err
		}
		if err := bad.ModulesLoad("", 0); err == nil {
			return os.ErrInvalid
		}
		return bad.ModulesLoad("", ossl.MFlagsIgnoreErrors)
	}
}

// A file is applied to a process, whose Ctxs have its settings then.
func TestNConfModulesLoad(t *testing.T) { runChild(t, "modules", nil) }
