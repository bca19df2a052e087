package porting

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// Used is a symbol that C services use.
type Used struct {
	Symbol   string
	Kind     string // function, macro, constant-callback
	Header   string
	Services int // in how many of the 16 that were looked at
}

// Callable says whether it is a function, or a macro that is called like one.
func (u Used) Callable() bool { return u.Kind == "function" || u.Kind == "macro" }

//go:embed corpus.tsv
var corpusText string

// Corpus is what 16 C services, from nginx and haproxy to memcached, use of
// OpenSSL 3.0, in the order of how many do.
var Corpus = sync.OnceValue(func() []Used {
	var all []Used
	for line := range strings.Lines(corpusText) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		n, err := strconv.Atoi(f[3])
		if err != nil {
			continue // the heading
		}
		u := Used{Symbol: f[0], Kind: f[1], Header: f[2], Services: n}
		if s, ok := capi.Lookup(u.Symbol); ok && u.Header == "" {
			u.Header = s.Header
		}
		all = append(all, u)
	}
	return all
})

// Tally counts answers by verdict.
type Tally map[Verdict]int

// Total is the number of answers.
func (t Tally) Total() int {
	n := 0
	for _, c := range t {
		n += c
	}
	return n
}

// Coverage counts the answers to what services call, by header.
func Coverage() map[string]Tally {
	by := make(map[string]Tally)
	for _, u := range Corpus() {
		if !u.Callable() {
			continue
		}
		if by[u.Header] == nil {
			by[u.Header] = make(Tally)
		}
		by[u.Header][Lookup(u.Symbol).Verdict]++
	}
	return by
}
