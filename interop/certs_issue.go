package interop

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // a key identifier, nothing that has to withstand anyone
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"os"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// authority is a CA.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Certificate of RFC 5280, section 4.1, as far as it has to be opened.
type (
	certificate struct {
		TBS                tbsCertificate
		SignatureAlgorithm pkix.AlgorithmIdentifier
		Signature          asn1.BitString
	}
	tbsCertificate struct {
		Version            int `asn1:"explicit,tag:0"`
		SerialNumber       *big.Int
		SignatureAlgorithm pkix.AlgorithmIdentifier
		Issuer             asn1.RawValue
		Validity           asn1.RawValue
		Subject            asn1.RawValue
		PublicKey          asn1.RawValue
		Extensions         asn1.RawValue `asn1:"explicit,tag:3"`
	}
)

// issue makes a certificate for a public key of any kind. crypto/x509 refuses
// those that it does not know: it gets another one, which is replaced before
// the certificate is signed again.
func (a *authority) issue(t *x509.Certificate, spki []byte) ([]byte, error) {
	id := sha1.Sum(spki) //nolint:gosec // a key identifier
	t.SubjectKeyId = id[:]
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	var c certificate
	if _, err := asn1.Unmarshal(der, &c); err != nil {
		return nil, err
	}
	c.TBS.PublicKey = asn1.RawValue{FullBytes: spki}
	tbs, err := asn1.Marshal(c.TBS)
	if err != nil {
		return nil, err
	}
	digest := sha256.Sum256(tbs)
	signature, err := ecdsa.SignASN1(rand.Reader, a.key, digest[:])
	if err != nil {
		return nil, err
	}
	c.Signature = asn1.BitString{Bytes: signature, BitLength: 8 * len(signature)}
	return asn1.Marshal(c)
}

// addStaple has the CA itself sign that a certificate is good.
func (c *Certs) addStaple(a *authority, name string) error {
	file, err := os.ReadFile(c.Cert(name))
	if err != nil {
		return err
	}
	subject, err := ossl.PEMReadBioX509(file)
	if err != nil {
		return err
	}
	defer subject.Close()
	issuer, err := ossl.D2IX509(a.cert.Raw)
	if err != nil {
		return err
	}
	defer issuer.Close()
	key, err := a.pkey()
	if err != nil {
		return err
	}
	defer key.Close()
	der, err := goodStatus(subject, issuer, key)
	if err != nil {
		return err
	}
	return os.WriteFile(c.Staple(name), der, 0o644)
}

func (a *authority) pkey() (*ossl.PKey, error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, err
	}
	return ossl.PEMReadBioPrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), "")
}

func goodStatus(subject, issuer *ossl.X509, key *ossl.PKey) ([]byte, error) {
	id, err := ossl.OCSPCertToID("SHA1", subject, issuer)
	if err != nil {
		return nil, err
	}
	basic, err := ossl.NewOCSPBasicResp()
	if err != nil {
		return nil, err
	}
	defer basic.Close()
	now := time.Now()
	single := ossl.OCSPSingle{ID: id, Status: ossl.OCSPGood, ThisUpdate: now.Add(-backdate), NextUpdate: now.AddDate(0, 0, 7)}
	if err := basic.Add1Status(single); err != nil {
		return nil, err
	}
	if err := basic.Sign(issuer, key, "SHA256", nil, 0); err != nil {
		return nil, err
	}
	answer, err := ossl.OCSPResponseCreate(ossl.OCSPSuccessful, basic)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	return answer.I2D()
}

var oidRSASSAPSS = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}

// pssKey turns an RSA key, in DER, into one that is for RSASSA-PSS alone: it has
// another object identifier, and no parameters (RFC 4055, section 1.2).
func pssKey(spki, pkcs8 []byte) (public, private []byte, err error) {
	var pub struct {
		Algorithm pkix.AlgorithmIdentifier
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(spki, &pub); err != nil {
		return nil, nil, err
	}
	var priv struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}
	if _, err := asn1.Unmarshal(pkcs8, &priv); err != nil {
		return nil, nil, err
	}
	pub.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oidRSASSAPSS}
	priv.Algorithm = pub.Algorithm
	if public, err = asn1.Marshal(pub); err != nil {
		return nil, nil, err
	}
	der, err := asn1.Marshal(priv)
	return public, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}
