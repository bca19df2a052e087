package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Signatures: what a C function takes and returns, without the names of its
// parameters, which differ between releases and mean nothing.

// signatures reads those of all functions in the headers of dir/openssl. A
// macro that is called has the number of its parameters: "macro(2)".
func signatures(dir string) (map[string]string, error) {
	text, err := preprocess(dir)
	if err != nil {
		return nil, err
	}
	all := make(map[string]string)
	eachStatement(text, func(_, stmt string) {
		if name, sig, ok := prototype(stmt); ok {
			all[name] = sig
		}
	})
	eachLine(text, func(line string) {
		if m := macroOf.FindStringSubmatch(line); m != nil && all[m[1]] == "" {
			all[m[1]] = fmt.Sprintf("macro(%d)", len(strings.FieldsFunc(m[2], func(r rune) bool { return r == ',' })))
		}
	})
	return all, nil
}

var macroOf = regexp.MustCompile(`^#define (\w+)\(([^)]*)\)`)

// writeSignatures keeps those of the functions that ossl binds. base is the file
// of an older release, or "": what it has is not kept again.
func writeSignatures(dir, out, base string, bound []string) error {
	all, err := signatures(dir)
	if err != nil {
		return err
	}
	known, err := readSignatures(base)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	for _, name := range bound {
		if sig := all[name]; sig != "" && !sameSignature(sig, known[name]) {
			fmt.Fprintf(&b, "%s %s\n", name, sig)
		}
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// readSignatures reads what writeSignatures wrote; of "" it is nothing.
func readSignatures(file string) (map[string]string, error) {
	all := make(map[string]string)
	if file == "" {
		return all, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		name, sig, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		all[name] = sig
	}
	return all, nil
}

// sameSignature takes two names for one type as the same.
func sameSignature(a, b string) bool { return oneName.Replace(a) == oneName.Replace(b) }

var oneName = strings.NewReplacer("uint8_t", "unsigned char", "ossl_ssize_t", "ssize_t")

// boundNames lists the C functions that symbols stand for.
func boundNames(symbols []goSymbol) []string {
	names := make(map[string]bool)
	for _, g := range symbols {
		for _, m := range g.mentions {
			names[m.symbol] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

var (
	qualifier = regexp.MustCompile(`\b(extern|static|inline|__inline__|__inline|__extension__|__restrict|restrict|ossl_inline|register)\b`)
	spaces    = regexp.MustCompile(`\s+`)
	tight     = regexp.MustCompile(`\s*([*(),])\s*`)
	array     = regexp.MustCompile(`\[[^\]]*\]`)
	words     = regexp.MustCompile(`\w+`)
	inPointer = regexp.MustCompile(`\(\*(?:const )?\w+`)
)

// prototype takes a declaration apart; sig is "int(SSL*,int)".
func prototype(stmt string) (name, sig string, ok bool) {
	stmt, _, _ = strings.Cut(attribute.ReplaceAllString(stmt, " "), "{")
	stmt = strings.TrimSpace(tight.ReplaceAllString(spaces.ReplaceAllString(qualifier.ReplaceAllString(stmt, " "), " "), "$1"))
	if strings.HasPrefix(stmt, "typedef") || strings.Contains(stmt, "=") {
		return "", "", false
	}
	if i := strings.Index(stmt, "(*"); i > 0 && returned.MatchString(stmt) { // it returns a pointer to a function
		inner, rest := balanced(stmt[i:])
		name, sig, ok = prototype("R " + strings.TrimPrefix(strings.Trim(inner, "()"), "*") + ")")
		return name, stmt[:i] + "(*" + strings.TrimPrefix(sig, "R") + ")" + bare(rest), ok
	}
	i := strings.IndexByte(stmt, '(')
	if i <= 0 || !strings.HasSuffix(stmt, ")") {
		return "", "", false
	}
	m := funcName.FindStringSubmatch(stmt)
	if m == nil || !strings.HasSuffix(stmt[:i], m[1]) || strings.TrimSpace(strings.TrimSuffix(stmt[:i], m[1])) == "" {
		return "", "", false
	}
	return m[1], strings.TrimSpace(strings.TrimSuffix(stmt[:i], m[1])) + bare(stmt[i:]), true
}

// balanced cuts s behind the parenthesis that closes its first one.
func balanced(s string) (inner, rest string) {
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i+1], s[i+1:]
			}
		}
	}
	return s, ""
}

// bare is a list of parameters in parentheses without their names.
func bare(params string) string {
	inner := strings.TrimSuffix(strings.TrimPrefix(params, "("), ")")
	var types []string
	for _, p := range topLevel(inner) {
		types = append(types, bareType(strings.TrimSpace(p)))
	}
	return "(" + strings.Join(types, ",") + ")"
}

// bareType is one parameter without its name.
func bareType(p string) string {
	if i := strings.Index(p, "(*"); i >= 0 {
		head := inPointer.ReplaceAllString(p[i:], "(*")
		inner, rest := balanced(head)
		return strings.TrimSpace(p[:i]) + inner + bare(rest)
	}
	if i := strings.IndexByte(p, '('); i > 0 { // a function, which is a pointer to it
		inner, rest := balanced(p[i:])
		return bareType(p[:i]) + "(*)" + bare(inner) + rest
	}
	pointers := strings.Count(p, "[")
	p = array.ReplaceAllString(p, "")
	all := words.FindAllString(p, -1)
	named := 0
	for _, w := range all {
		if w != "const" && w != "struct" && w != "enum" && w != "volatile" {
			named++
		}
	}
	if last := len(all) - 1; named > 1 && !basic[all[last]] && strings.HasSuffix(p, all[last]) {
		p = strings.TrimSpace(strings.TrimSuffix(p, all[last]))
	}
	return p + strings.Repeat("*", pointers)
}

// basic are the words of C's own types, which end a type and name nothing.
var basic = map[string]bool{"int": true, "char": true, "long": true, "short": true, "unsigned": true, "signed": true, "double": true, "float": true, "void": true}

// topLevel splits at the commas outside of parentheses.
func topLevel(s string) []string {
	var parts []string
	depth, from := 0, 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, s[from:i])
				from = i + 1
			}
		}
	}
	return append(parts, s[from:])
}
