package main

import (
	"slices"
	"strings"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// group sorts a header's declarations by kind, and folds the two families that
// would fill the list: the names of an object (SN_, LN_, NID_, OBJ_), and the
// operations on a stack (sk_X509_num, sk_X509_value, …). Package capi
// unfolds them.
func group(decls []decl) map[string][]string {
	groups := make(map[string][]string)
	objects := make(map[string]string) // commonName: "sln"
	stacks := make(map[string][]string)
	for _, d := range decls {
		if prefix, rest, ok := strings.Cut(d.name, "_"); ok && d.kind == 'c' && (prefix == "SN" || prefix == "LN" || prefix == "NID" || prefix == "OBJ") {
			objects[rest] += strings.ToLower(prefix[:1])
			continue
		}
		if typ, op, ok := stackOp(d.name); ok && d.kind == 'm' {
			stacks[typ] = append(stacks[typ], op)
			continue
		}
		k := string(d.kind) + d.since
		if d.alias != "" {
			d.name += "=" + d.alias
		}
		groups[k] = append(groups[k], d.name)
	}
	for name, which := range objects {
		letters := strings.Split(which, "")
		slices.Sort(letters)
		k := "o" + strings.Join(letters, "")
		groups[k] = append(groups[k], name)
	}
	for typ, ops := range stacks {
		if len(ops) == len(capi.StackOps) {
			groups["s"] = append(groups["s"], typ)
			continue
		}
		for _, op := range ops {
			groups["m"] = append(groups["m"], "sk_"+typ+"_"+op)
		}
	}
	return groups
}

func stackOp(name string) (typ, op string, ok bool) {
	rest, ok := strings.CutPrefix(name, "sk_")
	if !ok {
		return "", "", false
	}
	for _, o := range capi.StackOps {
		if t, ok := strings.CutSuffix(rest, "_"+o); ok && len(o) > len(op) {
			typ, op = t, o
		}
	}
	return typ, op, op != "" && strings.ToUpper(typ[:1]) == typ[:1]
}
