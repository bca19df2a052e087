package porting

import (
	"slices"
	"strings"
	"sync"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// Verdict is the kind of an answer.
type Verdict string

// The verdicts.
const (
	Bound       Verdict = "bound"         // package ossl or bridge has it
	Standard    Verdict = "standard"      // Go's standard library is the better answer
	Delete      Verdict = "delete"        // nothing takes its place
	Unavailable Verdict = "not available" // there is none, and Note says why
	Unknown     Verdict = "unanswered"    // OpenSSL's headers do not declare it
)

// Verdicts lists them, the best first.
var Verdicts = []Verdict{Bound, Standard, Delete, Unavailable, Unknown}

// Answer says what becomes of a C symbol.
type Answer struct {
	Symbol     string    `json:"symbol"`
	Kind       capi.Kind `json:"kind,omitempty"`
	Header     string    `json:"header,omitempty"`
	Deprecated string    `json:"deprecated_since,omitempty"`
	Verdict    Verdict   `json:"verdict"`
	Go         []Ref     `json:"go,omitempty"`      // symbols of ossl and bridge
	Package    string    `json:"package,omitempty"` // of the standard library, or a module; with Bound the other way to do it
	Example    string    `json:"example,omitempty"` // one line of Go
	Ownership  string    `json:"ownership,omitempty"`
	Note       string    `json:"note,omitempty"`
}

// Ref is a Go symbol.
type Ref struct {
	Symbol    string `json:"symbol"`              // "ossl.Ctx.SetMode"
	Kind      string `json:"kind"`                // func, method, *method (of a pointer), type, field, const
	Signature string `json:"signature,omitempty"` // "(m Mode) Mode"
	Doc       string `json:"doc,omitempty"`
}

// String is the symbol with its signature, as Go writes it:
// "(*ossl.Ctx).SetMode(m Mode) Mode".
func (r Ref) String() string {
	pkg, rest, _ := strings.Cut(r.Symbol, ".")
	recv, name, ok := strings.Cut(rest, ".")
	switch {
	case r.Kind == "*method" && ok:
		return "(*" + pkg + "." + recv + ")." + name + r.Signature
	case r.Kind == "method" || r.Kind == "func":
		return r.Symbol + r.Signature
	case r.Signature != "":
		return r.Symbol + " " + r.Signature
	default:
		return r.Symbol
	}
}

// Lookup answers a C symbol. Whatever OpenSSL 3.0's headers declare has an
// answer, and so do the names of older and newer releases that programs use.
func Lookup(symbol string) Answer {
	s, declared := capi.Lookup(symbol)
	a := Answer{Symbol: symbol, Kind: s.Kind, Header: s.Header, Deprecated: s.Deprecated, Verdict: Unknown}
	if r, ok := exactRule(symbol); ok && r.final {
		return a.by(r)
	}
	if refs, name := boundTo(s, symbol); len(refs) > 0 {
		a.Verdict, a.Go, a.Ownership, a.Note = Bound, refs, ownership(name, refs), notes[symbol]
		if name != symbol && a.Note == "" {
			a.Note = "as " + name
		}
		r, ok := exactRule(symbol)
		if strings.HasPrefix(symbol, "sk_") {
			r, ok = ruleFor(symbol)
		}
		return a.beside(r, ok)
	}
	if !declared {
		if r, ok := laterRule(symbol); ok {
			return a.by(r)
		}
		return a
	}
	if r, ok := ruleFor(symbol); ok {
		return a.by(r)
	}
	if s.Alias != "" {
		if r, ok := ruleFor(s.Alias); ok {
			return a.by(r)
		}
	}
	if r, ok := familyOf(s.Header); ok {
		return a.by(r)
	}
	return a
}

// beside adds to what ossl binds the other way to do it: the standard library's,
// or that of the drivers.
func (a Answer) beside(r rule, ok bool) Answer {
	switch {
	case !ok:
	case r.verdict == Standard:
		a.Package, a.Example = r.pkg, r.example
	case r.verdict == Bound:
		for _, path := range r.refs {
			if ref := refs()[path]; strings.HasPrefix(path, "bridge.") && !slices.Contains(a.Go, ref) {
				a.Go = append(slices.Clip(a.Go), ref)
			}
		}
		if a.Example == "" {
			a.Example = r.example
		}
		if a.Note == "" {
			a.Note = r.note
		}
	}
	return a
}

// Known says whether a name is OpenSSL's: declared by its headers, or answered
// by a rule of its own.
func Known(symbol string) bool {
	if _, ok := capi.Lookup(symbol); ok {
		return true
	}
	_, ok := laterRule(symbol)
	return ok || len(bound()[symbol]) > 0
}

// boundTo finds what ossl has for a symbol, and the C name under which.
func boundTo(s capi.Symbol, symbol string) ([]Ref, string) {
	for _, name := range []string{symbol, s.Alias, sameAs[symbol], symbol + "_ex"} {
		if refs := bound()[name]; name != "" && len(refs) > 0 {
			return refs, name
		}
	}
	return nil, ""
}

// by fills in what a rule says.
func (a Answer) by(r rule) Answer {
	a.Verdict, a.Package, a.Example, a.Note = r.verdict, r.pkg, r.example, r.note
	for _, path := range r.refs {
		a.Go = append(a.Go, refs()[path])
	}
	if a.Verdict == Bound {
		a.Ownership = ownership(a.Symbol, a.Go)
	}
	return a
}

// goLine is a line of goTable.
type goLine struct{ path, kind, signature, doc, c string }

// bound has the Go symbols of each C symbol.
var bound = sync.OnceValue(func() map[string][]Ref {
	m := make(map[string][]Ref)
	for _, l := range goTable {
		for c := range strings.FieldsSeq(l.c) {
			if s, ok := capi.Lookup(c); ok && s.Callable() && l.kind == "const" {
				m[c] = append(m[c], setters(l.signature)...)
			}
			m[c] = append(m[c], refs()[l.path])
		}
	}
	return m
})

// setters are the methods that take any number of a type's constants: a C
// function that sets a callback becomes one of them with its constant.
func setters(typ string) []Ref {
	var all []Ref
	for _, l := range goTable {
		if typ != "" && l.kind == "*method" && strings.Contains(l.signature, "..."+typ+")") {
			all = append(all, refs()[l.path])
		}
	}
	return all
}

// refs has every exported symbol of ossl and bridge.
var refs = sync.OnceValue(func() map[string]Ref {
	m := make(map[string]Ref, len(goTable))
	for _, l := range goTable {
		m[l.path] = Ref{l.path, l.kind, l.signature, l.doc}
	}
	return m
})
