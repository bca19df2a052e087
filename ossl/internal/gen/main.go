// Command gen writes the methods of package ossl that are all alike from table.tsv: getters, setters, and whatever else
// has no rule of its own. `go generate ./ossl` and `make gen` run it.
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

//go:embed table.tsv
var table string

func main() {
	dir := flag.String("dir", ".", "folder of package ossl")
	flag.Parse()
	files, err := Generate(table)
	for name, text := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(*dir, name), text, 0o644))
	}
	if err != nil {
		log.Fatal(err) //nolint:forbidigo // a command, not the library
	}
}

// Generate is the content of each file that a table stands for.
func Generate(table string) (map[string][]byte, error) {
	rows, err := parse(table)
	if err != nil {
		return nil, err
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].recv.File < rows[j].recv.File })
	protos, defs := cHead(), cTop()
	gofiles := map[string]*bytes.Buffer{}
	for _, r := range rows {
		proto, def, err := r.cCode()
		if err != nil {
			return nil, err
		}
		protos += proto + "\n"
		defs += def + "\n"
		text, err := r.goCode()
		if err != nil {
			return nil, err
		}
		b := gofiles[r.recv.File]
		if b == nil {
			b = new(bytes.Buffer)
			gofiles[r.recv.File] = b
		}
		b.WriteString("\n" + text)
	}
	files := map[string][]byte{"zz_shim.h": []byte(protos + "\n#endif\n"), "zz_shim.c": []byte(defs)}
	for name, b := range gofiles {
		src, err := format.Source([]byte(goHead(b.String()) + b.String()))
		if err != nil {
			return nil, fmt.Errorf("zz_%s.go: %w", name, err)
		}
		files["zz_"+name+".go"] = src
	}
	return files, nil
}

func goHead(body string) string {
	head := mark + "\npackage ossl\n\n// #include \"zz_shim.h\"\nimport \"C\"\n"
	if strings.Contains(body, "time.") {
		head += "\nimport \"time\"\n"
	}
	return head
}

func cHead() string {
	return mark + "#ifndef GOSSL_ZZ_SHIM_H\n#define GOSSL_ZZ_SHIM_H\n\n#include \"shim_more.h\"\n\n"
}

func cTop() string {
	return mark + "// Deprecated functions stand behind some methods on purpose.\n#define OPENSSL_SUPPRESS_DEPRECATED\n\n#include <errno.h>\n\n#include \"zz_shim.h\"\n\n"
}
