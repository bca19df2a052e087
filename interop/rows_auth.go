package interop

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"os"

	"github.com/sslsock/sslsock/ossl"
)

func clientCertRows() []Row {
	var rows []Row
	for _, version := range []int{ossl.TLS1_3Version, ossl.TLS1_2Version} {
		name := "client-cert/tls" + VersionName(version) + "/"
		setup := func(auth ClientAuth, cert string) Setup {
			return Setup{Version: version, ClientAuth: auth, ClientCert: cert}
		}
		missing := []ossl.Alert{alertCertificateRequired}
		if version != ossl.TLS1_3Version {
			missing = []ossl.Alert{alertHandshakeFailure, alertBadCertificate}
		}
		stranger := []ossl.Alert{alertUnknownCA, alertBadCertificate}
		rows = append(rows,
			Row{Name: name + "wanted-given", Setup: setup(ClientAuthWanted, CertClient), check: checkClientCert(CertClient)},
			Row{Name: name + "wanted-missing", Setup: setup(ClientAuthWanted, ""), check: checkClientCert("")},
			Row{Name: name + "required-given", Setup: setup(ClientAuthRequired, CertClient), check: checkClientCert(CertClient)},
			refused(name+"required-missing", setup(ClientAuthRequired, ""), missing...),
			refused(name+"wrong-ca", setup(ClientAuthRequired, CertClientStranger), stranger...),
			refused(name+"expired", setup(ClientAuthRequired, CertClientExpired), alertCertificateExpired, alertBadCertificate),
		)
	}
	return append(rows, Row{
		Name:  "post-handshake-auth",
		Setup: Setup{Version: ossl.TLS1_3Version, ClientAuth: ClientAuthRequired, ClientCert: CertClient, PostHandshake: true, Interactive: true},
		play:  playPostHandshake,
	})
}

// checkClientCert checks what a client has shown, where the driver is the server.
func checkClientCert(name string) func(*cell, ossl.ConnectionState) error {
	return func(c *cell, st ossl.ConnectionState) error {
		if !c.server {
			return nil // that the server goes on is all there is to see
		}
		return checkShown(c.run.certs, name, st.PeerCertificates)
	}
}

func checkShown(certs *Certs, name string, shown [][]byte) error {
	if name == "" {
		if len(shown) > 0 {
			return errors.New("a certificate was shown")
		}
		return nil
	}
	want, err := leafDER(certs, name)
	if err != nil {
		return err
	}
	if len(shown) == 0 {
		return errors.New("no certificate was shown")
	}
	if !bytes.Equal(shown[0], want) {
		return fmt.Errorf("another certificate was shown than %s", name)
	}
	return nil
}

func leafDER(certs *Certs, name string) ([]byte, error) {
	text, err := os.ReadFile(certs.Cert(name))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("no certificate in %s", certs.Cert(name))
	}
	return block.Bytes, nil
}

func nameRows() []Row {
	h2, h1 := []string{"h2"}, []string{"http/1.1"}
	both := []string{"h2", "http/1.1"}
	alpn := func(name string, server, client []string, want string) Row {
		return Row{
			Name: "alpn/" + name, Setup: Setup{ServerALPN: server, ClientALPN: client},
			check: func(_ *cell, st ossl.ConnectionState) error {
				if st.ALPN != want {
					return fmt.Errorf("protocol %q, not %q", st.ALPN, want)
				}
				return nil
			},
		}
	}
	sni := func(name, asked, cert string) Row {
		r := Row{Name: "sni/" + name, Setup: Setup{ServerName: asked, SecondName: true}, check: checkServerCert(cert)}
		return r
	}
	unknown := refused("sni/unknown", Setup{ServerName: NameUnknown, SecondName: true},
		alertBadCertificate, alertCertificateUnknown, alertUnrecognizedName, alertInternalError)
	return []Row{
		alpn("match", both, both, "h2"),
		alpn("match-second", h1, both, "http/1.1"),
		alpn("not-asked", h2, nil, ""),
		alpn("not-offered", nil, h2, ""),
		refused("alpn/mismatch", Setup{ServerALPN: h2, ClientALPN: []string{"imap"}}, alertNoApplicationProtocol),
		sni("first", "", CertECDSA), sni("second", NameSecond, CertSecond), unknown,
		{Name: "staple/tls1.3", Setup: Setup{Version: ossl.TLS1_3Version, Staple: true}, play: playStaple},
		{Name: "staple/tls1.2", Setup: Setup{Version: ossl.TLS1_2Version, Staple: true}, play: playStaple},
	}
}

// checkServerCert checks which certificate a server has shown to the driver.
func checkServerCert(name string) func(*cell, ossl.ConnectionState) error {
	return func(c *cell, st ossl.ConnectionState) error {
		if !c.server {
			return checkShown(c.run.certs, name, st.PeerCertificates)
		}
		if want := c.job.serverName(); st.ServerName != want {
			return fmt.Errorf("the client asked for %q, not %q", st.ServerName, want)
		}
		return nil // which one it was shown, the client has verified
	}
}

// playStaple has the client find an OCSP response that verifies.
func playStaple(ctx context.Context, c *cell) error {
	staple, err := os.ReadFile(c.run.certs.Staple(c.job.cert()))
	if err != nil {
		return err
	}
	c.rec.lookFor(staple)
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	if !c.server {
		if err := checkStaple(link, staple); err != nil {
			return err
		}
	} else if !c.rec.seen() {
		return errors.New("the response was not sent")
	}
	if err := c.exchange(ctx, link, end); err != nil || !c.server {
		return err
	}
	return c.says(ctx, end, c.peer.Tells.Staple, "an OCSP response")
}

func checkStaple(link Link, want []byte) error {
	var staple []byte
	if err := link.SSL(func(s *ossl.SSL) error { staple = s.GetTlsextStatusOCSPResp(); return nil }); err != nil {
		return err
	}
	switch {
	case staple == nil:
		return errors.New("the server has stapled nothing")
	case !bytes.Equal(staple, want):
		return errors.New("another OCSP response came than was given to the server")
	}
	return nil
}
