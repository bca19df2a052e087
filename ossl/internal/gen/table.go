package main

import (
	"fmt"
	"strings"
)

// row is one line of the table: one function of OpenSSL.
type row struct {
	recv    *receiver
	name    string   // the Go method
	c       string   // the C function or macro
	via     string   // what is called for it
	aliases []string // others that the method stands for
	kind    string   // get, set, swap, put, call, do, use, get1, text, file, bytes, nid
	arg     string   // a type or an object, see types and objects
	ok      string   // what success looks like, "== 1"
	refs    bool     // use: the C function takes the reference over, so one is made for it
	doc     string
}

// receiver is a type that methods are generated for.
type receiver struct {
	Go, C, Var, Value, File, Prefix string
}

var receivers = []*receiver{
	{Go: "*Ctx", C: "SSL_CTX", Var: "c", Value: "ctxValue", File: "ctx", Prefix: "SSL_CTX_"},
	{Go: "*SSL", C: "SSL", Var: "s", Value: "sslValue", File: "ssl", Prefix: "SSL_"},
	{Go: "*Session", C: "SSL_SESSION", Var: "s", Value: "sessionValue", File: "session", Prefix: "SSL_SESSION_"},
	{Go: "Cipher", C: "SSL_CIPHER", Var: "c", Value: "cipherValue", File: "cipher", Prefix: "SSL_CIPHER_"},
}

// parse reads the table: a line "[Type file]" opens a section, any other has three columns
// with tabs between them, and "#" begins a comment.
func parse(text string) ([]row, error) {
	var rows []row
	var recv receiver
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") {
			typ, file, _ := strings.Cut(strings.Trim(line, "[]"), " ")
			r, err := receiverOf(typ)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			recv = *r
			if file != "" {
				recv.File = file
			}
			continue
		}
		section := recv
		r, err := parseRow(&section, line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func receiverOf(typ string) (*receiver, error) {
	for _, r := range receivers {
		if strings.TrimPrefix(r.Go, "*") == typ {
			return r, nil
		}
	}
	return nil, fmt.Errorf("no receiver %q", typ)
}

func parseRow(recv *receiver, line string) (row, error) {
	cols := strings.SplitN(line, "\t", 3)
	if len(cols) != 3 {
		return row{}, fmt.Errorf("%d columns in %q, want 3", len(cols), line)
	}
	names := strings.Split(cols[0], ",")
	r := row{recv: recv, c: names[0], aliases: names[1:], ok: "== 1", doc: strings.TrimSpace(cols[2])}
	words := strings.Fields(cols[1])
	r.kind = words[0]
	for _, w := range words[1:] {
		switch {
		case w == "up":
			r.refs = true
		case strings.HasPrefix(w, "ok:"):
			r.ok = strings.ReplaceAll(w[3:], "_", " ")
		case strings.HasPrefix(w, "go:"):
			r.name = w[3:]
		case strings.HasPrefix(w, "via:"):
			r.via = w[4:]
		default:
			r.arg = w
		}
	}
	if r.via == "" {
		r.via = r.c
	}
	if r.name == "" {
		r.name = goName(recv.Prefix, r.c)
	}
	return r, nil
}

// initials are words that are written otherwise than with one capital.
var initials = map[string]string{
	"id": "ID", "ctx": "Ctx", "CTX": "Ctx", "ca": "CA", "dh": "DH", "ct": "CT", "mtu": "MTU", "nid": "NID", "srtp": "SRTP",
	"ok": "OK", "aead": "AEAD", "psk": "PSK", "rpk": "RPK", "asn1": "ASN1", "dtls": "DTLS",
}

// goName is the name that a C function has in Go: SSL_CTX_set_cipher_list is SetCipherList.
func goName(prefix, c string) string {
	var b strings.Builder
	for _, w := range strings.Split(strings.TrimPrefix(c, prefix), "_") {
		if up, ok := initials[w]; ok {
			b.WriteString(up)
		} else if w != "" {
			b.WriteString(strings.ToUpper(w[:1]) + w[1:])
		}
	}
	return b.String()
}
