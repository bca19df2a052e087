package porting

import (
	"slices"
	"strings"
)

// Use is a place where a source names a symbol.
type Use struct {
	Symbol string
	Line   int
	Call   bool // followed by an opening parenthesis, and no declaration
}

// mark is a name that patterns look for, with where it stands.
type mark struct {
	Use
	function int  // index into source.functions
	loop     bool // inside for, while or do
	define   bool // in a #define
	wrapped  bool // the name has a prefix of the program's own: sycSSL_read
	callback bool // the call's last argument is a name other than NULL, where that is asked for
}

// source is what one file has.
type source struct {
	path      string
	lines     int
	functions []string // "" is what stands outside of them
	marks     []mark
	defined   []Use // functions, macros and types that the file defines under names like OpenSSL's
	openssl   bool  // it includes OpenSSL's headers, or surely uses it
}

// reader turns tokens into a source.
type reader struct {
	lex      *lexer
	out      *source
	braces   []brace
	saved    [][]brace // at each #if that is open
	function int
	parens   int
	loopAt   []int // the depths of parentheses that belong to while and for
	pending  bool  // for, while or do has been seen, and its brace has not
	name     string
	oldStyle string // the name of a function whose parameters are declared after the parentheses
	typedef  bool
	initList bool
	define   bool
	first    bool // the next identifier is what #define names
	last     token
	before   token
}

// brace is an open brace.
type brace byte

const (
	braceOther    brace = iota // a namespace, a struct, an initialiser
	braceFunction              // the body of a function
	braceBlock                 // a block in one
	braceLoop                  // the body of a loop
)

// readSource finds the names of OpenSSL, and those that patterns look for.
func readSource(path string, text []byte) *source {
	r := &reader{lex: newLexer(text), out: &source{path: path, functions: []string{""}}}
	for {
		t := r.lex.next()
		if t.kind == tokenEnd {
			r.out.lines = t.line
			if n := len(text); n == 0 || text[n-1] == '\n' {
				r.out.lines--
			}
			break
		}
		r.take(t)
	}
	r.out.openssl = r.lex.openssl || slices.ContainsFunc(r.out.marks, func(m mark) bool { return sure(m.Symbol) })
	if !r.out.openssl {
		r.out.marks = slices.DeleteFunc(r.out.marks, func(m mark) bool { return !wanted[m.Symbol] })
	}
	return r.out
}

// sure says whether a name can only be OpenSSL's. SSL, UI and tm are not that.
func sure(name string) bool {
	return strings.Contains(name, "_") && name[0] >= 'A' && name[0] <= 'Z' && Known(name)
}

func (r *reader) take(t token) {
	switch t.kind {
	case tokenDirective:
		r.directive(t.text)
		return
	case tokenNewline:
		r.define, r.first = false, false
		return
	case tokenIdent:
		r.ident(t)
	case tokenPunct:
		r.punct(t)
	}
	r.before, r.last = r.last, t
}

// directive keeps the braces in order where branches of #if open the same one.
func (r *reader) directive(name string) {
	switch name {
	case "if", "ifdef", "ifndef":
		r.saved = append(r.saved, slices.Clone(r.braces))
	case "else", "elif", "elifdef", "elifndef":
		if n := len(r.saved); n > 0 {
			r.braces = slices.Clone(r.saved[n-1])
			r.enter()
		}
	case "endif":
		if n := len(r.saved); n > 0 {
			r.saved = r.saved[:n-1]
		}
	case "define":
		r.define, r.first = true, true
	}
}

// enter finds the function that the braces say we are in.
func (r *reader) enter() {
	if !slices.Contains(r.braces, braceFunction) {
		r.function = 0
	}
}

func (r *reader) ident(t token) {
	if r.first {
		r.first = false
		r.defines(t.text, t.line)
		return
	}
	if r.name != "" && r.parens == 0 && r.last.text == ")" && !r.initList {
		r.oldStyle = r.name
	}
	switch t.text {
	case "typedef":
		r.typedef = true
	case "for", "while", "do":
		if r.function > 0 && !r.define {
			r.pending = true
		}
		return
	case "thread", "jthread", "async": // as std::thread only
		if r.last.text != ":" {
			return
		}
	}
	if r.last.text == "using" {
		r.defines(t.text, t.line)
	}
	if Known(t.text) || wanted[t.text] || likeOpenSSL(t.text) || clearsErrors(t.text) {
		r.mark(t, t.text, false)
	} else if name := wrapped(t.text); name != "" {
		r.mark(t, name, true)
	}
}

func (r *reader) mark(t token, name string, wrapped bool) {
	m := mark{Use: Use{name, t.line, r.called(t)}, function: r.function, define: r.define, wrapped: wrapped}
	m.loop = r.pending || len(r.loopAt) > 0 || slices.Contains(r.braces, braceLoop)
	m.callback = m.Call && verifySetters[name] && r.lastArgument()
	r.out.marks = append(r.out.marks, m)
}

// defines notes a name that is like OpenSSL's, and the program's own.
func (r *reader) defines(name string, line int) {
	if likeOpenSSL(name) || Known(name) {
		r.out.defined = append(r.out.defined, Use{Symbol: name, Line: line})
	}
}

// wrapped is the name of OpenSSL's that a longer one ends in, as in sycSSL_read:
// such a function or macro calls the other, and its callers mean that.
func wrapped(name string) string {
	for _, begin := range []string{"SSL_", "TLS", "SSLv"} {
		if i := strings.Index(name, begin); i > 0 && Known(name[i:]) && sure(name[i:]) {
			return name[i:]
		}
	}
	return ""
}

// verifySetters take a callback beside other things, or NULL.
var verifySetters = names("SSL_CTX_set_verify SSL_set_verify")

// lastArgument says whether the last argument of the call that begins here
// names something.
func (r *reader) lastArgument() bool {
	ahead, depth, named := *r.lex, 0, false
	for range 200 {
		t := ahead.next()
		switch {
		case t.kind == tokenEnd || t.text == ";" || t.text == "{":
			return false
		case t.text == "(":
			depth++
		case t.text == ")":
			if depth--; depth == 0 {
				return named
			}
		case t.text == "," && depth == 1:
			named = false
		case t.kind == tokenIdent && t.text != "NULL" && t.text != "nullptr":
			named = true
		}
	}
	return false
}

// called says whether an opening parenthesis follows, and it is neither the
// declaration nor the definition of a function.
func (r *reader) called(t token) bool {
	ahead := *r.lex
	next := ahead.next()
	if next.kind != tokenPunct || next.text != "(" {
		return false
	}
	if r.function > 0 || r.define || r.parens > 0 {
		return true
	}
	// Outside of functions a type stands before a declared name.
	return r.last.kind != tokenIdent && r.last.text != ""
}

func (r *reader) punct(t token) {
	if r.define {
		return
	}
	switch t.text {
	case "(":
		r.open()
	case ")":
		if n := len(r.loopAt); n > 0 && r.loopAt[n-1] == r.parens {
			r.loopAt = r.loopAt[:n-1]
		}
		r.parens = max(r.parens-1, 0)
	case "{":
		r.push()
	case "}":
		r.pop(t.left)
	case ";":
		if r.parens == 0 {
			if r.typedef && r.last.kind == tokenIdent && !Known(r.last.text) { // typedef struct bio_st BIO defines nothing
				r.defines(r.last.text, r.last.line)
			}
			r.pending, r.name, r.initList, r.typedef = false, "", false, false
		}
	case ":":
		if r.function == 0 && r.parens == 0 && r.last.text == ")" {
			r.initList = true
		}
	}
}

func (r *reader) open() {
	if r.last.kind == tokenIdent {
		switch {
		case r.last.text == "for" || r.last.text == "while":
			r.loopAt = append(r.loopAt, r.parens+1)
		case r.function == 0 && r.parens == 0 && !r.initList && !notAName[r.last.text]:
			r.name = r.last.text
		}
	}
	r.parens++
}

// notAName are words before a parenthesis that name no function; where macros
// hide the braces of one, statements seem to stand outside of any.
var notAName = names("__attribute__ __declspec alignas decltype noexcept throw defined if for while switch return sizeof catch")

func (r *reader) push() {
	kind := braceBlock
	if r.function == 0 && r.last.text == ";" { // only declarations of parameters may stand before
		r.name = r.oldStyle
	}
	switch {
	case r.function > 0 && r.pending:
		kind = braceLoop
	case r.function > 0:
	case r.name != "" && (r.last.text == ")" || r.last.text == ";" || afterParameters[r.last.text]):
		kind = braceFunction
		r.out.functions = append(r.out.functions, r.name)
		r.function = len(r.out.functions) - 1
		r.defines(r.name, r.last.line)
	default:
		kind = braceOther
	}
	r.pending, r.name, r.oldStyle, r.initList, r.parens, r.loopAt = false, "", "", false, 0, nil
	r.braces = append(r.braces, kind)
}

var afterParameters = names("const noexcept override final try mutable")

// pop closes a brace. One at the left edge ends the function, whatever the
// preprocessor did to the braces in it.
func (r *reader) pop(left bool) {
	if left && r.function > 0 {
		r.braces = r.braces[:slices.Index(append(slices.Clone(r.braces), braceFunction), braceFunction)]
	} else if n := len(r.braces); n > 0 {
		r.braces = r.braces[:n-1]
	}
	r.enter()
	r.name, r.oldStyle, r.pending, r.initList = "", "", false, false
}

// likeOpenSSL says whether a name is formed like a function of OpenSSL's.
func likeOpenSSL(name string) bool {
	prefix, rest, ok := strings.Cut(name, "_")
	return ok && prefixes[prefix] && strings.ToUpper(rest) != rest
}

var prefixes = func() map[string]bool {
	m := make(map[string]bool)
	for p := range strings.FieldsSeq(`SSL SSLv2 SSLv3 SSLv23 TLS TLSv1 DTLS X509 X509V3 X509v3 EVP BIO ERR PEM OCSP ASN1 RAND BN EC ECDSA ECDH
		RSA DH DSA OSSL OPENSSL OpenSSL CRYPTO ENGINE CONF NCONF PKCS5 PKCS7 PKCS8 PKCS12 CMS OBJ UI FIPS SRP ASYNC SCT`) {
		m[p] = true
	}
	return m
}()
