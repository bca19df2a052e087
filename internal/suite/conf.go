package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// Test is one of the tests of a file.
type Test struct {
	File string // "01-simple.cnf"
	Name string // "0-default"

	bad      error // why it cannot be run
	opts     *options
	sections map[string][]ossl.NConfValue // the commands for each context, "server" for one
	logs     string                       // the log list
}

// Read reads the tests of a file: CONF as config(5) has it, read by OpenSSL
// itself. A test whose options make no sense stands in the way of no other: its
// Run says what is wrong.
func (f *Folder) Read(file string) ([]*Test, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	tests, err := f.parse(filepath.Base(file), text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return tests, nil
}

func (f *Folder) parse(name string, text []byte) ([]*Test, error) {
	certs, err := filepath.Abs(f.Certs)
	if err != nil {
		return nil, err
	}
	// A section ENV comes before the environment itself, which stays as it is.
	head := fmt.Sprintf("[ENV]\nTEST_CERTS_DIR = %s\n[default]\n", escape(certs))
	conf, err := ossl.NConfLoadBio(append([]byte(head), text...))
	if err != nil {
		return nil, err
	}
	defer conf.Close()
	n, err := conf.GetNumber("default", "num_tests")
	if err != nil {
		return nil, err
	}
	var tests []*Test
	for i := range n {
		section := fmt.Sprintf("test-%d", i)
		t := &Test{File: name, Name: section, logs: f.LogList, opts: newOptions(), sections: make(map[string][]ossl.NConfValue)}
		t.bad = t.read(conf, section)
		tests = append(tests, t)
	}
	return tests, nil
}

// read follows a test's name to its contexts: CONF_modules_load(3) would do so
// for the whole process.
func (t *Test) read(conf *ossl.NConf, section string) (err error) {
	if t.Name, err = conf.GetString("default", section); err != nil {
		return err
	}
	list, err := conf.GetString(t.Name, "ssl_conf")
	if err != nil {
		return err
	}
	contexts, err := conf.GetSection(list)
	if err != nil {
		return err
	}
	for _, c := range contexts {
		if t.sections[c.Name], err = conf.GetSection(c.Value); err != nil {
			return err
		}
	}
	return t.opts.read(conf, section)
}

// escape is a value in which nothing is special to CONF.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `$`, `\$`, `#`, `\#`, `"`, `\"`, `'`, `\'`, "`", "\\`").Replace(s)
}
