// Package capi knows the names that the headers of OpenSSL 3.0 declare.
//
// api.txt lists them by header. internal/porting/gen writes it from the headers
// themselves, of a build with every feature on.
package capi

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Kind is what a name stands for.
type Kind string

// The kinds.
const (
	Function Kind = "function"
	Macro    Kind = "macro" // one that is called like a function
	Constant Kind = "constant"
	Type     Kind = "type"
)

// Symbol is a name of OpenSSL's.
type Symbol struct {
	Name, Header string
	Kind         Kind
	Deprecated   string // the release that deprecated it, or ""
	Alias        string // the function that this macro is another name for, or ""
}

// Callable says whether the symbol is a function or a macro that stands for
// one.
func (s Symbol) Callable() bool { return s.Kind == Function || s.Kind == Macro }

// Lookup finds a name.
func Lookup(name string) (Symbol, bool) {
	s, ok := table()[name]
	if !ok && strings.HasPrefix(name, "OPENSSL_NO_") {
		return Symbol{Name: name, Header: "configuration.h", Kind: Constant}, true
	}
	return s, ok
}

// All lists every name in order.
func All() []Symbol {
	t := table()
	all := make([]Symbol, 0, len(t))
	for _, name := range slices.Sorted(maps.Keys(t)) {
		all = append(all, t[name])
	}
	return all
}

//go:embed api.txt
var text string

var table = sync.OnceValue(func() map[string]Symbol {
	t := make(map[string]Symbol, 24000)
	header := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		names, ok := strings.CutPrefix(line, "\t")
		if !ok {
			header = line
			continue
		}
		kind, names, _ := strings.Cut(names, " ")
		for name := range strings.SplitSeq(names, " ") {
			unfold(t, header, kind, name)
		}
	}
	return t
})

// unfold adds what one name of the list stands for: itself, the names of an
// object, or the operations on a stack.
func unfold(t map[string]Symbol, header, kind, name string) {
	switch kind[0] {
	case 'o':
		for _, c := range kind[1:] {
			full := objectPrefix[c] + name
			t[full] = Symbol{Name: full, Header: header, Kind: Constant}
		}
	case 's':
		for _, op := range StackOps {
			full := "sk_" + name + "_" + op
			t[full] = Symbol{Name: full, Header: header, Kind: Macro}
		}
	default:
		name, alias, _ := strings.Cut(name, "=")
		t[name] = Symbol{Name: name, Header: header, Kind: kinds[kind[0]], Deprecated: kind[1:], Alias: alias}
	}
}

var (
	kinds        = map[byte]Kind{'f': Function, 'm': Macro, 'c': Constant, 't': Type}
	objectPrefix = map[rune]string{'s': "SN_", 'l': "LN_", 'n': "NID_", 'o': "OBJ_"}
)

// StackOps is what OpenSSL declares for a stack of some type: sk_X509_num,
// sk_X509_value, ….
var StackOps = []string{
	"num", "value", "new", "new_null", "new_reserve", "reserve", "free", "zero", "delete", "delete_ptr", "push", "unshift",
	"pop", "shift", "pop_free", "insert", "set", "find", "find_ex", "find_all", "sort", "is_sorted", "dup", "deep_copy", "set_cmp_func",
}
