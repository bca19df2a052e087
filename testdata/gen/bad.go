package main

import (
	"bytes"
	"encoding/pem"

	"github.com/sslsock/sslsock/testdata"
)

// badChains writes the chains that are to be refused: server chains by clients, client chains by servers.
func badChains(out files, servers serverSet, clients authority) {
	good := servers[testdata.ECDSA.Name].intermediate
	untrusted := newRoot(p256Key, "untrusted root", "untrusted root")
	wrong := untrusted.newIntermediate("untrusted intermediate", "untrusted intermediate")
	out[testdata.UntrustedRoot] = certPEM(untrusted.der)

	for _, c := range []struct {
		testdata.Chain
		ca authority
		leaf
	}{
		{testdata.Bad.Expired, good, leaf{hosts: goodHosts, end: past}},
		{testdata.Bad.NotYetValid, good, leaf{hosts: goodHosts, begin: future}},
		{testdata.Bad.WrongHost, good, leaf{hosts: []string{"other.example"}}},
		{testdata.Bad.WrongCA, wrong, leaf{hosts: goodHosts}},
		{testdata.Client.Expired, clients, leaf{end: past}},
		{testdata.Client.WrongCA, wrong, leaf{}},
	} {
		c.label, c.kind, c.name = c.Name, p256Key, c.Name
		k, der := c.ca.issue(c.leaf)
		writeChain(out, c.Chain, k, der, c.ca.der)
	}

	alone := testdata.Bad.SelfSigned
	k, der := selfSigned(leaf{label: alone.Name, kind: p256Key, name: alone.Name, hosts: goodHosts, authoritative: true})
	writeChain(out, alone, k, der)

	mismatched := testdata.Bad.Mismatched
	out[mismatched.Key] = keyPEM(newKey(rsaKey, mismatched.Name))
}

// oddInput writes PEM that loaders must survive, made from the files of the RSA chain.
func oddInput(out files) {
	odd, chain, key := testdata.Odd, out[testdata.RSA.Cert], out[testdata.RSA.Key]
	leafBlock, rest := pem.Decode(chain)
	leafPEM := chain[:len(chain)-len(rest)]

	out[odd.Noise] = bytes.Join([][]byte{
		[]byte("The server's certificate:\nsubject=CN = server.example\n\n"), leafPEM,
		[]byte("\n-- and its issuer --\n"), rest,
		[]byte("\nend of file, without a newline"),
	}, nil)
	out[odd.Garbage] = certPEM(newStream("garbage").bytes(500))
	out[odd.BadBase64] = corrupt(leafPEM)
	out[odd.Truncated] = chain[:len(leafPEM)/2]
	out[odd.TruncatedKey] = key[:len(key)/2]
	out[odd.TruncatedDER] = certPEM(leafBlock.Bytes[:len(leafBlock.Bytes)/2])
	out[odd.Empty] = []byte{}
}

// corrupt overwrites some of the base64 in the middle of a PEM block with characters that base64 does not have.
func corrupt(block []byte) []byte {
	bad := bytes.Clone(block)
	middle := bytes.IndexByte(bad[len(bad)/2:], '\n') + len(bad)/2 + 1
	copy(bad[middle:], "!*?!")
	return bad
}
