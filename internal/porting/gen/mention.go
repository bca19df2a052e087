package main

import (
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// mention is a C symbol that a Go declaration names, and how sure it is that
// the one stands for the other.
type mention struct {
	symbol string
	weight int
}

// The weights of a mention; the strongest of a C symbol win.
const (
	aside    = 1  // "see SSL_get_error(3)"
	passing  = 2  // "SSL_COMP_get_id and SSL_COMP_get0_name are fields"
	inText   = 10 // "SSL_get_error(3)" in a later sentence
	inFirst  = 20 // in the first paragraph
	inAnswer = 30 // after the colon: "sets it: SSL_set_fd(3)"
	byName   = 40 // added where the Go name is the C name by the rule
	byValue  = 90 // const X = C.Y
)

var (
	manPage = regexp.MustCompile(`\b([A-Za-z][A-Za-z0-9_]*)\(3(?:ossl)?\)`)
	word    = regexp.MustCompile(`\b[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]+\b`)
	asides  = regexp.MustCompile(`(?i)\b(see|unlike|instead of|not|than|before|after|while|until|like|without|as with|and not)\s+$`)
)

// inDoc finds the C functions that a doc comment names.
func inDoc(text string) []mention {
	text = strings.TrimSpace(text)
	first, _, _ := strings.Cut(text, "\n\n")
	flat := strings.ReplaceAll(text, "\n", " ")
	found := make(map[string]int)
	for _, at := range manPage.FindAllStringSubmatchIndex(flat, -1) {
		name, before := flat[at[2]:at[3]], flat[:at[0]]
		w := inText
		switch {
		case asides.MatchString(before):
			w = aside
		case at[0] < len(first) && afterColon(before):
			w = inAnswer
		case at[0] < len(first):
			w = inFirst
		}
		if _, ok := capi.Lookup(name); ok || later(name) {
			found[name] = max(found[name], w)
		}
	}
	for _, at := range word.FindAllStringIndex(flat, -1) {
		name, w := flat[at[0]:at[1]], passing
		if asides.MatchString(flat[:at[0]]) {
			w = aside
		}
		if s, ok := capi.Lookup(name); ok && s.Callable() {
			found[name] = max(found[name], w)
		}
	}
	return list(found)
}

// afterColon says whether the words after the last colon are only names.
func afterColon(before string) bool {
	i := strings.LastIndex(before, ": ")
	return i >= 0 && !strings.Contains(before[i:], ". ")
}

// later says whether a name looks like one of a release after 3.0, which the
// list does not have.
func later(name string) bool {
	return strings.HasPrefix(name, "SSL_") || strings.HasPrefix(name, "X509_") || strings.HasPrefix(name, "EVP_") || strings.HasPrefix(name, "OSSL_")
}

// ofType finds the C type that a Go type stands for: "Session is an
// SSL_SESSION", and failing that the functions.
func ofType(text string) []mention {
	first := strings.ReplaceAll(firstSentence(text), "\n", " ")
	for _, name := range regexp.MustCompile(`\b[A-Z][A-Z0-9_]+\b`).FindAllString(first, -1) {
		if s, ok := capi.Lookup(name); ok && s.Kind == capi.Type {
			return append(inDoc(text), mention{name, byValue})
		}
	}
	return inDoc(text)
}

// inValue finds what a constant's value takes from C. Of several names it is
// the reason that counts: C.ERR_LIB_SSL<<23 | C.SSL_R_NO_SHARED_CIPHER.
func inValue(e ast.Expr) []mention {
	var names []string
	ast.Inspect(e, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && id.Name == "C" {
				names = append(names, sel.Sel.Name)
			}
		}
		return true
	})
	for _, n := range names {
		if (len(names) == 1 || strings.Contains(n, "_R_")) && !strings.HasPrefix(n, "GOSSL_") {
			return []mention{{n, byValue}}
		}
	}
	return nil
}

func list(found map[string]int) []mention {
	var all []mention
	for name, w := range found {
		all = append(all, mention{name, w})
	}
	return all
}

// choose keeps of the mentions of a C symbol those that name it most clearly.
func choose(symbols []goSymbol) {
	best := make(map[string]int)
	for i, g := range symbols {
		for j, m := range g.mentions {
			switch {
			case m.weight == byValue:
			case g.kind == "type":
				m.weight = 0 // it says what its methods do
			case g.kind == "field":
				m.weight /= 4
			}
			if m.weight > aside && mechanical(m.symbol, g) {
				m.weight += byName
			}
			symbols[i].mentions[j] = m
			best[m.symbol] = max(best[m.symbol], m.weight)
		}
	}
	for i, g := range symbols {
		symbols[i].mentions = slices.DeleteFunc(g.mentions, func(m mention) bool {
			return m.weight < best[m.symbol] || m.weight <= aside || ofAStack(m)
		})
	}
}

// ofAStack says whether a mention of sk_X509_num and its like is by the way: a
// stack is a slice, whoever returns it. The two stacks of libssl's own are what
// the functions that name them return.
func ofAStack(m mention) bool {
	return strings.HasPrefix(m.symbol, "sk_") && !strings.HasPrefix(m.symbol, "sk_SSL_") &&
		(m.weight < inAnswer || !strings.HasSuffix(m.symbol, "_pop_free"))
}

// mechanical says whether the Go name is the C name by the rule:
// SSL_CTX_set_mode is (*Ctx).SetMode.
func mechanical(c string, g goSymbol) bool {
	c = strings.ToLower(strings.ReplaceAll(c, "_", ""))
	rest, ok := strings.CutSuffix(c, strings.ToLower(g.name))
	return ok && (rest == "" || strings.HasSuffix(rest, strings.ToLower(g.recv)))
}
