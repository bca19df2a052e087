package main

import (
	"math/big"
	"time"

	"github.com/spacemonkeygo/openssl"
)

// identities are a CA and what it has signed, made by this package as well.
type identities struct {
	caKey  openssl.PrivateKey
	ca     *openssl.Certificate
	serial int64
}

func newIdentities() (*identities, error) {
	ids := new(identities)
	var err error
	if ids.caKey, err = openssl.GenerateECKey(openssl.Prime256v1); err != nil {
		return nil, err
	}
	ids.ca, err = ids.sign("Sample CA", ids.caKey, map[openssl.NID]string{
		openssl.NID_basic_constraints: "critical,CA:TRUE",
		openssl.NID_key_usage:         "critical,keyCertSign,cRLSign",
	})
	return ids, err
}

// sign makes a certificate; the first signs itself.
func (ids *identities) sign(name string, key openssl.PublicKey, extensions map[openssl.NID]string) (*openssl.Certificate, error) {
	ids.serial++
	cert, err := openssl.NewCertificate(&openssl.CertificateInfo{
		Serial: big.NewInt(ids.serial), Issued: -time.Hour, Expires: 24 * time.Hour,
		Country: "XX", Organization: "Sample", CommonName: name,
	}, key)
	if err != nil {
		return nil, err
	}
	if err := cert.SetVersion(openssl.X509_V3); err != nil {
		return nil, err
	}
	if ids.ca != nil {
		if err := cert.SetIssuer(ids.ca); err != nil {
			return nil, err
		}
	}
	if err := cert.AddExtensions(extensions); err != nil {
		return nil, err
	}
	return cert, cert.Sign(ids.caKey, openssl.EVP_SHA256)
}

// ctx is one that shows a certificate of that name and trusts the CA.
func (ids *identities) ctx(name string) (*openssl.Ctx, error) {
	key, err := openssl.GenerateECKey(openssl.Prime256v1)
	if err != nil {
		return nil, err
	}
	cert, err := ids.sign(name, key, map[openssl.NID]string{openssl.NID_subject_alt_name: "DNS:" + name})
	if err != nil {
		return nil, err
	}
	ctx, err := ids.client("")
	if err != nil {
		return nil, err
	}
	if err := ctx.UseCertificate(cert); err != nil {
		return nil, err
	}
	if err := ctx.UsePrivateKey(key); err != nil {
		return nil, err
	}
	return ctx, ctx.SetSessionId([]byte(name))
}

// client is a Ctx that trusts the CA, and shows a certificate unless name is "".
func (ids *identities) client(name string) (*openssl.Ctx, error) {
	if name != "" {
		return ids.ctx(name)
	}
	ctx, err := openssl.NewCtx()
	if err != nil {
		return nil, err
	}
	ctx.SetVerifyMode(openssl.VerifyPeer)
	return ctx, ctx.GetCertificateStore().AddCertificate(ids.ca)
}
