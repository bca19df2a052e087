package porting

import "bytes"

// token is what the scanner keeps of a source: an identifier, or one of the
// characters that give a function its shape.
type token struct {
	kind tokenKind
	line int
	text string // of an identifier or a directive
	left bool   // it stands at the left edge of its line
}

type tokenKind uint8

const (
	tokenEnd       tokenKind = iota
	tokenIdent               // SSL_read
	tokenPunct               // one of ( ) { } ; , = text has it
	tokenDirective           // if, else, endif, include, define, …
	tokenNewline             // the end of a directive
)

// lexer walks over C or C++. It leaves out comments, strings and character
// literals, joins lines that a backslash continues, and keeps every branch of
// #if.
type lexer struct {
	src         []byte
	pos         int
	line        int
	bol         bool // only blanks so far on this line
	inDirective bool
	openssl     bool // a header of OpenSSL's is included
}

func newLexer(src []byte) *lexer {
	l := &lexer{src: src, line: 1, bol: true}
	if len(src) >= 3 && src[0] == 0xef && src[1] == 0xbb && src[2] == 0xbf {
		l.pos = 3 // a byte order mark
	}
	return l
}

// next is the next token, or tokenEnd.
func (l *lexer) next() token {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case c == '\n':
			line := l.line
			l.pos++
			l.line++
			l.bol = true
			if l.inDirective {
				l.inDirective = false
				return token{kind: tokenNewline, line: line}
			}
		case c == '\\':
			l.spliced()
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.pos++
		case c == '/' && l.at(1) == '/':
			l.lineComment()
		case c == '/' && l.at(1) == '*':
			l.blockComment()
		case c == '"' || c == '\'':
			l.bol = false
			l.quoted(c)
		case c == '#' && l.bol:
			return l.directive()
		case identStart(c):
			l.bol = false
			line := l.line
			text := l.ident()
			if l.skipRaw(text) {
				continue
			}
			return token{kind: tokenIdent, line: line, text: text}
		case c >= '0' && c <= '9':
			l.bol = false
			l.number()
		default:
			l.bol = false
			l.pos++
			if p := punct[c]; p != "" {
				return token{tokenPunct, l.line, p, l.pos < 2 || l.src[l.pos-2] == '\n'}
			}
		}
	}
	return token{kind: tokenEnd, line: l.line}
}

var punct = [256]string{'(': "(", ')': ")", '{': "{", '}': "}", ';': ";", ',': ",", '=': "=", ':': ":"}

func (l *lexer) at(n int) byte {
	if l.pos+n < len(l.src) {
		return l.src[l.pos+n]
	}
	return 0
}

// spliced passes over a backslash, and over the end of its line if nothing but
// blanks stands between them.
func (l *lexer) spliced() {
	i := l.pos + 1
	for i < len(l.src) && (l.src[i] == ' ' || l.src[i] == '\t' || l.src[i] == '\r') {
		i++
	}
	if i >= len(l.src) || l.src[i] != '\n' {
		l.pos++
		return
	}
	l.pos = i + 1
	l.line++
}

func (l *lexer) lineComment() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' {
		if l.src[l.pos] == '\\' {
			l.spliced()
			continue
		}
		l.pos++
	}
}

func (l *lexer) blockComment() {
	l.pos += 2
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; {
		case c == '*' && l.at(1) == '/':
			l.pos += 2
			return
		case c == '*' && l.at(1) == '\\' && l.endsSpliced():
			return
		case c == '\n':
			l.line++
		}
		l.pos++
	}
}

// endsSpliced is for a comment whose end is cut in two by a continued line.
func (l *lexer) endsSpliced() bool {
	pos, line := l.pos, l.line
	l.pos++
	for l.at(0) == '\\' && (l.at(1) == '\n' || l.at(1) == '\r' && l.at(2) == '\n') {
		l.spliced()
	}
	if l.at(0) == '/' {
		l.pos++
		return true
	}
	l.pos, l.line = pos, line
	return false
}

// quoted passes over a string or a character literal. One that is not closed
// ends with its line, as compilers have it.
func (l *lexer) quoted(quote byte) {
	l.pos++
	for l.pos < len(l.src) {
		switch c := l.src[l.pos]; c {
		case quote:
			l.pos++
			return
		case '\n':
			return
		case '\\':
			before := l.line
			if l.spliced(); l.line == before && l.pos < len(l.src) && l.src[l.pos] != '\n' {
				l.pos++ // what the backslash escapes
			}
		default:
			l.pos++
		}
	}
}

// ident reads an identifier, which a continued line may cut in two.
func (l *lexer) ident() string {
	start := l.pos
	for l.pos < len(l.src) && identPart(l.src[l.pos]) {
		l.pos++
	}
	if l.at(0) != '\\' || l.at(1) != '\n' && (l.at(1) != '\r' || l.at(2) != '\n') {
		return string(l.src[start:l.pos])
	}
	text := append([]byte(nil), l.src[start:l.pos]...)
	for l.at(0) == '\\' && (l.at(1) == '\n' || l.at(1) == '\r' && l.at(2) == '\n') {
		l.spliced()
		for l.pos < len(l.src) && identPart(l.src[l.pos]) {
			text = append(text, l.src[l.pos])
			l.pos++
		}
	}
	return string(text)
}

// skipRaw passes over R"x(…)x" if prefix is the R of one.
func (l *lexer) skipRaw(prefix string) bool {
	if l.at(0) != '"' {
		return false
	}
	switch prefix {
	case "R", "LR", "uR", "UR", "u8R":
	default:
		return false
	}
	open := l.pos + 1
	i := open
	for i < len(l.src) && i-open <= 16 && l.src[i] != '(' {
		if c := l.src[i]; c == ')' || c == '\\' || c == '"' || c <= ' ' {
			return false
		}
		i++
	}
	if i >= len(l.src) || l.src[i] != '(' {
		return false
	}
	end := ")" + string(l.src[open:i]) + "\""
	line := l.line
	for j := i; j+len(end) <= len(l.src); j++ {
		if l.src[j] == '\n' {
			line++
		}
		if l.src[j] == ')' && string(l.src[j:j+len(end)]) == end {
			l.pos, l.line = j+len(end), line
			return true
		}
	}
	return false
}

// number passes over a number with its suffix, exponent and separators.
func (l *lexer) number() {
	for l.pos < len(l.src) {
		c := l.src[l.pos]
		switch {
		case identPart(c) || c == '.':
			l.pos++
			if (c == 'e' || c == 'E' || c == 'p' || c == 'P') && (l.at(0) == '+' || l.at(0) == '-') {
				l.pos++
			}
		case c == '\'' && identPart(l.at(1)):
			l.pos += 2
		default:
			return
		}
	}
}

// directive reads the name of a preprocessor directive. The rest of the line
// follows as tokens, but for messages and the names of headers.
func (l *lexer) directive() token {
	l.pos++
	l.bol = false
	for l.at(0) == ' ' || l.at(0) == '\t' {
		l.pos++
	}
	line, name := l.line, ""
	if identStart(l.at(0)) {
		name = l.ident()
	}
	switch name {
	case "error", "warning", "pragma", "include", "include_next", "import", "ident", "line":
		start := l.pos
		l.messageLine()
		l.openssl = l.openssl || name == "include" && bytes.Contains(l.src[start:l.pos], []byte("openssl/"))
	}
	l.inDirective = true
	return token{kind: tokenDirective, line: line, text: name}
}

// messageLine passes over the rest of a line that is no code, and over the
// comments in it.
func (l *lexer) messageLine() {
	for l.pos < len(l.src) && l.src[l.pos] != '\n' {
		switch {
		case l.src[l.pos] == '\\':
			l.spliced()
		case l.src[l.pos] == '/' && l.at(1) == '*':
			l.blockComment()
		case l.src[l.pos] == '/' && l.at(1) == '/':
			l.lineComment()
		default:
			l.pos++
		}
	}
}

func identStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 || c == '$'
}

func identPart(c byte) bool { return identStart(c) || c >= '0' && c <= '9' }
