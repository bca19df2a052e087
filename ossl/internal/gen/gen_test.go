package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is committed is what the table says.
func TestCommitted(t *testing.T) {
	files, err := Generate(table)
	if err != nil {
		t.Fatal(err)
	}
	there, err := filepath.Glob("../../zz_*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if files[filepath.Base(f)] == nil {
			t.Errorf("%s comes from no table", f)
		}
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../..", name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the table says: run `go generate ./ossl`", name)
		}
	}
}

// The same table gives the same bytes, however maps are ordered.
func TestDeterministic(t *testing.T) {
	first, err := Generate(table)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		again, err := Generate(table)
		if err != nil {
			t.Fatal(err)
		}
		for name := range first {
			if !bytes.Equal(first[name], again[name]) {
				t.Fatalf("%s differs", name)
			}
		}
	}
}

func TestNames(t *testing.T) {
	for c, want := range map[string]string{
		"SSL_CTX_set_cipher_list": "SetCipherList", "SSL_CTX_use_PrivateKey": "UsePrivateKey", "SSL_CTX_set_dh_auto": "SetDHAuto",
		"SSL_CTX_use_certificate_ASN1": "UseCertificateASN1", "SSL_CTX_get0_chain_cert_store": "Get0ChainCertStore",
	} {
		if got := goName("SSL_CTX_", c); got != want {
			t.Errorf("%s is %s, want %s", c, got, want)
		}
	}
}

// A table that is wrong is refused with the line.
func TestBadTables(t *testing.T) {
	for _, tt := range []struct{ table, want string }{
		{"[Nobody]\n", "line 1"},
		{"[Ctx]\nSSL_CTX_x\tget int\n", "line 2"},
		{"[Ctx]\nSSL_CTX_x\tget complex\tis x.\n", `"complex"`},
		{"[Ctx]\nSSL_CTX_x\tpull int\tis x.\n", `"pull"`},
		{"[Ctx]\nSSL_CTX_x\tuse Nothing\ttakes x.\n", `"Nothing"`},
	} {
		if _, err := Generate(tt.table); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.table, err)
		}
	}
}
