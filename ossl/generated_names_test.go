package ossl_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A method that nobody calls in a test may be bound to the wrong function and
// nobody would know.
func TestGeneratedMethodsAreTested(t *testing.T) {
	var tests strings.Builder
	files, err := filepath.Glob("*_test.go")
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		tests.Write(b)
	}
	generated, err := filepath.Glob("zz_*.go")
	must(t, err)
	if len(generated) == 0 {
		t.Fatal("no generated files")
	}
	method := regexp.MustCompile(`(?m)^func \([^)]*\) ([A-Z]\w*)\(`)
	for _, f := range generated {
		b, err := os.ReadFile(f)
		must(t, err)
		for _, m := range method.FindAllStringSubmatch(string(b), -1) {
			if !regexp.MustCompile(`\.` + m[1] + `\b`).MatchString(tests.String()) {
				t.Errorf("%s: no test calls %s", f, m[1])
			}
		}
	}
}
