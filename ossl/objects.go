package ossl

// #include <openssl/objects.h>
// #include "shim_crypto.h"
import "C"

import "strconv"

// NID is OpenSSL's number for an object identifier: OBJ_nid2obj(3),
// OBJ_obj2nid(3).
type NID int

// The NIDs that services name most.
const (
	NIDUndef               NID = C.NID_undef
	NIDCommonName          NID = C.NID_commonName
	NIDCountryName         NID = C.NID_countryName
	NIDLocalityName        NID = C.NID_localityName
	NIDStateOrProvinceName NID = C.NID_stateOrProvinceName
	NIDOrganizationName    NID = C.NID_organizationName
	NIDOrganizationalUnit  NID = C.NID_organizationalUnitName
	NIDEmailAddress        NID = C.NID_pkcs9_emailAddress
	NIDUserID              NID = C.NID_userId

	NIDSubjectAltName         NID = C.NID_subject_alt_name
	NIDIssuerAltName          NID = C.NID_issuer_alt_name
	NIDKeyUsage               NID = C.NID_key_usage
	NIDExtKeyUsage            NID = C.NID_ext_key_usage
	NIDBasicConstraints       NID = C.NID_basic_constraints
	NIDSubjectKeyIdentifier   NID = C.NID_subject_key_identifier
	NIDAuthorityKeyIdentifier NID = C.NID_authority_key_identifier
	NIDCertificatePolicies    NID = C.NID_certificate_policies
	NIDCRLDistributionPoints  NID = C.NID_crl_distribution_points
	NIDInfoAccess             NID = C.NID_info_access
	NIDTLSFeature             NID = C.NID_tlsfeature
	NIDCRLNumber              NID = C.NID_crl_number
	NIDDeltaCRL               NID = C.NID_delta_crl
	NIDServerAuth             NID = C.NID_server_auth
	NIDClientAuth             NID = C.NID_client_auth
	NIDOCSPSign               NID = C.NID_OCSP_sign

	NIDSHA1   NID = C.NID_sha1
	NIDSHA256 NID = C.NID_sha256
	NIDSHA384 NID = C.NID_sha384
	NIDSHA512 NID = C.NID_sha512

	NIDRSAEncryption NID = C.NID_rsaEncryption
	NIDRSASSAPSS     NID = C.NID_rsassaPss
	NIDECPublicKey   NID = C.NID_X9_62_id_ecPublicKey
	NIDED25519       NID = C.NID_ED25519
	NIDED448         NID = C.NID_ED448
	NIDX25519        NID = C.NID_X25519
	NIDX448          NID = C.NID_X448
	NIDPrime256v1    NID = C.NID_X9_62_prime256v1
	NIDSecp384r1     NID = C.NID_secp384r1
	NIDSecp521r1     NID = C.NID_secp521r1
	NIDFFDHE2048     NID = C.NID_ffdhe2048
	NIDFFDHE3072     NID = C.NID_ffdhe3072
	NIDFFDHE4096     NID = C.NID_ffdhe4096
	NIDFFDHE6144     NID = C.NID_ffdhe6144
	NIDFFDHE8192     NID = C.NID_ffdhe8192
)

// OBJTxt2nid is the NID of a short name, a long name or a dotted object
// identifier, or NIDUndef: OBJ_txt2nid(3).
func OBJTxt2nid(s string) NID {
	return nidOf(s, func(s *C.char) C.int { return C.gossl_obj_txt2nid(s) })
}

// OBJSn2nid is the NID of a short name, "CN", or NIDUndef: OBJ_sn2nid(3).
func OBJSn2nid(s string) NID { return nidOf(s, func(s *C.char) C.int { return C.OBJ_sn2nid(s) }) }

// OBJLn2nid is the NID of a long name, "commonName", or NIDUndef:
// OBJ_ln2nid(3).
func OBJLn2nid(s string) NID { return nidOf(s, func(s *C.char) C.int { return C.OBJ_ln2nid(s) }) }

// OBJTxt2obj is the dotted form of an object identifier that is given by a name
// or in dotted form; noName takes the latter only: OBJ_txt2obj(3) and
// OBJ_obj2txt(3). Unlike a NID it exists for any identifier.
func OBJTxt2obj(s string, noName bool) (string, error) {
	var oid []byte
	err := with(s, func(s *C.char) (err error) {
		oid, err = bytesOf("OBJ_txt2obj", func(out **C.uchar, n *C.int) *C.gossl_err {
			return C.gossl_obj_txt2obj(s, cBool(noName), out, n)
		})
		return err
	})
	return string(oid), err
}

// OBJNid2sn is the short name, "CN", or "" for a number that is none:
// OBJ_nid2sn(3).
func OBJNid2sn(n NID) string { return C.GoString(C.gossl_obj_nid2sn(C.int(n))) }

// OBJNid2ln is the long name, "commonName", or "": OBJ_nid2ln(3).
func OBJNid2ln(n NID) string { return C.GoString(C.gossl_obj_nid2ln(C.int(n))) }

// OBJNid2txt is the dotted form, "2.5.4.3", or "": OBJ_nid2obj(3),
// OBJ_obj2txt(3).
func OBJNid2txt(n NID) string {
	return textOf("OBJ_obj2txt", func(out **C.uchar, len *C.int) *C.gossl_err {
		return C.gossl_obj_nid2txt(C.int(n), out, len)
	})
}

// OBJFindSigidAlgs says which digest and which kind of key a signature
// algorithm is made of; ok is false for what is none. Either is NIDUndef
// where the algorithm leaves it open: OBJ_find_sigid_algs(3).
func OBJFindSigidAlgs(sig NID) (digest, pkey NID, ok bool) {
	var md, key C.int
	ok = C.gossl_obj_find_sigid(C.int(sig), &md, &key) == 1
	return NID(md), NID(key), ok
}

// String is the short name, or the number where there is none.
func (n NID) String() string {
	if s := OBJNid2sn(n); s != "" {
		return s
	}
	return strconv.Itoa(int(n))
}

func nidOf(s string, f func(*C.char) C.int) NID {
	if checkString(s) != nil {
		return NIDUndef
	}
	return NID(withCString(s, f))
}

func cBool(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
