package main

import (
	"crypto/sha1"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"strings"
)

// hashedName returns the file name under which OpenSSL looks for a CA in a folder: X509_NAME_hash_ex(3) of its subject,
// and ".0" as the first with that hash. `openssl rehash` makes links of these names; a copy needs no tool to be checked out.
func hashedName(der []byte) string {
	sum := sha1.Sum(canonicalName(parse[certificate](der).TBS.Subject.FullBytes))
	return fmt.Sprintf("%08x.0", binary.LittleEndian.Uint32(sum[:]))
}

// canonicalName is the form of a name that OpenSSL hashes: the relative names one after the other, their values as
// UTF8String in lower case, with runs of spaces made one. It is right for names whose values are ASCII text.
func canonicalName(name []byte) []byte {
	type attribute struct {
		Type  asn1.ObjectIdentifier
		Value string
	}
	type canonicalAttribute struct {
		Type  asn1.ObjectIdentifier
		Value string `asn1:"utf8"`
	}
	type relativeNameSET []attribute
	type canonicalNameSET []canonicalAttribute

	var out []byte
	for _, relative := range parse[[]relativeNameSET](name) {
		var set canonicalNameSET
		for _, a := range relative {
			value := strings.ToLower(strings.Join(strings.Fields(a.Value), " "))
			set = append(set, canonicalAttribute{a.Type, value})
		}
		out = append(out, must(asn1.Marshal(set))...)
	}
	return out
}
