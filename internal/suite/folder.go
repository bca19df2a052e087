package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

// Folder is where the parts of the tests are.
type Folder struct {
	Files   []string // the tests, by name
	Certs   string   // TEST_CERTS_DIR
	LogList string   // the logs of Certificate Transparency, "" for none
}

// Find looks for the tests in an OpenSSL source tree, in its folder test, or in
// a folder that holds *.cnf with certs/ beside them.
func Find(dir string) (*Folder, error) {
	for _, at := range []struct{ tests, certs, logs string }{
		{"test/ssl-tests", "test/certs", "test/ct/log_list.cnf"},
		{"ssl-tests", "certs", "ct/log_list.cnf"},
		{".", "certs", "log_list.cnf"},
	} {
		f := &Folder{Certs: filepath.Join(dir, at.certs), LogList: filepath.Join(dir, at.logs)}
		files, err := filepath.Glob(filepath.Join(dir, at.tests, "[0-9][0-9]-*.cnf"))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 || !exists(f.Certs) {
			continue
		}
		if !exists(f.LogList) {
			f.LogList = ""
		}
		sort.Strings(files)
		f.Files = files
		return f, nil
	}
	return nil, fmt.Errorf("%s holds no tests: name an OpenSSL source tree, its folder test, "+
		"or a folder with files such as 01-simple.cnf and a folder certs", dir)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
