package ossl_test

import (
	"math/big"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// Groups have the primes of RFC 7919, and their PEM form is openssl-dhparam(1)'s.
func TestDH(t *testing.T) {
	for name, nid := range map[string]ossl.NID{"ffdhe2048": ossl.NIDFFDHE2048, "ffdhe3072": ossl.NIDFFDHE3072, "ffdhe4096": ossl.NIDFFDHE4096} {
		k := opened[*ossl.PKey](t)(ossl.DHNewByName(name))
		byNid := opened[*ossl.PKey](t)(ossl.DHNewByNid(nid))
		if !k.ParametersEq(byNid) {
			t.Error(name, "is another group by number")
		}
		p, err := k.GetBNParam("p")
		must(t, err)
		g, err := k.GetBNParam("g")
		must(t, err)
		same(t, name, []any{k.GetGroupName(), k.GetTypeName(), k.GetBits(), p.BitLen(), p.ProbablyPrime(5), new(big.Int).Rsh(p, 1).ProbablyPrime(5), g.Int64()},
			[]any{name, "DH", p.BitLen(), k.GetBits(), true, true, int64(2)})
		must(t, k.ParamCheck())
		pem, err := k.PEMWriteParameters()
		must(t, err)
		equal(t, name, string(pem), openssl(t, nil, "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:"+name))
		again := opened[*ossl.PKey](t)(ossl.PEMReadBioDHparams(pem))
		if !again.ParametersEq(k) {
			t.Error(name, "comes back as another group")
		}
		if name == "ffdhe2048" {
			a, b := opened[*ossl.PKey](t)(again.Keygen()), opened[*ossl.PKey](t)(again.Keygen())
			if a.Eq(b) || !a.ParametersEq(k) {
				t.Error("keys of the group")
			}
		}
	}
	composite := []byte("-----BEGIN DH PARAMETERS-----\n" + "MAYCAQ8CAQI=" + "\n-----END DH PARAMETERS-----\n")
	if k, err := ossl.PEMReadBioDHparams(composite); err == nil {
		defer k.Close()
		if k.ParamCheck() == nil {
			t.Error("15 is a prime")
		}
	}
	ec := []byte(openssl(t, nil, "ecparam", "-name", "prime256v1"))
	for i, err := range []error{
		second(ossl.PEMReadBioDHparams(ec)), second(ossl.PEMReadBioDHparams(readFile(t, testdata.RSA.Key))), second(ossl.PEMReadBioDHparams(nil)),
		second(ossl.DHNewByName("nosuch")), second(ossl.DHNewByName("")), second(ossl.DHNewByNid(ossl.NIDCommonName)), second(ossl.DHNewByNid(-1)),
	} {
		if err == nil {
			t.Error(i, "makes parameters")
		} else {
			oneLine(t, err)
		}
	}
	opened[*ossl.PKey](t)(opened[*ossl.PKey](t)(ossl.PEMReadBioParameters(ec)).Keygen())
}
