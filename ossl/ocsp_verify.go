package ossl

import (
	"errors"
	"fmt"
	"time"
)

// OCSPStatusError says that a responder answered with an error.
type OCSPStatusError struct{ Status OCSPResponseStatus }

func (e *OCSPStatusError) Error() string {
	return "ossl: the OCSP responder has no answer: " + e.Status.String()
}

// OCSPRevokedError says that a responder does not vouch for a certificate: it
// is revoked, or unknown to the responder.
type OCSPRevokedError struct{ OCSPSingle }

func (e *OCSPRevokedError) Error() string {
	if e.Status != OCSPRevoked {
		return "ossl: the OCSP responder does not vouch for the certificate: " + e.Status.String()
	}
	return fmt.Sprintf("ossl: the certificate was revoked at %s: %v", e.RevokedAt.Format(time.RFC3339), e.Reason)
}

// Is finds VerifyCertRevoked in it where that is the reason.
func (e *OCSPRevokedError) Is(target error) bool {
	return e.Status == OCSPRevoked && target == VerifyCertRevoked
}

// ErrOCSPOther says that a response is about other certificates.
var ErrOCSPOther = errors.New("ossl: the OCSP response is not about this certificate")

// VerifyStaple does all that a client has to do with the response that a server
// stapled, or a responder sent, once the chain itself is verified. It is signed by the issuer, chain[1], or
// somebody whom it has delegated this to, trusted by st; it is about the
// certificate, chain[0]; it counts now, with skew allowed between clocks; and it
// says "good". Anything else is an error, with what the response says beside it
// as far as that can be known: *OCSPStatusError, *OCSPRevokedError,
// ErrOCSPOther, or an *Error with ReasonOCSPStatusExpired or another reason.
//
// It stands for the sequence of d2i_OCSP_RESPONSE(3), OCSP_response_status(3),
// OCSP_response_get1_basic(3), OCSP_basic_verify(3), OCSP_resp_find_status(3)
// and OCSP_check_validity(3) that every service has.
func VerifyStaple(staple []byte, chain []*X509, st *Store, skew time.Duration) (OCSPSingle, error) {
	if len(chain) < 2 {
		return OCSPSingle{}, errors.New("ossl: an OCSP response is verified by the certificate and its issuer, and one is missing")
	}
	r, err := D2IOCSPResponse(staple)
	if err != nil {
		return OCSPSingle{}, err
	}
	defer r.Close()
	if status := r.Status(); status != OCSPSuccessful {
		return OCSPSingle{}, &OCSPStatusError{status}
	}
	basic, err := r.Get1Basic()
	if err != nil {
		return OCSPSingle{}, err
	}
	defer basic.Close()
	if err := basic.Verify(chain[1:], st, 0); err != nil {
		return OCSPSingle{}, err
	}
	single, ok := basic.FindCert(chain[0], chain[1])
	if !ok {
		return OCSPSingle{}, ErrOCSPOther
	}
	if err := single.CheckValidity(skew, -1); err != nil {
		return single, err
	}
	if single.Status != OCSPGood {
		return single, &OCSPRevokedError{single}
	}
	return single, nil
}
