package porting

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// Report is what a scan found.
type Report struct {
	Files    int           `json:"files"` // that were read
	Lines    int           `json:"lines"`
	Elapsed  time.Duration `json:"-"`
	Symbols  []Symbol      `json:"symbols"`
	Findings []Finding     `json:"patterns"`
	Problems []Problem     `json:"problems"`
}

// Symbol is a symbol with its answer and the places that use it.
type Symbol struct {
	Answer
	Calls    int     `json:"calls"`
	Mentions int     `json:"mentions"`
	Services int     `json:"services,omitempty"` // how many of the corpus's 16 use it
	Places   []Place `json:"places"`
}

// Place is where a symbol stands.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Call bool   `json:"call"`
}

// Unanswered lists the symbols that nothing is known about.
func (r *Report) Unanswered() []Symbol {
	return slices.DeleteFunc(slices.Clone(r.Symbols), func(s Symbol) bool { return s.Verdict != Unknown })
}

// Tally counts the symbols by verdict.
func (r *Report) Tally() Tally {
	t := make(Tally)
	for _, s := range r.Symbols {
		t[s.Verdict]++
	}
	return t
}

// Scan reads C and C++ sources, files and folders, and answers every symbol of
// OpenSSL's in them. What cannot be read is in Problems, and the rest goes on.
func Scan(ctx context.Context, paths []string, o Options) (*Report, error) {
	begin := time.Now()
	r := &Report{Problems: []Problem{}}
	var mu sync.Mutex
	files := readAll(ctx, paths, o, func(p Problem) {
		mu.Lock()
		defer mu.Unlock()
		r.Problems = append(r.Problems, p)
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.Problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	for _, f := range files {
		r.Files++
		r.Lines += f.lines
	}
	r.Symbols = answer(files)
	r.Findings = find(files)
	if r.Findings == nil {
		r.Findings = []Finding{}
	}
	r.Elapsed = time.Since(begin)
	return r, nil
}

// answer puts together what the files use.
func answer(files []*source) []Symbol {
	own := make(map[string]Place)
	for _, f := range files {
		for _, d := range f.defined {
			if _, ok := own[d.Symbol]; !ok {
				own[d.Symbol] = Place{File: f.path, Line: d.Line}
			}
		}
	}
	by := make(map[string]*Symbol)
	for _, f := range files {
		for _, m := range f.marks {
			if !counts(m, own) {
				continue
			}
			s := by[m.Symbol]
			if s == nil {
				s = &Symbol{Answer: Lookup(m.Symbol), Services: services()[m.Symbol]}
				if at, ok := own[m.Symbol]; ok {
					s.Note = strings.TrimPrefix(fmt.Sprintf("%s; the program has one of its own (%s:%d), which goes where it only "+
						"stands in for another release of OpenSSL", s.Note, at.File, at.Line), "; ")
				}
				by[m.Symbol] = s
			}
			s.add(Place{f.path, m.Line, m.Call})
		}
	}
	symbols := make([]Symbol, 0, len(by))
	for _, name := range slices.Sorted(maps.Keys(by)) {
		symbols = append(symbols, *by[name])
	}
	return symbols
}

// counts says whether a name is OpenSSL's: its headers declare it, or some
// release's did; or the program does not, and it is called and formed like
// OpenSSL's.
func counts(m mark, own map[string]Place) bool {
	if m.wrapped {
		return false
	}
	if _, ok := own[m.Symbol]; ok {
		_, declared := capi.Lookup(m.Symbol)
		_, named := exactRule(m.Symbol)
		return declared || named
	}
	return Known(m.Symbol) || m.Call && likeOpenSSL(m.Symbol)
}

func (s *Symbol) add(p Place) {
	if p.Call {
		s.Calls++
	} else {
		s.Mentions++
	}
	s.Places = append(s.Places, p)
}

// services is how many services of the corpus use a symbol.
var services = sync.OnceValue(func() map[string]int {
	m := make(map[string]int)
	for _, u := range Corpus() {
		m[u.Symbol] = u.Services
	}
	return m
})
