package openssl

import (
	"maps"
	"slices"

	"github.com/sslsock/sslsock/ossl"
)

// Name is a distinguished name: one of its own, or that of a certificate, which
// changes with it. It has one user at a time while it changes.
type Name struct {
	own    ossl.X509Name
	cert   *Certificate
	issuer bool
}

// NewName makes a name without entries.
func NewName() (*Name, error) { return &Name{own: ossl.NewX509Name()}, nil }

func (n *Name) value() ossl.X509Name {
	switch {
	case n == nil:
		return ossl.X509Name{}
	case n.cert == nil:
		return n.own
	case n.issuer:
		return n.cert.inner().GetIssuerX509Name()
	default:
		return n.cert.inner().GetSubjectX509Name()
	}
}

// AddTextEntry appends an entry; field is a short or long name or a dotted
// identifier, value is UTF-8.
func (n *Name) AddTextEntry(field, value string) error {
	if n == nil {
		return errNoName
	}
	v, err := n.value().AddEntryByTxt(field, value)
	if err == nil {
		switch {
		case n.cert == nil:
			n.own = v
		case n.issuer:
			err = n.cert.inner().SetIssuerName(v)
		default:
			err = n.cert.inner().SetSubjectName(v)
		}
	}
	return named("failed to add x509 name text entry", err)
}

// AddTextEntries is AddTextEntry for each, in the order of the fields, until one
// fails.
func (n *Name) AddTextEntries(entries map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(entries)) {
		if err := n.AddTextEntry(field, entries[field]); err != nil {
			return err
		}
	}
	return nil
}

// GetEntry is the first entry of that kind; ok is false where there is none.
func (n *Name) GetEntry(nid NID) (entry string, ok bool) {
	return n.value().GetTextByNID(ossl.NID(nid))
}
