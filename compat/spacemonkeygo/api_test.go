package openssl

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ours is what this package exports beyond the original and its fork.
var ours = []string{
	"method (*Conn) NegotiatedProtocol() string",
	"method (*Ctx) Close()",
	"field FIPSError.Err error", "field FIPSError.Provider string",
	"field ProviderError.Algorithm string", "field ProviderError.Err error", "field ProviderError.Provider string",
	"type FIPSError", "method (*FIPSError) Error() string", "method (*FIPSError) Unwrap() error",
	"type ProviderError", "method (*ProviderError) Error() string", "method (*ProviderError) Unwrap() error",
}

// testdata/api.txt is what github.com/libp2p/go-openssl v0.1.0 exports, which is
// all that the original does and more; apiOf made it.
func TestAPI(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "api.txt"))
	must(t, err)
	got := apiOf(t, ".")
	maps.Copy(got, apiOf(t, "utils"))
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if !got[line] {
			t.Errorf("missing: %s", line)
		}
		delete(got, line)
	}
	for _, line := range ours {
		delete(got, line)
	}
	for _, line := range slices.Sorted(maps.Keys(got)) {
		t.Errorf("more than the fork has: %s", line)
	}
}

// apiOf lists what the package in a folder exports, a line each, with the types
// of parameters and results but not their names.
func apiOf(t *testing.T, dir string) map[string]bool {
	t.Helper()
	api := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	must(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		must(t, err)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				addFunc(api, d)
			case *ast.GenDecl:
				for _, s := range d.Specs {
					addSpec(api, d.Tok, s)
				}
			}
		}
	}
	return api
}

func addFunc(api map[string]bool, d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	kind := "func "
	if d.Recv != nil {
		recv := text(d.Recv.List[0].Type)
		if !ast.IsExported(strings.TrimPrefix(recv, "*")) {
			return
		}
		kind = "method (" + recv + ") "
	}
	api[kind+d.Name.Name+signature(d.Type)] = true
}

func addSpec(api map[string]bool, tok token.Token, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() {
				api[tok.String()+" "+n.Name] = true
			}
		}
	case *ast.TypeSpec:
		if !s.Name.IsExported() {
			return
		}
		api["type "+s.Name.Name] = true
		switch typ := s.Type.(type) {
		case *ast.InterfaceType:
			for _, m := range typ.Methods.List {
				for _, n := range m.Names {
					if n.IsExported() {
						api["method ("+s.Name.Name+") "+n.Name+signature(m.Type.(*ast.FuncType))] = true
					}
				}
			}
		case *ast.StructType:
			for _, f := range typ.Fields.List {
				for _, n := range f.Names {
					if n.IsExported() {
						api["field "+s.Name.Name+"."+n.Name+" "+text(f.Type)] = true
					}
				}
				if len(f.Names) == 0 {
					api["field "+s.Name.Name+"."+text(f.Type)] = true
				}
			}
		}
	}
}

func signature(f *ast.FuncType) string {
	types := func(l *ast.FieldList) []string {
		var list []string
		for _, f := range l.List {
			for range max(1, len(f.Names)) {
				list = append(list, strings.ReplaceAll(text(f.Type), "any", "interface{}"))
			}
		}
		return list
	}
	s := "(" + strings.Join(types(f.Params), ", ") + ")"
	if f.Results == nil {
		return s
	}
	results := types(f.Results)
	if len(results) == 1 {
		return s + " " + results[0]
	}
	return s + " (" + strings.Join(results, ", ") + ")"
}

func text(n ast.Node) string {
	var b bytes.Buffer
	_ = printer.Fprint(&b, token.NewFileSet(), n)
	return b.String()
}
