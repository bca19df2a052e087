package porting

import (
	"go/ast"
	"go/importer"
	"go/parser"
	gotoken "go/token"
	"go/types"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryBoundFunctionIsCalledByATest reads the tests of ossl and bridge for
// calls of each Go function that stands for one of C's. Calls through an
// interface count for all types that have its methods. Whether the test proves
// an effect is for people to judge.
func TestEveryBoundFunctionIsCalledByATest(t *testing.T) {
	c := newCallers(t)
	c.read("../../ossl")
	c.read("../../bridge")
	checked := 0
	for _, l := range goTable {
		if l.c == "" || !strings.HasPrefix(l.path, "ossl.") || l.kind != "func" && !strings.HasSuffix(l.kind, "method") {
			continue
		}
		checked++
		if !c.called[l.path] {
			t.Errorf("no test calls %s, which stands for %s", l.path, l.c)
		}
	}
	if checked < 900 {
		t.Errorf("only %d functions", checked)
	}
}

// callers finds what test files call.
type callers struct {
	t      *testing.T
	fset   *gotoken.FileSet
	std    types.Importer
	known  map[string]*types.Package
	called map[string]bool // "ossl.Ctx.SetMode"
}

func newCallers(t *testing.T) *callers {
	fset := gotoken.NewFileSet()
	return &callers{t, fset, importer.ForCompiler(fset, "gc", nil), make(map[string]*types.Package), make(map[string]bool)}
}

// Import implements types.Importer: the packages of this module are those that
// have been read.
func (c *callers) Import(path string) (*types.Package, error) {
	if p := c.known[path]; p != nil {
		return p, nil
	}
	return c.std.Import(path)
}

// read checks the types of a package and of its tests. What comes from C has
// none, and errors are the compiler's to find.
func (c *callers) read(dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		c.t.Fatal(dir, err)
	}
	inside, outside := []*ast.File{}, []*ast.File{}
	for _, name := range files {
		f, err := parser.ParseFile(c.fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.HasSuffix(f.Name.Name, "_test") {
			outside = append(outside, f)
		} else {
			inside = append(inside, f)
		}
	}
	path := "github.com/sslsock/sslsock/" + filepath.Base(dir)
	c.known[path] = c.check(path, inside)
	c.check(path+"_test", outside)
}

func (c *callers) check(path string, files []*ast.File) *types.Package {
	info := &types.Info{Uses: make(map[*ast.Ident]types.Object)}
	conf := types.Config{FakeImportC: true, Importer: c, Error: func(error) {}}
	pkg, _ := conf.Check(path, c.fset, files, info)
	for id, o := range info.Uses {
		if f, ok := o.(*types.Func); ok && f.Pkg() != nil && strings.HasSuffix(c.fset.Position(id.Pos()).Filename, "_test.go") {
			c.call(f)
		}
	}
	return pkg
}

func (c *callers) call(f *types.Func) {
	recv := f.Signature().Recv()
	if recv == nil {
		c.called[f.Pkg().Name()+"."+f.Name()] = true
		return
	}
	if iface, ok := recv.Type().Underlying().(*types.Interface); ok {
		c.callAll(iface, f.Name())
		return
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := t.(*types.Named); ok {
		c.called[f.Pkg().Name()+"."+n.Obj().Name()+"."+f.Name()] = true
	}
}

// callAll is a call of a method on every type of ossl's that the interface
// takes.
func (c *callers) callAll(iface *types.Interface, method string) {
	pkg := c.known["github.com/sslsock/sslsock/ossl"]
	if pkg == nil {
		return
	}
	for _, name := range pkg.Scope().Names() {
		if tn, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && types.Implements(types.NewPointer(tn.Type()), iface) {
			c.called["ossl."+name+"."+method] = true
		}
	}
}
