package main

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// decl is what a header declares under one name.
type decl struct {
	name, header string
	kind         byte   // f function, m macro that is called, c constant, t type
	since        string // the release that deprecated it
	alias        string // the function that a macro is another name for
}

// writeHeaders lists what the headers in dir/openssl declare. It is run by
// hand, with the headers of OpenSSL 3.0: what later releases add has its
// answers in package porting.
func writeHeaders(dir, out string) error {
	text, err := preprocess(dir)
	if err != nil {
		return err
	}
	decls := declarations(text)
	macros(text, decls)
	byHeader := make(map[string][]decl)
	for _, d := range decls {
		byHeader[d.header] = append(byHeader[d.header], d)
	}
	var b bytes.Buffer
	for _, h := range slices.Sorted(maps.Keys(byHeader)) {
		fmt.Fprintf(&b, "%s\n", h)
		groups := group(byHeader[h])
		for _, k := range slices.Sorted(maps.Keys(groups)) {
			slices.Sort(groups[k])
			wrap(&b, k, groups[k])
		}
	}
	return os.WriteFile(out, b.Bytes(), 0o644)
}

// wrap writes "\tkind name name…" in lines of a bearable length.
func wrap(b *bytes.Buffer, kind string, names []string) {
	line := ""
	for _, n := range names {
		if line != "" && len(line)+len(n) > 118 {
			fmt.Fprintln(b, line)
			line = ""
		}
		if line == "" {
			line = "\t" + kind
		}
		line += " " + n
	}
	fmt.Fprintln(b, line)
}

// preprocess runs the compiler's preprocessor over all headers at once. What
// this build of OpenSSL was configured without is declared all the same: the
// headers are copied, and the copy says nothing of OPENSSL_NO_….
func preprocess(dir string) ([]byte, error) {
	tmp, err := os.MkdirTemp("", "headers")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	files, err := filepath.Glob(filepath.Join(dir, "openssl", "*.h"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no headers in %s/openssl", dir)
	}
	if err := os.Mkdir(filepath.Join(tmp, "openssl"), 0o755); err != nil {
		return nil, err
	}
	var all bytes.Buffer
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		name := filepath.Base(f)
		if err := os.WriteFile(filepath.Join(tmp, "openssl", name), text, 0o644); err != nil {
			return nil, err
		}
		if name != "asn1_mac.h" && name != "opensslconf.h" {
			fmt.Fprintf(&all, "#include <openssl/%s>\n", name)
		}
	}
	if err := allFeatures(dir, tmp); err != nil {
		return nil, err
	}
	cmd := exec.Command("cc", "-E", "-dD", "-I"+tmp, "-")
	cmd.Stdin = &all
	cmd.Stderr = os.Stderr
	return cmd.Output()
}

var feature = regexp.MustCompile(`(?m)^#\s*define\s+OPENSSL_NO_\w+.*$`)

// allFeatures writes a configuration.h without OPENSSL_NO_….
func allFeatures(dir, tmp string) error {
	for _, name := range []string{"configuration.h", "opensslconf.h"} {
		files, _ := filepath.Glob(filepath.Join(dir, "*-linux-*", "openssl", name)) // Debian's; node and wolfSSL have an openssl/ too
		files = append(files, filepath.Join(dir, "openssl", name))
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				continue
			}
			text = feature.ReplaceAll(text, nil)
			if err := os.WriteFile(filepath.Join(tmp, "openssl", name), text, 0o644); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

var (
	marker    = regexp.MustCompile(`^# \d+ "([^"]*)"`)
	define    = regexp.MustCompile(`^#define (\w+)(\(?)\s*(.*)$`)
	attribute = regexp.MustCompile(`__attribute__\s*\(\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\)`)
	since     = regexp.MustCompile(`deprecated\s*\("Since OpenSSL\s*(?:"\s*")?\s*([0-9.]+)"\)`)
	funcName  = regexp.MustCompile(`(\w+)\s*\(`)
	pointer   = regexp.MustCompile(`\(\s*\*+\s*(?:const\s+)?(\w+)`)
	inParens  = regexp.MustCompile(`\(\s*(\w+)\s*\)\s*\(`)
	returned  = regexp.MustCompile(`^[\w\s*]*\(\s*\*\s*(\w+)\s*\(`)
	lastName  = regexp.MustCompile(`(\w+)\s*(?:\[[^\]]*\]\s*)*$`)
	tag       = regexp.MustCompile(`\b(?:struct|union|enum)\s+(\w+)`)
)

// declarations finds functions, types and enumerators outside the macros.
func declarations(text []byte) map[string]decl {
	found := make(map[string]decl)
	eachStatement(text, func(header, stmt string) { declare(found, stmt, header) })
	return found
}

// eachStatement calls f with each declaration of OpenSSL's headers, and with the
// header that it is in.
func eachStatement(text []byte, f func(header, stmt string)) {
	header, depth, quoted := "", 0, false
	var stmt strings.Builder
	eachLine(text, func(line string) {
		if m := marker.FindStringSubmatch(line); m != nil {
			header = headerName(m[1])
			return
		}
		if header == "" || strings.HasPrefix(line, "#") {
			return
		}
		for _, c := range line + " " {
			quoted = quoted != (c == '"') // the message of a deprecation
			switch {
			case quoted:
			case c == '{':
				depth++
			case c == '}':
				if depth--; depth == 0 && isBody(stmt.String()) {
					f(header, stmt.String())
					stmt.Reset()
					continue
				}
			case c == ';':
				if depth == 0 {
					f(header, stmt.String())
					stmt.Reset()
					continue
				}
			}
			stmt.WriteRune(c)
		}
	})
}

// isBody says whether the braces of a statement are a function's.
func isBody(stmt string) bool {
	head, _, _ := strings.Cut(stmt, "{")
	return strings.Contains(attribute.ReplaceAllString(head, ""), "(") && !strings.Contains(head, "typedef")
}

func declare(found map[string]decl, stmt, header string) {
	dep := ""
	if m := since.FindStringSubmatch(stmt); m != nil {
		dep = m[1]
	}
	stmt = strings.TrimSpace(attribute.ReplaceAllString(stmt, " "))
	add := func(name string, kind byte) {
		if _, ok := found[name]; !ok && name != "" {
			found[name] = decl{name: name, header: header, kind: kind, since: dep}
		}
	}
	head, body, braces := strings.Cut(stmt, "{")
	for _, m := range tag.FindAllStringSubmatch(head, -1) {
		if strings.Contains(m[1], "_") { // not the system's: struct tm
			add(m[1], 't')
		}
	}
	switch {
	case stmt == "" || strings.HasPrefix(stmt, "extern \"C\""):
	case strings.Contains(head, "enum") && braces:
		enumerators(body, add)
		if strings.HasPrefix(stmt, "typedef") {
			if m := lastName.FindStringSubmatch(stmt); m != nil {
				add(m[1], 't')
			}
		}
	case strings.HasPrefix(stmt, "typedef"):
		for _, form := range []*regexp.Regexp{pointer, inParens, funcName, lastName} {
			if m := form.FindStringSubmatch(stmt); m != nil && (!braces || form == lastName) {
				add(m[1], 't')
				break
			}
		}
	default:
		form := funcName
		if returned.MatchString(head) {
			form = returned
		}
		if m := form.FindStringSubmatch(head); m != nil && !strings.HasPrefix(m[1], "__") && !strings.HasPrefix(m[1], "ossl_check_") {
			add(m[1], 'f')
		}
	}
}

func enumerators(body string, add func(string, byte)) {
	body, _, _ = strings.Cut(body, "}")
	for _, e := range strings.Split(body, ",") {
		name, _, _ := strings.Cut(strings.TrimSpace(e), "=")
		add(strings.TrimSpace(name), 'c')
	}
}

// macros finds what is defined. A macro that stands for a function is called
// like one.
func macros(text []byte, found map[string]decl) {
	header := ""
	alias := make(map[string]string)
	eachLine(text, func(line string) {
		if m := marker.FindStringSubmatch(line); m != nil {
			header = headerName(m[1])
			return
		}
		m := define.FindStringSubmatch(line)
		if m == nil || header == "" || strings.HasSuffix(m[1], "_H") || strings.HasPrefix(m[1], "__") {
			return
		}
		if _, ok := found[m[1]]; ok {
			return
		}
		kind := byte('c')
		if m[2] == "(" {
			kind = 'm'
		} else {
			alias[m[1]] = m[3]
		}
		found[m[1]] = decl{name: m[1], header: header, kind: kind}
	})
	for range 3 {
		for name, to := range alias {
			if d, t := found[name], found[to]; d.kind == 'c' && (t.kind == 'f' || t.kind == 'm') {
				d.kind, d.alias = 'm', to
				found[name] = d
			}
		}
	}
}

// headerName is "ssl.h" for a header of OpenSSL, and "" for any other.
func headerName(file string) string {
	if filepath.Base(filepath.Dir(file)) != "openssl" {
		return ""
	}
	return filepath.Base(file)
}

func eachLine(text []byte, f func(string)) {
	s := bufio.NewScanner(bytes.NewReader(text))
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		f(s.Text())
	}
}
