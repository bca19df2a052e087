package ossl

import "errors"

// PEMReadBioDHparams reads Diffie-Hellman parameters, as openssl-dhparam(1)
// writes them: PEM_read_bio_DHparams(3), PEM_read_DHparams(3). Judge them by GetBits and ParamCheck,
// for which DH_size(3) and DH_check(3) stood; "p" and "g" are by GetBNParam.
func PEMReadBioDHparams(pem []byte) (*PKey, error) {
	k, err := PEMReadBioParameters(pem)
	if err != nil {
		return nil, err
	}
	if !k.IsA("DH") && !k.IsA("DHX") {
		k.Close()
		return nil, errors.New("ossl: parameters of another kind than Diffie-Hellman: see openssl-dhparam(1)")
	}
	return k, nil
}

// DHNewByName is the Diffie-Hellman parameters of a group with a name,
// "ffdhe2048" or "modp_2048": EVP_PKEY_CTX_set_group_name(3). TLS before 1.3
// needs them for its DHE suites; those of RFC 7919 (ffdhe) are the best choice.
func DHNewByName(group string) (*PKey, error) {
	if group == "" {
		return nil, errors.New("ossl: no name of a Diffie-Hellman group, such as ffdhe2048")
	}
	return generatePKey("EVP_PKEY_paramgen", "DH", 0, group, true)
}

// DHNewByNid is DHNewByName by number, NIDFFDHE2048 and its like:
// DH_new_by_nid(3).
func DHNewByNid(nid NID) (*PKey, error) { return DHNewByName(OBJNid2sn(nid)) }
