package porting

import (
	"slices"
	"strings"
	"sync"
)

// rule answers the C symbols that its patterns match: names separated by
// spaces, in which * stands for any characters.
type rule struct {
	patterns string
	verdict  Verdict
	refs     []string // Go symbols: "bridge.Config.ALPN"
	pkg      string
	example  string
	note     string
	final    bool // also where a doc comment of ossl names the symbol
}

// std answers with the standard library, by a line that compiles.
func std(patterns, pkg, example, note string) rule {
	return rule{patterns: patterns, verdict: Standard, pkg: pkg, example: example, note: note}
}

// module answers with a module outside the standard library.
func module(patterns, path, note string) rule {
	return rule{patterns: patterns, verdict: Standard, pkg: path, note: note}
}

// del answers that nothing takes the symbol's place.
func del(patterns, note string) rule { return rule{patterns: patterns, verdict: Delete, note: note} }

// gone is del for what no version of ossl will bind.
func gone(patterns, note string) rule {
	return rule{patterns: patterns, verdict: Delete, note: note, final: true}
}

// always has a rule win over what ossl's doc comments say: ossl uses the
// function for one thing, and a program for many.
func always(r rule) rule {
	r.final = true
	return r
}

// use answers with symbols of ossl and bridge that do not carry the C name.
func use(patterns, paths, example, note string) rule {
	return rule{patterns: patterns, verdict: Bound, refs: strings.Fields(paths), example: example, note: note}
}

// no answers that there is nothing, and why.
func no(patterns, note string) rule {
	return rule{patterns: patterns, verdict: Unavailable, note: note}
}

// rules lists all of them. Of those that match, the one with the most
// characters that are no * wins.
func rules() []rule {
	var all []rule
	for _, list := range [][]rule{
		rulesInit, rulesThreads, rulesMemory, rulesLater, rulesForks, rulesSSL, rulesCallbacks, rulesVersions, rulesErrors, rulesBIO,
		rulesDigest, rulesCipher, rulesMAC, rulesKDF, rulesPKey, rulesKeys, rulesEC, rulesBN, rulesRandom, rulesStack,
		rulesX509, rulesNames, rulesCRL, rulesVerify, rulesX509Make, rulesPEM, rulesASN1, rulesObjects, rulesOCSP, rulesParams, rulesStore,
		rulesEngine, rulesConstants,
	} {
		all = append(all, list...)
	}
	return all
}

// book is the rules sorted for looking up.
type book struct {
	exact map[string]rule
	globs map[string][]glob // by their first two characters
	later []glob            // those that also answer what no header declares
}

type glob struct {
	parts  []string
	weight int
	rule   rule
}

var rulebook = sync.OnceValue(func() book {
	b := book{exact: make(map[string]rule), globs: make(map[string][]glob)}
	for _, r := range rules() {
		for p := range strings.FieldsSeq(r.patterns) {
			parts := strings.Split(p, "*")
			if len(parts) == 1 {
				b.exact[p] = r
				continue
			}
			key := p[:min(2, len(parts[0]))]
			b.globs[key] = append(b.globs[key], glob{parts, len(p) - len(parts) + 1, r})
		}
	}
	for _, r := range slices.Concat(rulesLater, rulesForks) {
		for p := range strings.FieldsSeq(r.patterns) {
			if parts := strings.Split(p, "*"); len(parts) > 1 {
				b.later = append(b.later, glob{parts, len(p) - len(parts) + 1, r})
			}
		}
	}
	return b
})

func exactRule(symbol string) (rule, bool) {
	r, ok := rulebook().exact[symbol]
	return r, ok
}

// laterRule answers a name that OpenSSL 3.0's headers do not declare, and other
// releases or forks do.
func laterRule(symbol string) (rule, bool) {
	if r, ok := exactRule(symbol); ok {
		return r, true
	}
	for _, g := range rulebook().later {
		if g.matches(symbol) {
			return g.rule, true
		}
	}
	return rule{}, false
}

// ruleFor answers a name that the headers declare.
func ruleFor(symbol string) (rule, bool) {
	if r, ok := exactRule(symbol); ok {
		return r, true
	}
	best, found := glob{weight: -1}, false
	for _, key := range []string{symbol[:min(2, len(symbol))], ""} {
		for _, g := range rulebook().globs[key] {
			if g.weight > best.weight && g.matches(symbol) {
				best, found = g, true
			}
		}
	}
	return best.rule, found
}

// matches says whether the name has all parts in their order.
func (g glob) matches(name string) bool {
	last := len(g.parts) - 1
	if len(name) < g.weight || !strings.HasPrefix(name, g.parts[0]) || !strings.HasSuffix(name, g.parts[last]) {
		return false
	}
	rest := name[len(g.parts[0]) : len(name)-len(g.parts[last])]
	for _, p := range g.parts[1:last] {
		i := strings.Index(rest, p)
		if i < 0 {
			return false
		}
		rest = rest[i+len(p):]
	}
	return true
}
