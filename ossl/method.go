package ossl

// #include "shim_more.h"
import "C"

// DTLSMethod is for DTLS clients and servers, of every version the range
// allows: DTLS_method(3). Datagrams come and go through [NewBIODgram].
func DTLSMethod() Method { return Method{p: C.DTLS_method()} }

// DTLSClientMethod is for DTLS clients: DTLS_client_method(3).
func DTLSClientMethod() Method { return Method{p: C.DTLS_client_method()} }

// DTLSServerMethod is for DTLS servers: DTLS_server_method(3).
func DTLSServerMethod() Method { return Method{p: C.DTLS_server_method()} }

// Versions of DTLS. They count downwards.
const (
	DTLS1Version   = C.DTLS1_VERSION
	DTLS1_2Version = C.DTLS1_2_VERSION
)

// The methods of old. C's SSLv23 is TLS of any version, and those of one version
// are deprecated: here they are the method of any version with a range of one,
// which can be widened again.

// SSLv23Method is TLSMethod under its old name: SSLv23_method(3).
func SSLv23Method() Method { return TLSMethod() }

// SSLv23ClientMethod is TLSClientMethod under its old name:
// SSLv23_client_method(3).
func SSLv23ClientMethod() Method { return TLSClientMethod() }

// SSLv23ServerMethod is TLSServerMethod under its old name:
// SSLv23_server_method(3).
func SSLv23ServerMethod() Method { return TLSServerMethod() }

// TLSv1Method is for TLS 1.0 alone: TLSv1_method(3).
func TLSv1Method() Method { return fixed(TLSMethod(), TLS1Version) }

// TLSv1ClientMethod is for clients of TLS 1.0 alone: TLSv1_client_method(3).
func TLSv1ClientMethod() Method { return fixed(TLSClientMethod(), TLS1Version) }

// TLSv1ServerMethod is for servers of TLS 1.0 alone: TLSv1_server_method(3).
func TLSv1ServerMethod() Method { return fixed(TLSServerMethod(), TLS1Version) }

// TLSv1_1Method is for TLS 1.1 alone: TLSv1_1_method(3).
func TLSv1_1Method() Method { return fixed(TLSMethod(), TLS1_1Version) }

// TLSv1_1ClientMethod is for clients of TLS 1.1 alone: TLSv1_1_client_method(3).
func TLSv1_1ClientMethod() Method { return fixed(TLSClientMethod(), TLS1_1Version) }

// TLSv1_1ServerMethod is for servers of TLS 1.1 alone: TLSv1_1_server_method(3).
func TLSv1_1ServerMethod() Method { return fixed(TLSServerMethod(), TLS1_1Version) }

// TLSv1_2Method is for TLS 1.2 alone: TLSv1_2_method(3).
func TLSv1_2Method() Method { return fixed(TLSMethod(), TLS1_2Version) }

// TLSv1_2ClientMethod is for clients of TLS 1.2 alone: TLSv1_2_client_method(3).
func TLSv1_2ClientMethod() Method { return fixed(TLSClientMethod(), TLS1_2Version) }

// TLSv1_2ServerMethod is for servers of TLS 1.2 alone: TLSv1_2_server_method(3).
func TLSv1_2ServerMethod() Method { return fixed(TLSServerMethod(), TLS1_2Version) }

// DTLSv1Method is for DTLS 1.0 alone: DTLSv1_method(3).
func DTLSv1Method() Method { return fixed(DTLSMethod(), DTLS1Version) }

// DTLSv1ClientMethod is for clients of DTLS 1.0 alone: DTLSv1_client_method(3).
func DTLSv1ClientMethod() Method { return fixed(DTLSClientMethod(), DTLS1Version) }

// DTLSv1ServerMethod is for servers of DTLS 1.0 alone: DTLSv1_server_method(3).
func DTLSv1ServerMethod() Method { return fixed(DTLSServerMethod(), DTLS1Version) }

// DTLSv1_2Method is for DTLS 1.2 alone: DTLSv1_2_method(3).
func DTLSv1_2Method() Method { return fixed(DTLSMethod(), DTLS1_2Version) }

// DTLSv1_2ClientMethod is for clients of DTLS 1.2 alone:
// DTLSv1_2_client_method(3).
func DTLSv1_2ClientMethod() Method { return fixed(DTLSClientMethod(), DTLS1_2Version) }

// DTLSv1_2ServerMethod is for servers of DTLS 1.2 alone:
// DTLSv1_2_server_method(3).
func DTLSv1_2ServerMethod() Method { return fixed(DTLSServerMethod(), DTLS1_2Version) }

func fixed(m Method, version int) Method {
	m.version = version
	return m
}

// pin narrows the range of a new Ctx to the version of its method.
func (m Method) pin(c *Ctx) error {
	if m.version == 0 {
		return nil
	}
	if err := c.SetMinProtoVersion(m.version); err != nil {
		return err
	}
	return c.SetMaxProtoVersion(m.version)
}
