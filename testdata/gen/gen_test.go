package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/testdata"
)

// certs is the committed folder.
var certs = filepath.Join("..", "certs")

func TestRegenerationLeavesACleanTree(t *testing.T) {
	fresh := t.TempDir()
	if err := write(fresh, generate()); err != nil {
		t.Fatal(err)
	}
	made, err := list(fresh)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := list(certs)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(made, committed) {
		t.Fatalf("files made:\n%q\nfiles committed:\n%q", made, committed)
	}
	for _, name := range made {
		if got, want := read(t, filepath.Join(fresh, name)), read(t, filepath.Join(certs, name)); !bytes.Equal(got, want) {
			t.Errorf("%s: regenerated file differs from the committed one; run `go run ./testdata/gen` and look at the diff", name)
		}
	}
}

func TestWriteRemovesStaleFilesOnly(t *testing.T) {
	dir := t.TempDir()
	put := func(name string) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	put("somebody's file")
	if err := write(dir, files{"a": {1}}); err == nil {
		t.Fatal("a folder with only foreign files was emptied")
	}
	put("a")
	if err := write(dir, files{"a": {1}, "sub/b": {2}}); err != nil {
		t.Fatal(err)
	}
	if have, err := list(dir); err != nil || !slices.Equal(have, []string{"a", "sub/b"}) {
		t.Fatalf("have %q, %v", have, err)
	}
}

// TestNamesAndFilesAgree holds the three places together: package testdata, the folder and the README.
func TestNamesAndFilesAgree(t *testing.T) {
	named := map[string]bool{
		testdata.AllRoots: true, testdata.ClientRoots: true, testdata.UntrustedRoot: true,
	}
	collect(reflect.ValueOf(testdata.Servers()), named)
	for _, group := range []any{
		testdata.SNI, testdata.Client, testdata.Bad, testdata.Keys, testdata.DER, testdata.Odd,
	} {
		collect(reflect.ValueOf(group), named)
	}
	for name := range named {
		if _, err := os.Stat(testdata.Path(name)); err != nil {
			t.Errorf("named but missing: %v", err)
		}
	}

	readme := read(t, filepath.Join("..", "README.md"))
	committed, err := list(certs)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range committed {
		if strings.HasPrefix(name, testdata.RootsDir+"/") {
			name = testdata.RootsDir + "/"
		} else if !named[name] {
			t.Errorf("%s has no name in package testdata", name)
		}
		if !bytes.Contains(readme, []byte("`"+name+"`")) {
			t.Errorf("README.md does not mention %s", name)
		}
	}
	if !bytes.Contains(readme, []byte("`"+testdata.Passphrase+"`")) {
		t.Error("README.md does not give the passphrase")
	}
}

// collect gathers the strings of nested structs and slices, apart from the names of chains.
func collect(v reflect.Value, into map[string]bool) {
	switch v.Kind() {
	case reflect.String:
		into[v.String()] = true
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), into)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Name" {
				collect(v.Field(i), into)
			}
		}
	}
}

// TestGoPeers checks that crypto/tls, the other peer of this module's tests, loads and judges the chains as expected.
func TestGoPeers(t *testing.T) {
	for _, c := range []struct {
		testdata.Chain
		usage x509.ExtKeyUsage
		host  string
		want  string // part of the error, empty if the chain is good
	}{
		{testdata.RSA, x509.ExtKeyUsageServerAuth, "localhost", ""},
		{testdata.ECDSA, x509.ExtKeyUsageServerAuth, "::1", ""},
		{testdata.P384, x509.ExtKeyUsageServerAuth, "127.0.0.1", ""},
		{testdata.Ed25519, x509.ExtKeyUsageServerAuth, "server.example", ""},
		{testdata.SNI.Wild, x509.ExtKeyUsageServerAuth, "any.wild.example", ""},
		{testdata.Client.RSA, x509.ExtKeyUsageClientAuth, "", ""},
		{testdata.Client.ECDSA, x509.ExtKeyUsageClientAuth, "", ""},
		{testdata.Client.Ed25519, x509.ExtKeyUsageClientAuth, "", ""},
		{testdata.Bad.Expired, x509.ExtKeyUsageServerAuth, "localhost", "has expired"},
		{testdata.Bad.NotYetValid, x509.ExtKeyUsageServerAuth, "localhost", "not yet valid"},
		{testdata.Bad.WrongHost, x509.ExtKeyUsageServerAuth, "localhost", "not localhost"},
		{testdata.Bad.WrongCA, x509.ExtKeyUsageServerAuth, "localhost", "unknown authority"},
		{testdata.Bad.SelfSigned, x509.ExtKeyUsageServerAuth, "localhost", "unknown authority"},
		{testdata.RSAPSS, x509.ExtKeyUsageServerAuth, "localhost", "failed to parse private key"},
	} {
		t.Run(c.Name, func(t *testing.T) {
			err := goVerify(t, c.Chain, c.usage, c.host)
			if c.want == "" && err != nil {
				t.Error(err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
	if _, err := loadPair(testdata.Bad.Mismatched); err == nil {
		t.Error("crypto/tls took a certificate with another key")
	}
}

func goVerify(t *testing.T, c testdata.Chain, usage x509.ExtKeyUsage, host string) error {
	pair, err := loadPair(c)
	if err != nil {
		return err
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	if !roots.AppendCertsFromPEM(read(t, testdata.Path(c.Roots))) {
		t.Fatalf("no certificate in %s", c.Roots)
	}
	for _, der := range pair.Certificate[1:] {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		between.AddCert(cert)
	}
	_, err = pair.Leaf.Verify(x509.VerifyOptions{
		DNSName: host, Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{usage},
	})
	return err
}

func loadPair(c testdata.Chain) (tls.Certificate, error) {
	return tls.LoadX509KeyPair(testdata.Path(c.Cert), testdata.Path(c.Key))
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
