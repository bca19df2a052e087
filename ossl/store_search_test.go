package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"

	"github.com/sslsock/sslsock/ossl"
)

// searchStore searches the engine's store, which answers with what it was asked
// for. No loader of OpenSSL's own searches by more than a name.
func searchStore(*ossl.Engine) error {
	name, err := ossl.NewX509Name().AddEntryByTxt("CN", "an issuer")
	if err != nil {
		return err
	}
	for _, tt := range []struct {
		by   ossl.OSSLStoreSearch
		find func(s *ossl.OSSLStore) error
		want string
	}{
		{ossl.SearchByAlias, func(s *ossl.OSSLStore) error { return s.FindByAlias("my key") }, "alias my key"},
		{ossl.SearchByIssuerSerial, func(s *ossl.OSSLStore) error { return s.FindByIssuerSerial(name, big.NewInt(4711)) }, "4711 of /CN=an issuer"},
		{ossl.SearchByKeyFingerprint, func(s *ossl.OSSLStore) error {
			return s.FindByKeyFingerprint("SHA256", append(bytes.Repeat([]byte{0xab}, 31), 0xcd))
		}, "SHA2-256, 32 bytes: ab…cd"},
		{ossl.SearchByName, func(s *ossl.OSSLStore) error { return s.FindByName(name) }, ""},
	} {
		s, err := ossl.OSSLStoreOpen("seen:", "")
		if err != nil {
			return err
		}
		defer s.Close()
		if can := s.SupportsSearch(tt.by); can != (tt.want != "") {
			return fmt.Errorf("search %d: supported: %t", tt.by, can)
		}
		if err := tt.find(s); tt.want == "" {
			if err == nil {
				return errors.New("the store searched by a name")
			}
			continue
		} else if err != nil {
			return err
		}
		if info, err := s.Load(); err != nil || info.Name != tt.want {
			return fmt.Errorf("found %q (%w), want %q", info.Name, err, tt.want)
		}
	}
	return nil
}
