package ossl_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// corpusBound is how many of libssl's functions that services call have a
// counterpart here. It only goes up.
const corpusBound = 338

// The doc comments say which C functions the package stands for, and
// testdata/corpus-libssl.txt lists those of libssl that real services call.
func TestCorpusCoverage(t *testing.T) {
	named := docNames(t)
	text, err := os.ReadFile("testdata/corpus-libssl.txt")
	must(t, err)
	var missing []string
	all := strings.Fields(string(text))
	for _, name := range all {
		if len(named[name]) == 0 {
			missing = append(missing, name)
		}
	}
	bound := len(all) - len(missing)
	t.Logf("%d of %d bound; not bound: %s", bound, len(all), strings.Join(missing, " "))
	if bound < corpusBound {
		t.Errorf("%d of %d functions of the corpus are bound, %d were", bound, len(all), corpusBound)
	}
}

var cNames = regexp.MustCompile(`\b(SSL|TLS|DTLS|SSLv23|TLSv1|TLSv1_1|TLSv1_2|DTLSv1|DTLSv1_2|OPENSSL|BIO|PEM|OSSL|d2i|i2d|sk)_[A-Za-z0-9_]+\b`)

// docNames maps each C function that the doc comment of an exported symbol
// names to those symbols.
func docNames(t testing.TB) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	must(t, err)
	names := map[string][]string{}
	add := func(symbol string, doc *ast.CommentGroup) {
		for _, c := range cNames.FindAllString(doc.Text(), -1) {
			names[c] = append(names[c], symbol)
		}
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		must(t, err)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() {
					add(d.Name.Name, d.Doc)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() {
						add(s.Name.Name, d.Doc)
					}
				}
			}
		}
	}
	return names
}
