package porting

import (
	"regexp"
	"strings"
)

// closable matches a pointer to one of ossl's types that are freed by Close.
var closable = regexp.MustCompile(`\*(?:ossl\.)?([A-Z]\w*)`)

// ownership says who frees what, where the C name or the Go signature tells.
func ownership(c string, to []Ref) string {
	if len(to) == 0 || to[0].Kind != "func" && !strings.HasSuffix(to[0].Kind, "method") {
		return ""
	}
	args, results := splitSignature(to[0].Signature)
	made, given := hasClose(results), hasClose(args)
	switch {
	case made && strings.Contains(c, "get0"):
		return "C's pointer is borrowed; the Go object holds a reference of its own: close it"
	case made:
		return "the caller closes what it returns"
	case given && (strings.Contains(c, "set0") || strings.Contains(c, "add0")):
		return "C takes the argument over; in Go it stays yours: close it"
	case given:
		return "the argument stays yours: close it"
	case strings.HasSuffix(to[0].Symbol, ".Close"):
		return "once for each object; a second Close does nothing"
	default:
		return ""
	}
}

func hasClose(types string) bool {
	for _, m := range closable.FindAllStringSubmatch(types, -1) {
		if _, ok := refs()["ossl."+m[1]+".Close"]; ok {
			return true
		}
	}
	return false
}

// splitSignature cuts "(fd int) error" in two.
func splitSignature(s string) (args, results string) {
	depth := 0
	for i, c := range s {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return s[:i+1], strings.TrimSpace(s[i+1:])
			}
		}
	}
	return s, ""
}
