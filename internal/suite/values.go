package suite

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// Values as the files have them.
var (
	keyUpdateTypes = map[string]ossl.KeyUpdateType{
		"KeyUpdateRequested": ossl.KeyUpdateRequested, "KeyUpdateNotRequested": ossl.KeyUpdateNotRequested,
	}
	fragmentLengths = map[string]ossl.MaxFragmentLength{
		"None": ossl.MaxFragmentLengthDisabled, "512": ossl.MaxFragmentLength512, "1024": ossl.MaxFragmentLength1024,
		"2048": ossl.MaxFragmentLength2048, "4096": ossl.MaxFragmentLength4096,
	}
	protocols = map[string]int{
		"TLSv1.3": ossl.TLS1_3Version, "TLSv1.2": ossl.TLS1_2Version, "TLSv1.1": ossl.TLS1_1Version, "TLSv1": ossl.TLS1Version,
		"SSLv3": ossl.SSL3Version, "DTLSv1": ossl.DTLS1Version, "DTLSv1.2": ossl.DTLS1_2Version,
	}
	alerts = map[string]ossl.Alert{ // RFC 8446, section 6, and before
		"UnknownCA": 48, "HandshakeFailure": 40, "UnrecognizedName": 112, "NoRenegotiation": 100, "BadCertificate": 42,
		"NoApplicationProtocol": 120, "CertificateRequired": 116,
	}
)

// keyNames are names of keys and curves that OBJ_sn2nid(3) and OBJ_ln2nid(3)
// have for something else or not at all.
var keyNames = map[string]string{
	"RSA": "rsaEncryption", "RSA-PSS": "rsassaPss", "EC": "id-ecPublicKey", "DSA": "dsaEncryption",
	"P-192": "prime192v1", "P-224": "secp224r1", "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1",
	"ED25519": "ED25519", "ED448": "ED448",
	// Under TLS 1.3 these have numbers of their own, and are the same curves.
	"BRAINPOOLP256R1TLS13": "brainpoolP256r1", "BRAINPOOLP384R1TLS13": "brainpoolP384r1", "BRAINPOOLP512R1TLS13": "brainpoolP512r1",
}

// object is the number of a key type, a curve or a digest.
func object(to *ossl.NID) setter {
	return func(name string) error {
		if known := keyNames[strings.ToUpper(name)]; known != "" {
			name = known
		}
		if *to = ossl.OBJSn2nid(name); *to == 0 {
			*to = ossl.OBJLn2nid(name)
		}
		if *to == 0 {
			return fmt.Errorf("%q is unknown to OpenSSL", name)
		}
		return nil
	}
}

func yesNo(to *bool) setter {
	return func(v string) error {
		switch strings.ToLower(v) {
		case "yes":
			*to = true
		case "no":
			*to = false
		default:
			return fmt.Errorf("%q is neither Yes nor No", v)
		}
		return nil
	}
}

func text(to *string) setter { return func(v string) error { *to = v; return nil } }

// list is a list of words; one without any is not nil.
func list(to *[]string) setter {
	return func(v string) error {
		*to = []string{}
		if v != "" {
			*to = strings.Split(v, ",")
		}
		return nil
	}
}

// oneOf takes one of a few words; "None" is kept as nothing.
func oneOf[T ~string](to *T, words ...T) setter {
	return func(v string) error {
		if !slices.Contains(words, T(v)) {
			return fmt.Errorf("%q is none of %q", v, words)
		}
		if *to = T(v); v == "None" {
			*to = ""
		}
		return nil
	}
}

func among[T any](to *T, values map[string]T) setter {
	return func(v string) error {
		value, ok := values[v]
		if !ok {
			return fmt.Errorf("unknown value %q", v)
		}
		*to = value
		return nil
	}
}
