package ossl_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// loadAll is all that a URI leads to.
func loadAll(t *testing.T, uri, pass string, prepare ...func(s *ossl.OSSLStore) error) (list []ossl.OSSLStoreInfo, err error) {
	t.Helper()
	s, err := ossl.OSSLStoreOpen(uri, pass)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for _, f := range prepare {
		must(t, f(s))
	}
	for {
		info, err := s.Load()
		if err == io.EOF {
			if !s.EOF() {
				t.Error("the end is not the end")
			}
			return list, nil
		}
		if err != nil {
			return list, err
		}
		t.Cleanup(info.Close)
		list = append(list, info)
	}
}

func types(list []ossl.OSSLStoreInfo) string {
	var s []string
	for _, i := range list {
		s = append(s, i.Type.String())
	}
	return strings.Join(s, ", ")
}

// A file URI leads to whatever the file holds.
func TestOSSLStoreFile(t *testing.T) {
	ca := newAuthority(t, "URIs")
	key := keyOf(t, testdata.ECDSA)
	pub, err := key.PEMWritePUBKEY()
	must(t, err)
	p12, err := (&ossl.PKCS12{Key: key, Cert: leafOf(t, testdata.ECDSA), CA: chainOf(t, testdata.ECDSA.Roots)}).Create("secret", "", ossl.PKCS12Options{})
	must(t, err)
	all := append(append(readFile(t, testdata.ECDSA.Key), readFile(t, testdata.ECDSA.Cert)...), pemOf("X509 CRL", ca.crl())...)
	params := []byte(openssl(t, nil, "ecparam", "-name", "prime256v1"))
	for name, tt := range map[string]struct {
		file, pass, want string
	}{
		"chain":     {testdata.Path(testdata.ECDSA.Cert), "", "Certificate, Certificate"},
		"key":       {testdata.Path(testdata.ECDSA.Key), "", "Pkey"},
		"DER":       {testdata.Path(testdata.DER.Key), "", "Pkey"},
		"encrypted": {testdata.Path(testdata.Keys.EncryptedPKCS8), testdata.Passphrase, "Pkey"},
		"legacy":    {testdata.Path(testdata.Keys.EncryptedLegacy), testdata.Passphrase, "Pkey"},
		"public":    {tempFile(t, "pub.pem", pub), "", "Public key"},
		"params":    {tempFile(t, "params.pem", params), "", "Parameters"},
		"all":       {tempFile(t, "all.pem", all), "", "Pkey, Certificate, Certificate, CRL"},
		"PKCS#12":   {tempFile(t, "file.p12", p12), "secret", "Pkey, Certificate, Certificate"},
	} {
		for _, uri := range []string{"file:" + tt.file, tt.file} {
			list, err := loadAll(t, uri, tt.pass)
			if got := types(list); err != nil || got != tt.want {
				t.Errorf("%s: %q, want %q; %v", name, got, tt.want, err)
				continue
			}
			switch i := list[0]; {
			case i.PKey != nil && name != "encrypted" && name != "legacy" && name != "DER" && name != "params":
				if !i.PKey.Eq(key) {
					t.Error(name, "is another key")
				}
			case i.X509 != nil:
				equal(t, "subject", i.X509.GetSubjectName(), leafOf(t, testdata.ECDSA).GetSubjectName())
			}
		}
	}
	list, err := loadAll(t, tempFile(t, "all.pem", all), "", func(s *ossl.OSSLStore) error { return s.Expect(ossl.StoreInfoCRL) })
	if err != nil || types(list) != "CRL" || list[0].CRL.GetIssuer().String() != ca.cert.Subject.String() {
		t.Error(types(list), err)
	}
	k := opened[*ossl.PKey](t)(ossl.OSSLStoreLoadPKey("file:"+tempFile(t, "all.pem", all), ""))
	x := opened[*ossl.X509](t)(ossl.OSSLStoreLoadCert("file:"+tempFile(t, "all.pem", all), ""))
	must(t, x.CheckPrivateKey(k))
	connect(t, clientCtx(t, testdata.ECDSA), newCtx(t, func(c *ossl.Ctx) error {
		return errors.Join(c.UseCertificate(x), c.Add1ChainCert(chainOf(t, testdata.ECDSA.Cert)[1]), c.UsePrivateKey(k))
	}))
}

func TestOSSLStoreFailures(t *testing.T) {
	for name, err := range map[string]error{
		"no file":       second(loadAll(t, "file:/no/such/file", "")),
		"garbage":       second(loadAll(t, testdata.Path(testdata.Odd.Garbage), "")),
		"empty":         second(ossl.OSSLStoreLoadCert(testdata.Path(testdata.Odd.Empty), "")),
		"scheme":        second(loadAll(t, "nosuch:thing", "")),
		"zero byte":     second(loadAll(t, "file:\x00", "")),
		"nothing":       second(loadAll(t, "", "")),
		"no passphrase": second(ossl.OSSLStoreLoadPKey(testdata.Path(testdata.Keys.EncryptedPKCS8), "")),
		"wrong":         second(ossl.OSSLStoreLoadPKey(testdata.Path(testdata.Keys.EncryptedPKCS8), "wrong")),
		"no key there":  second(ossl.OSSLStoreLoadPKey(testdata.Path(testdata.ECDSA.Cert), "")),
		"no cert there": second(ossl.OSSLStoreLoadCert(testdata.Path(testdata.ECDSA.Key), "")),
	} {
		if err == nil {
			t.Error(name, "loads")
			continue
		}
		oneLine(t, err)
	}
}

func second[T any](_ T, err error) error { return err }

// A folder lists its files, or what is searched for in it.
func TestOSSLStoreFolder(t *testing.T) {
	ca := newAuthority(t, "Folder")
	root := toX509(t, ca.cert)
	dir := hashDir(t, map[string][]byte{".0": pemOf("CERTIFICATE", ca.cert.Raw), ".r0": pemOf("X509 CRL", ca.crl())}, root)
	other := toX509(t, newAuthority(t, "Other").cert)
	pem, err := other.PEMWrite()
	must(t, err)
	must(t, os.WriteFile(dir+"/other.pem", pem, 0o600))
	list, err := loadAll(t, "file:"+dir, "")
	must(t, err)
	equal(t, "files", types(list), "Name, Name, Name")
	for _, i := range list {
		inside, err := loadAll(t, i.Name, "")
		if err != nil || len(inside) != 1 {
			t.Error(i.Name, err)
		}
	}
	found, err := loadAll(t, "file:"+dir, "", func(s *ossl.OSSLStore) error {
		if !s.SupportsSearch(ossl.SearchByName) || s.SupportsSearch(ossl.SearchByAlias) {
			t.Error("what can be searched for?")
		}
		return errors.Join(s.Expect(ossl.StoreInfoCert), s.FindByName(root.GetSubjectX509Name()))
	})
	must(t, err)
	var certs int
	for _, i := range found {
		if i.Name != "" {
			loaded := opened[*ossl.X509](t)(ossl.OSSLStoreLoadCert(i.Name, ""))
			i.X509 = loaded
		}
		if c, err := i.X509.Cmp(root); c != 0 || err != nil {
			t.Error("another certificate", err)
		}
		certs++
	}
	equal(t, "found", certs, 1)

	s := opened[*ossl.OSSLStore](t)(ossl.OSSLStoreOpen("file:"+testdata.Path(testdata.RSA.Cert), ""))
	for i, err := range []error{
		s.FindByAlias("x"), s.FindByIssuerSerial(root.GetIssuerX509Name(), root.GetSerialNumber()), s.FindByIssuerSerial(root.GetIssuerX509Name(), nil),
		s.FindByKeyFingerprint("SHA256", make([]byte, 32)), s.FindByKeyFingerprint("NOSUCH", nil), s.FindByKeyFingerprint("SHA256", make([]byte, 3)),
	} {
		if err == nil {
			t.Log(i, "is passed over by a file")
		} else {
			oneLine(t, err)
		}
	}
	closedAndNil(t, s)
}
