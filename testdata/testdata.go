// Package testdata names the certificates and keys that the tests of this module use, and says where they are.
//
// The files are made by testdata/gen, committed, and described in testdata/README.md. Tests use the names of this package
// instead of strings, so that a file that is renamed or dropped breaks the build and not one test at run time:
//
//	err := ctx.UseCertificateChainFile(testdata.Path(testdata.RSA.Cert))
//
// Every key here is public. None may be used for anything but tests.
package testdata

import (
	"os"
	"path/filepath"
	"runtime"
)

// Passphrase opens [Keys].EncryptedPKCS8 and [Keys].EncryptedLegacy.
const Passphrase = "sslsock-test"

// Chain is one identity, as file names for [Path]. All files are PEM.
type Chain struct {
	// Name is short and unique, for use in subtest names.
	Name string
	// Cert holds the leaf and then its intermediate, without the root: what SSL_CTX_use_certificate_chain_file(3) wants.
	// Self-signed certificates stand alone.
	Cert string
	// Key is the leaf's private key as unencrypted PKCS#8.
	Key string
	// Roots is what a peer has to trust. For the chains of [Bad] it is the root that the good chains of the same kind
	// have, so that the chain is refused for the reason in its name and not for want of trust.
	Roots string
}

// Server chains, one per kind of key; root and intermediate have keys of the same kind. The leaves are for localhost,
// server.example, 127.0.0.1 and ::1, and are good from 2020 to 2120.
var (
	RSA     = chain("rsa")     // RSA, 2048 bits
	RSAPSS  = chain("rsapss")  // RSA, 2048 bits, under the OID id-RSASSA-PSS; crypto/x509 does not know such keys
	ECDSA   = chain("ecdsa")   // ECDSA on P-256
	P384    = chain("p384")    // ECDSA on P-384
	Ed25519 = chain("ed25519") // Ed25519
)

// Servers lists the good server chains.
func Servers() []Chain { return []Chain{RSA, RSAPSS, ECDSA, P384, Ed25519} }

// SNI is for choosing a certificate by name: each is good for one name only, and all have the root of [ECDSA].
var SNI = struct {
	A, B, Wild Chain // a.example, b.example, *.wild.example
}{under(ECDSA, "sni-a"), under(ECDSA, "sni-b"), under(ECDSA, "sni-wild")}

// Client identities. Roots is the client CA, which has issued no server certificate.
var Client = struct {
	RSA, ECDSA, Ed25519 Chain
	Expired             Chain // ended with the year 2020
	WrongCA             Chain // issued under UntrustedRoot
}{
	clientChain("client-rsa"), clientChain("client-ecdsa"), clientChain("client-ed25519"),
	clientChain("client-expired"), clientChain("client-wrongca"),
}

// Bad holds server chains that a careful client refuses, or that cannot be used at all. Each is wrong in one way.
var Bad = struct {
	Expired     Chain // ended with the year 2020
	NotYetValid Chain // begins with the year 2110
	WrongHost   Chain // for other.example only
	WrongCA     Chain // issued under UntrustedRoot
	SelfSigned  Chain // good if trusted as its own root; Roots is that of ECDSA
	Mismatched  Chain // the chain of RSA with another RSA key
}{
	under(ECDSA, "expired"), under(ECDSA, "notyetvalid"), under(ECDSA, "wronghost"), under(ECDSA, "wrongca"),
	under(ECDSA, "selfsigned"),
	Chain{Name: "mismatched", Cert: RSA.Cert, Key: "mismatched-key.pem", Roots: RSA.Roots},
}

// Trust.
const (
	// AllRoots has the roots of all good server chains, one after the other.
	AllRoots = "roots.pem"
	// RootsDir is a folder with the same roots under the names that SSL_CTX_load_verify_dir(3) looks for.
	RootsDir = "roots"
	// ClientRoots is the client CA: Roots of each identity of [Client].
	ClientRoots = "client-root.pem"
	// UntrustedRoot is the root behind [Bad].WrongCA and [Client].WrongCA.
	UntrustedRoot = "untrusted-root.pem"
)

// Keys has other encodings of keys that exist in [RSA] and [ECDSA].
var Keys = struct {
	PKCS1           string // RSA's key, "RSA PRIVATE KEY"
	SEC1            string // ECDSA's key, "EC PRIVATE KEY"
	EncryptedPKCS8  string // RSA's key, PKCS#8 with PBES2, PBKDF2-HMAC-SHA256 and AES-256-CBC; see Passphrase
	EncryptedLegacy string // RSA's key, PKCS#1 with a DEK-Info header; see Passphrase
}{"rsa-key-pkcs1.pem", "ecdsa-key-sec1.pem", "rsa-key-encrypted.pem", "rsa-key-encrypted-legacy.pem"}

// DER is the chain of [RSA] and its PKCS#8 key, one object a file.
var DER = struct {
	Cert, Intermediate, Root, Key string
}{"rsa-cert.der", "rsa-intermediate.der", "rsa-root.der", "rsa-key.der"}

// Odd has PEM input that loaders have to survive. Only Noise loads.
var Odd = struct {
	Noise        string // the chain of RSA with prose before, between and after
	Garbage      string // PEM armour around bytes that are no certificate
	BadBase64    string // the leaf of RSA with characters that base64 does not have
	Truncated    string // the chain of RSA, cut in the middle of the leaf's base64
	TruncatedKey string // the key of RSA, cut in the middle
	TruncatedDER string // PEM armour around the first half of the leaf of RSA
	Empty        string // no bytes at all
}{
	"noise.pem", "garbage.pem", "badbase64.pem", "truncated.pem", "truncated-key.pem", "truncated-der.pem", "empty.pem",
}

// Path returns the absolute path of a committed file, given its name. A name without a file gives the path at which it
// would be: opening it fails and says so.
func Path(name string) string { return filepath.Join(dir, name) }

// dir is found at start, before a test can have changed its working directory.
var dir = findDir()

// findDir asks the compiler where this file is. Binaries built with -trimpath, or moved to another machine, do not know
// that; for them it looks upwards from the working directory, which for `go test` is the folder of the tested package.
func findDir() string {
	_, file, _, _ := runtime.Caller(0)
	compiled := filepath.Join(filepath.Dir(file), "certs")
	if filepath.IsAbs(compiled) && isDir(compiled) {
		return compiled
	}
	at, err := os.Getwd()
	if err != nil {
		return compiled
	}
	for {
		if found := filepath.Join(at, "testdata", "certs"); isDir(found) {
			return found
		}
		parent := filepath.Dir(at)
		if parent == at {
			return compiled
		}
		at = parent
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func chain(name string) Chain {
	return Chain{Name: name, Cert: name + "-cert.pem", Key: name + "-key.pem", Roots: name + "-root.pem"}
}

func under(root Chain, name string) Chain {
	c := chain(name)
	c.Roots = root.Roots
	return c
}

func clientChain(name string) Chain {
	c := chain(name)
	c.Roots = ClientRoots
	return c
}
