package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// goSymbol is an exported declaration of ossl or bridge, and the C names in its
// doc comment or its value.
type goSymbol struct {
	pkg        string // "ossl"
	recv, name string // recv is "Ctx" for a method of *Ctx, and for a field of Ctx
	kind       string // func, method, *method (the receiver is a pointer), const, type, field
	signature  string // "(fd int) error", or the type of a constant or field
	doc        string // the first sentence
	mentions   []mention
}

func (g goSymbol) path() string {
	if g.recv == "" {
		return g.pkg + "." + g.name
	}
	return g.pkg + "." + g.recv + "." + g.name
}

// writeBound writes the table of what ossl and bridge export, and of the C
// functions that ossl's symbols stand for.
func writeBound(root, out string) error {
	symbols, err := readSymbols(root)
	if err != nil {
		return err
	}
	src, err := format.Source(render(symbols))
	if err != nil {
		return err
	}
	return os.WriteFile(out, src, 0o644)
}

// readSymbols lists what ossl and bridge export, with the C functions that each
// stands for.
func readSymbols(root string) ([]goSymbol, error) {
	symbols, err := readPackage(filepath.Join(root, "ossl"))
	if err != nil {
		return nil, err
	}
	drivers, err := readPackage(filepath.Join(root, "bridge"))
	if err != nil {
		return nil, err
	}
	choose(symbols)
	for _, g := range drivers {
		// bridge explains itself by C's names and binds none of them; but its hooks
		// are what callbacks become.
		g.mentions = slices.DeleteFunc(g.mentions, func(m mention) bool { return m.weight < inText || !setsCallback.MatchString(m.symbol) })
		symbols = append(symbols, g)
	}
	return symbols, nil
}

var setsCallback = regexp.MustCompile(`_set_.*(_cb|_callback)$|_sess_set_`)

// readPackage lists the exported declarations of the package in dir, whatever
// their build tags.
func readPackage(dir string) ([]goSymbol, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no Go files in %s", dir)
	}
	var symbols []goSymbol
	fset := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			for _, g := range declared(fset, d) {
				g.pkg = f.Name.Name
				symbols = append(symbols, g)
			}
		}
	}
	return symbols, nil
}

func declared(fset *token.FileSet, d ast.Decl) []goSymbol {
	switch d := d.(type) {
	case *ast.FuncDecl:
		recv, ok := receiver(d)
		if !d.Name.IsExported() || !ok {
			return nil
		}
		text, kind := d.Doc.Text(), "func"
		if recv != "" {
			kind = "method"
			if _, ok := d.Recv.List[0].Type.(*ast.StarExpr); ok {
				kind = "*method"
			}
		}
		return []goSymbol{{"", recv, d.Name.Name, kind, signature(fset, d.Type), firstSentence(text), inDoc(text)}}
	case *ast.GenDecl:
		var all []goSymbol
		var typ string // of a constant that repeats the one before
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				all = append(all, types(fset, s, d)...)
			case *ast.ValueSpec:
				if s.Type != nil {
					typ = source(fset, s.Type)
				} else if len(s.Values) > 0 {
					typ = ""
				}
				all = append(all, values(s, d, typ)...)
			}
		}
		return all
	}
	return nil
}

// types is a type, with its fields or its methods.
func types(fset *token.FileSet, s *ast.TypeSpec, d *ast.GenDecl) []goSymbol {
	if !s.Name.IsExported() {
		return nil
	}
	text := s.Doc.Text()
	if text == "" {
		text = d.Doc.Text()
	}
	all := []goSymbol{{"", "", s.Name.Name, "type", "", firstSentence(text), ofType(text)}}
	var list *ast.FieldList
	switch t := s.Type.(type) {
	case *ast.StructType:
		list = t.Fields
	case *ast.InterfaceType:
		list = t.Methods
	default:
		return all
	}
	for _, f := range list.List {
		for _, n := range f.Names {
			if !n.IsExported() {
				continue
			}
			text := f.Doc.Text() + f.Comment.Text()
			kind, sig := "field", source(fset, f.Type)
			if ft, ok := f.Type.(*ast.FuncType); ok && list != nil && isInterface(s.Type) {
				kind, sig = "method", signature(fset, ft)
			}
			all = append(all, goSymbol{"", s.Name.Name, n.Name, kind, sig, firstSentence(text), inDoc(text)})
		}
	}
	return all
}

func isInterface(e ast.Expr) bool {
	_, ok := e.(*ast.InterfaceType)
	return ok
}

// values are the constants of one line.
func values(s *ast.ValueSpec, d *ast.GenDecl, typ string) []goSymbol {
	var all []goSymbol
	text := s.Doc.Text() + s.Comment.Text()
	if !d.Lparen.IsValid() {
		text += d.Doc.Text()
	}
	for i, n := range s.Names {
		if !n.IsExported() {
			continue
		}
		m := inDoc(text)
		if i < len(s.Values) {
			m = append(m, inValue(s.Values[i])...)
		}
		all = append(all, goSymbol{"", "", n.Name, "const", typ, firstSentence(text), m})
	}
	return all
}

// receiver is the type of a method's receiver, without its star; ok is false
// where that is not exported.
func receiver(d *ast.FuncDecl) (name string, ok bool) {
	if d.Recv == nil {
		return "", true
	}
	t := d.Recv.List[0].Type
	if star, isStar := t.(*ast.StarExpr); isStar {
		t = star.X
	}
	id, isIdent := t.(*ast.Ident)
	return fmt.Sprint(id), isIdent && id.IsExported()
}

func signature(fset *token.FileSet, t *ast.FuncType) string {
	return strings.TrimPrefix(source(fset, t), "func")
}

// source prints an expression in one line.
func source(fset *token.FileSet, e ast.Expr) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, e); err != nil {
		return ""
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func firstSentence(text string) string { return new(doc.Package).Synopsis(text) }

// render writes goTable: one line for each Go symbol, with its C names.
func render(symbols []goSymbol) []byte {
	slices.SortFunc(symbols, func(a, b goSymbol) int { return cmp.Compare(a.path(), b.path()) })
	var b bytes.Buffer
	b.WriteString("// Code generated by internal/porting/gen from ossl's doc comments. DO NOT EDIT.\n\n")
	b.WriteString("package porting\n\n")
	b.WriteString("// goTable has the Go symbol, its kind and signature, the first sentence of its\n")
	b.WriteString("// documentation, and the C symbols that it stands for.\n")
	b.WriteString("var goTable = []goLine{\n")
	for _, g := range symbols {
		var names []string
		for _, m := range g.mentions {
			names = append(names, m.symbol)
		}
		slices.Sort(names)
		fmt.Fprintf(&b, "\t{%q, %q, %q, %q, %q},\n", g.path(), g.kind, g.signature, g.doc, strings.Join(slices.Compact(names), " "))
	}
	b.WriteString("}\n")
	return b.Bytes()
}
