package bridge

import (
	"bytes"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sslsock/sslsock/ossl"
)

var (
	errTwoSources = errors.New("both a file and PEM text: give one")
	errNoPEM      = errors.New("neither a file nor PEM text")
	errTwoKeys    = errors.New("both a signer and a key: give one")
	errPassphrase = errors.New("the key is encrypted: set Passphrase")
)

// readPEM is the text of a file, or text itself where there is no file.
func readPEM(file string, text []byte) ([]byte, error) {
	if file == "" {
		return text, nil
	}
	return os.ReadFile(file)
}

// setCertificates installs every certificate with its key. libssl has one
// place for each key type, and a second of a type would silently replace the
// first.
func (c *Config) setCertificates(ctx *ossl.Ctx) error {
	seen := make(map[string]int)
	for i, cert := range c.Certificates {
		at := fmt.Sprintf("Certificates[%d]", i)
		keyType, err := cert.install(ctx, at, c.keyReader())
		if err != nil {
			return err
		}
		if first, ok := seen[keyType]; ok {
			return &ConfigError{Field: at, Value: cert.CertFile, Err: fmt.Errorf("a second certificate with a key of type %s: Certificates[%d] has one, and there is room for one of each type", keyType, first)}
		}
		seen[keyType] = i
	}
	return nil
}

// install gives ctx the certificate, its chain and its key, and returns the
// type of the key.
func (c *Certificate) install(ctx *ossl.Ctx, at string, read keyReader) (keyType string, err error) {
	chain, field, err := c.chain(at)
	if err != nil {
		return "", err
	}
	bad := func(err error) error { return &ConfigError{Field: field, Value: c.CertFile, Err: err} }
	leaf, err := ossl.PEMReadBioX509(chain)
	if err != nil {
		return "", bad(err)
	}
	defer leaf.Close()
	key, keyField, err := c.key(at, field, chain, read)
	if err != nil {
		return "", err
	}
	defer key.Close()
	if err := leaf.CheckPrivateKey(key); err != nil {
		return "", &ConfigError{Field: keyField, Value: c.keyFile(), Err: err}
	}
	if err := ctx.UseCertificateChainPEM(chain); err != nil {
		return "", bad(err)
	}
	if err := ctx.UsePrivateKey(key); err != nil {
		return "", &ConfigError{Field: keyField, Value: c.keyFile(), Err: err}
	}
	return key.GetTypeName(), nil
}

func (c *Certificate) chain(at string) (text []byte, field string, err error) {
	field = at + ".CertPEM"
	if c.CertFile != "" {
		field = at + ".CertFile"
	}
	switch {
	case c.CertFile != "" && len(c.CertPEM) > 0:
		err = errTwoSources
	case c.CertFile == "" && len(c.CertPEM) == 0:
		err = errNoPEM
	default:
		text, err = readPEM(c.CertFile, c.CertPEM)
	}
	if err != nil {
		return nil, field, &ConfigError{Field: field, Value: c.CertFile, Err: err}
	}
	return text, field, nil
}

// keyFile is the file that holds the key, if one does.
func (c *Certificate) keyFile() string {
	if c.KeyFile == "" && len(c.KeyPEM) == 0 {
		return c.CertFile
	}
	return c.KeyFile
}

// signerKey is a key that is elsewhere.
func (c *Certificate) signerKey(at string) (key *ossl.PKey, field string, err error) {
	field = at + ".Signer"
	if c.KeyFile != "" || len(c.KeyPEM) > 0 {
		return nil, field, &ConfigError{Field: field, Value: c.KeyFile, Err: errTwoKeys}
	}
	if key, err = ossl.NewSignerKey(c.Signer); err != nil {
		return nil, field, &ConfigError{Field: field, Err: err}
	}
	return key, field, nil
}

// keyReader makes a key of PEM text.
type keyReader func(pem []byte, passphrase string) (*ossl.PKey, error)

// keyReader reads keys into the library context that the Ctx works in.
func (c *Config) keyReader() keyReader {
	return func(pem []byte, passphrase string) (*ossl.PKey, error) {
		return ossl.PEMReadBioPrivateKeyEx(pem, passphrase, c.LibCtx, c.Properties)
	}
}

func (c *Certificate) key(at, certField string, chain []byte, read keyReader) (key *ossl.PKey, field string, err error) {
	var text []byte
	if c.Signer != nil {
		return c.signerKey(at)
	}
	switch {
	case c.KeyFile != "" && len(c.KeyPEM) > 0:
		field, err = at+".KeyFile", errTwoSources
	case c.KeyFile != "":
		field = at + ".KeyFile"
		text, err = os.ReadFile(c.KeyFile)
		defer clear(text)
	case len(c.KeyPEM) > 0:
		field, text = at+".KeyPEM", c.KeyPEM
	default:
		field, text = certField, chain
	}
	if err != nil {
		return nil, field, &ConfigError{Field: field, Value: c.KeyFile, Err: err}
	}
	key, err = read(text, c.Passphrase)
	switch {
	case err == nil:
		return key, field, nil
	case c.Passphrase == "" && errors.Is(err, ossl.ReasonPEMBadPasswordRead):
		err = fmt.Errorf("%w (%w)", errPassphrase, err)
	case c.Passphrase != "" && bytes.Contains(text, []byte("ENCRYPTED")):
		field = at + ".Passphrase"
		err = fmt.Errorf("it does not open the key, or the key is damaged: %w", err)
	}
	return nil, field, &ConfigError{Field: field, Value: c.keyFile(), Err: err}
}

// install makes t the trust of ctx.
func (t Trust) install(ctx *ossl.Ctx, field string) error {
	store, err := ossl.NewStore()
	if err != nil {
		return err
	}
	defer store.Close()
	for _, load := range []struct {
		wanted       bool
		field, value string
		f            func() error
	}{
		{t.System, ".System", "", store.SetDefaultPaths},
		{t.File != "", ".File", t.File, func() error { return store.LoadFile(t.File) }},
		{t.Dir != "", ".Dir", t.Dir, func() error { return loadDir(store, t.Dir) }},
		{len(t.PEM) > 0, ".PEM", "", func() error { _, err := store.AddPEM(t.PEM); return err }},
	} {
		if !load.wanted {
			continue
		}
		if err := load.f(); err != nil {
			if named, ok := err.(*ossl.FileError); ok { //nolint:errorlint // Value names the file
				err = named.Err
			}
			return &ConfigError{Field: field + load.field, Value: load.value, Err: err}
		}
	}
	if err := ctx.Set1CertStore(store); err != nil {
		return &ConfigError{Field: field, Err: err}
	}
	return nil
}

// loadDir looks first whether the folder is there: libcrypto would find out at
// each handshake, and say that the peer's issuer is unknown.
func loadDir(store *ossl.Store, dir string) error {
	if info, err := os.Stat(dir); err != nil {
		return err
	} else if !info.IsDir() {
		return errors.New("not a folder")
	}
	return store.LoadPath(dir)
}

// sendNames has a server tell its clients the subjects of t, so that they can
// choose a certificate. The system's are too many to send.
func (t Trust) sendNames(ctx *ossl.Ctx, field string) error {
	files, err := t.files()
	if err != nil {
		return &ConfigError{Field: field + ".Dir", Value: t.Dir, Err: err}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil {
			err = addNames(ctx, text)
		}
		if err != nil {
			return &ConfigError{Field: field, Value: file, Err: err}
		}
	}
	if err := addNames(ctx, t.PEM); err != nil {
		return &ConfigError{Field: field + ".PEM", Err: err}
	}
	return nil
}

// files are those that hold certificates of t. Names made by openssl-rehash(1)
// end in a number.
func (t Trust) files() ([]string, error) {
	var files []string
	if t.File != "" {
		files = append(files, t.File)
	}
	if t.Dir == "" {
		return files, nil
	}
	entries, err := os.ReadDir(t.Dir)
	for _, e := range entries {
		if ok, _ := filepath.Match("????????.[0-9]*", e.Name()); ok {
			files = append(files, filepath.Join(t.Dir, e.Name()))
		}
	}
	return files, err
}

func addNames(ctx *ossl.Ctx, text []byte) error {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" && block.Type != "X509 CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		x, err := ossl.PEMReadBioX509(pem.EncodeToMemory(block))
		if err != nil {
			return err
		}
		err = ctx.AddClientCA(x)
		x.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
