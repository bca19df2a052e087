package interop

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// What the files of peers have in common.

// allCerts are the features of all kinds of key.
var allCerts = certFeatures(KeyKinds...)

func certFeatures(names ...string) (list []Feature) {
	for _, name := range names {
		list = append(list, CertFeature(name))
	}
	return list
}

// Cipher12 is Cipher where it is one of TLS 1.2 or below, else "".
func (j *Job) Cipher12() string {
	if j.Version == ossl.TLS1_3Version {
		return ""
	}
	return j.Cipher
}

// Cipher13 is Cipher where it is one of TLS 1.3, else "".
func (j *Job) Cipher13() string {
	if j.Version != ossl.TLS1_3Version {
		return ""
	}
	return j.Cipher
}

// option adds an option, unless it has no value.
func option(args []string, name, value string) []string {
	if value == "" {
		return args
	}
	return append(args, name, value)
}

func join(list []string, separator string) string { return strings.Join(list, separator) }

// directives is the text of a configuration file.
type directives struct{ strings.Builder }

// add adds a line, with its format's arguments.
func (d *directives) add(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// addIf adds "name value" and an end, unless the value is empty.
func (d *directives) addIf(name, value, end string) {
	if value != "" {
		d.add("%s%s%s", name, value, end)
	}
}

// Bundle writes a file with a certificate and its key, and returns its path.
func (j *Job) Bundle(name string) string {
	cert, _ := os.ReadFile(j.Certs.Cert(name))
	key, _ := os.ReadFile(j.Certs.Key(name))
	return j.File(name+".bundle", string(cert)+string(key))
}

// beside is the peer's command with another program of the same place: the last
// word ends in one name, and gets the other.
func beside(p *Peer, client, server string) []string {
	words := slices.Clone(p.Command())
	last := len(words) - 1
	words[last] = strings.TrimSuffix(words[last], client) + server
	return words
}
