package main

import (
	"fmt"
	"io"

	"github.com/spacemonkeygo/openssl"
)

func digests(out io.Writer, _ *identities, _ string) error {
	sum, err := openssl.SHA256([]byte("sample"))
	fmt.Fprintf(out, "  %x %v\n", sum, err)
	mac, err := openssl.NewHMAC([]byte("key"), openssl.EVP_SHA512)
	if err != nil {
		return err
	}
	defer mac.Close()
	_, _ = mac.Write([]byte("sample"))
	code, err := mac.Final()
	fmt.Fprintf(out, "  %x %v\n", code, err)
	sealed, err := openssl.NewGCMEncryptionCipherCtx(128, nil, make([]byte, 16), make([]byte, 12))
	if err != nil {
		return err
	}
	text, err := sealed.EncryptUpdate([]byte("sample"))
	if err != nil {
		return err
	}
	if _, err := sealed.EncryptFinal(); err != nil {
		return err
	}
	tag, err := sealed.GetTag()
	fmt.Fprintf(out, "  %x %x %v\n", text, tag, err)
	_, err = openssl.LoadPrivateKeyFromPEM([]byte("garbage"))
	fmt.Fprintf(out, "  garbage is an error: %v\n", err != nil)
	_, err = openssl.EngineById("nonsense")
	fmt.Fprintf(out, "  an engine that is none is an error: %v\n", err != nil)
	return nil
}
