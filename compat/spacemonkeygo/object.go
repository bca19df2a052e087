package openssl

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

// CreateObjectIdentifier makes an object identifier known to OpenSSL, for the
// process, under a short and a long name, and returns its NID; NID_undef where it
// cannot, because the identifier is none or known already.
func CreateObjectIdentifier(oid string, shortName string, longName string) NID {
	nid, err := ossl.OBJCreate(oid, shortName, longName)
	if err != nil {
		return NID_undef
	}
	return NID(nid)
}

// Nid2ShortName is OpenSSL's short name of a NID.
func Nid2ShortName(nid NID) (string, error) {
	name := ossl.OBJNid2sn(ossl.NID(nid))
	if name == "" {
		return "", fmt.Errorf("NID %d not found", nid)
	}
	return name, nil
}
