package openssl

import (
	"bytes"
	"regexp"
)

// pemBlock is one block with its lines of BEGIN and END. Text around blocks, and
// a block without an end, are passed over.
var pemBlock = regexp.MustCompile(`(?ms)^-----BEGIN [^\n]*?-----[ \t\r]*$.*?^-----END [^\n]*?-----`)

// SplitPEM is the PEM blocks of data, in their order. The slices are parts of
// data.
func SplitPEM(data []byte) [][]byte {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return nil
	}
	return pemBlock.FindAll(data, -1)
}
