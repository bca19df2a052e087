package ossl_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// OpenSSL can be built without much of what it has, and distributions do; 4.0
// has no engines. What its headers then leave out must not be missed here.
func TestBuildsWithout(t *testing.T) {
	flags, err := exec.Command("pkg-config", "--cflags", "libssl").Output()
	must(t, err)
	sources, err := filepath.Glob("*.c")
	must(t, err)
	for _, without := range []string{
		"ENGINE", "DEPRECATED", "OCSP", "CT PSK SRTP COMP NEXTPROTONEG SRP DTLS SSL_TRACE", "EC DH DSA CMS TS TLS1 TLS1_1 STDIO",
	} {
		t.Run(without, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"-fsyntax-only", "-Wall", "-Wextra", "-Werror"}, strings.Fields(string(flags))...)
			if without == "DEPRECATED" { // by 3.0: what came to be deprecated later has no other name there
				args = append(args, "-DOPENSSL_API_COMPAT=30000")
			}
			for name := range strings.FieldsSeq(without) {
				args = append(args, "-DOPENSSL_NO_"+name)
			}
			if out, err := exec.Command("cc", append(args, sources...)...).CombinedOutput(); err != nil {
				t.Errorf("cc %v: %v\n%s", args, err, out)
			}
		})
	}
}
