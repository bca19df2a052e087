package ossl

// #include "shim_crypto.h"
import "C"

// PEMReadBioPUBKEY reads the first public key of a PEM text:
// PEM_read_bio_PUBKEY(3).
func PEMReadBioPUBKEY(pem []byte) (*PKey, error) {
	return makePKey("PEM_read_bio_PUBKEY", pem, func(p *C.uchar, n C.long, out **C.EVP_PKEY) *C.gossl_err {
		return C.gossl_pem_read_pubkey(p, n, out)
	})
}

// PEMReadBioParameters reads key parameters, "DH PARAMETERS" or "EC
// PARAMETERS": PEM_read_bio_Parameters(3). It stands for
// PEM_read_bio_DHparams(3) too.
func PEMReadBioParameters(pem []byte) (*PKey, error) {
	return makePKey("PEM_read_bio_Parameters", pem, func(p *C.uchar, n C.long, out **C.EVP_PKEY) *C.gossl_err {
		return C.gossl_pem_read_parameters(p, n, out)
	})
}

// D2IPUBKEY reads a public key, SubjectPublicKeyInfo in DER form: d2i_PUBKEY(3).
func D2IPUBKEY(der []byte) (*PKey, error) {
	return makePKey("d2i_PUBKEY", der, func(p *C.uchar, n C.long, out **C.EVP_PKEY) *C.gossl_err {
		return C.gossl_d2i_pubkey(p, n, out)
	})
}

// D2IPKCS8PrivateKey reads an encrypted PKCS#8 key in DER form:
// d2i_PKCS8PrivateKey_bio(3). D2IAutoPrivateKey reads what is in the clear.
func D2IPKCS8PrivateKey(der []byte, passphrase string) (k *PKey, err error) {
	err = with(passphrase, func(pass *C.char) (err error) {
		k, err = makePKey("d2i_PKCS8PrivateKey_bio", der, func(p *C.uchar, n C.long, out **C.EVP_PKEY) *C.gossl_err {
			return C.gossl_d2i_pkcs8(p, n, pass, out)
		})
		return err
	})
	return k, err
}

// PEMWritePrivateKey is the key as PKCS#8 in PEM form, encrypted by cipher
// ("AES-256-CBC") and passphrase, or in the clear where both are "":
// PEM_write_bio_PrivateKey(3).
func (k *PKey) PEMWritePrivateKey(cipher, passphrase string) ([]byte, error) {
	return k.encrypted("PEM_write_bio_PrivateKey", cipher, passphrase, func(cipher, pass *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pem_write_pkey(k.c(), 0, cipher, pass, out, n)
	})
}

// PEMWritePrivateKeyTraditional is the same in the form of the key's own type,
// "RSA PRIVATE KEY": PEM_write_bio_PrivateKey_traditional(3). Its encryption is
// weak: a passphrase is tried millions of times a second.
func (k *PKey) PEMWritePrivateKeyTraditional(cipher, passphrase string) ([]byte, error) {
	return k.encrypted("PEM_write_bio_PrivateKey_traditional", cipher, passphrase, func(cipher, pass *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pem_write_pkey(k.c(), 1, cipher, pass, out, n)
	})
}

// I2DPKCS8PrivateKey is the key as PKCS#8 in DER form:
// i2d_PKCS8PrivateKey_bio(3). Both "" leave it in the clear.
func (k *PKey) I2DPKCS8PrivateKey(cipher, passphrase string) ([]byte, error) {
	return k.encrypted("i2d_PKCS8PrivateKey_bio", cipher, passphrase, func(cipher, pass *C.char, out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_i2d_pkcs8(k.c(), cipher, pass, out, n)
	})
}

// PEMWritePUBKEY is the public half in PEM form: PEM_write_bio_PUBKEY(3).
func (k *PKey) PEMWritePUBKEY() ([]byte, error) {
	return bytesOf("PEM_write_bio_PUBKEY", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_pem_write_pubkey(k.c(), out, n) }, k)
}

// PEMWriteParameters is the parameters alone in PEM form:
// PEM_write_bio_Parameters(3).
func (k *PKey) PEMWriteParameters() ([]byte, error) {
	return bytesOf("PEM_write_bio_Parameters", func(out **C.uchar, n *C.int) *C.gossl_err {
		return C.gossl_pem_write_parameters(k.c(), out, n)
	}, k)
}

// I2DPUBKEY is the public half as SubjectPublicKeyInfo in DER form, which
// crypto/x509.ParsePKIXPublicKey reads: i2d_PUBKEY(3).
func (k *PKey) I2DPUBKEY() ([]byte, error) {
	return bytesOf("i2d_PUBKEY", func(out **C.uchar, n *C.int) *C.gossl_err { return C.gossl_i2d_pubkey(k.c(), out, n) }, k)
}

// makePKey refuses what no C function would take, and runs f.
func makePKey(op string, data []byte, f func(*C.uchar, C.long, **C.EVP_PKEY) *C.gossl_err) (*PKey, error) {
	if _, err := cLen(data); err != nil {
		return nil, err
	}
	if err := CheckVersion(); err != nil {
		return nil, err
	}
	var p *C.EVP_PKEY
	if err := failed(op, f(bytesPtr(data), C.long(len(data)), &p)); err != nil {
		return nil, err
	}
	return newPKey(p), nil
}

// encrypted lends the names to f, NULL for "".
func (k *PKey) encrypted(op, cipher, passphrase string, f func(cipher, pass *C.char, out **C.uchar, n *C.int) *C.gossl_err) (b []byte, err error) {
	if k.c() == nil {
		return nil, ErrClosed
	}
	if (cipher == "") != (passphrase == "") {
		return nil, errHalfEncrypted
	}
	err = withOptional(cipher, func(cipher *C.char) error {
		return withOptional(passphrase, func(pass *C.char) (err error) {
			b, err = bytesOf(op, func(out **C.uchar, n *C.int) *C.gossl_err { return f(cipher, pass, out, n) }, k)
			return err
		})
	})
	return b, err
}
