package ossl_test

import (
	"bytes"
	"errors"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// unleaked runs f and fails if an object outlived it.
func unleaked(t *testing.T, f func()) {
	t.Helper()
	before := ossl.Live()
	f()
	if after := ossl.Live(); after != before {
		t.Fatalf("open before %+v, after %+v", before, after)
	}
	if r := ossl.PeekQueue(); r != 0 {
		t.Fatalf("the error queue holds %v", r)
	}
}

// FuzzServerFirstFlight sends bytes to a server, in one piece and then the end
// of the connection: the outcome is an error or a want, and nothing stays.
func FuzzServerFirstFlight(f *testing.F) {
	for _, seed := range firstFlights(f) {
		f.Add(seed)
	}
	server := serverCtx(f, testdata.ECDSA, demand)
	must(f, server.SetAlpnSelect("h2", "http/1.1"))
	must(f, server.SetServerNames(map[string]*ossl.Ctx{"localhost": server, "*.example": serverCtx(f, testdata.SNI.A)}))
	f.Fuzz(func(t *testing.T, flight []byte) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		defer unix.Close(fds[0])
		defer unix.Close(fds[1])
		unleaked(t, func() {
			s, err := server.NewSSL()
			must(t, err)
			defer s.Close()
			must(t, s.SetFd(fds[0]))
			_, _ = unix.Write(fds[1], flight[:min(len(flight), 100_000)])
			if w, err := s.Accept(); w == ossl.WantNothing && err == nil {
				t.Fatal("a handshake with nobody")
			}
			s.ConnectionState()
			must(t, unix.Shutdown(fds[1], unix.SHUT_WR))
			for range 3 {
				if w, err := s.Accept(); err == nil && w != ossl.WantWrite {
					t.Fatalf("at the end of the stream: %v, %v", w, err)
				} else if err != nil {
					oneLine(t, err)
				}
			}
		})
	})
}

// firstFlights are what real clients send first, and plain nonsense.
func firstFlights(f *testing.F) [][]byte {
	seeds := [][]byte{nil, []byte("GET / HTTP/1.1\r\n\r\n"), {0x16, 3, 1, 0, 0}, {0x80, 0x2e, 1, 0, 2}, {0x15, 3, 3, 0, 2, 2, 40}}
	for _, set := range []func(c *ossl.Ctx) error{
		only(ossl.TLS1_2Version), only(ossl.TLS1_3Version),
		func(c *ossl.Ctx) error { return errors.Join(c.SetAlpnProtos("h2"), c.Set1GroupsList("P-256")) },
	} {
		fd, end := socketpair(f)
		s := newSSL(f, newCtx(f, set), fd)
		must(f, s.SetTlsextHostName("www.example"))
		_, err := s.Connect()
		must(f, err)
		buf := make([]byte, 4096)
		n, err := unix.Read(end, buf)
		must(f, err)
		seeds = append(seeds, buf[:n])
	}
	return seeds
}

// FuzzPEM loads text as certificates, chain, trust and key, with and without
// a passphrase. What loads goes out as DER and comes back the same.
func FuzzPEM(f *testing.F) {
	odd := testdata.Odd
	for _, name := range []string{
		testdata.ECDSA.Cert, testdata.ECDSA.Key, testdata.Ed25519.Key, testdata.Keys.SEC1, testdata.Keys.EncryptedPKCS8, testdata.Keys.EncryptedLegacy,
		odd.Garbage, odd.BadBase64, odd.Truncated, odd.TruncatedKey, odd.TruncatedDER, odd.Empty,
	} {
		f.Add(readFile(f, name), "")
	}
	f.Add(readFile(f, testdata.Keys.EncryptedLegacy), testdata.Passphrase)
	f.Fuzz(func(t *testing.T, pem []byte, pass string) {
		if bytes.Contains(pem, []byte("ENCRYPTED")) && len(pass) > 0 && bytes.Contains(pem, []byte("BEGIN ENC")) {
			t.Skip("PBKDF2 rounds are the file's to choose, and may be billions")
		}
		unleaked(t, func() {
			c, err := ossl.NewCtx(ossl.TLSMethod())
			must(t, err)
			defer c.Close()
			st, err := ossl.NewStore()
			must(t, err)
			defer st.Close()
			chainErr := c.UseCertificateChainPEM(pem)
			_, storeErr := st.AddPEM(pem)
			x, err := ossl.PEMReadBioX509(pem)
			legible(t, chainErr, storeErr, err)
			if err == nil {
				defer x.Close()
				sameX509(t, x)
			} else if chainErr == nil {
				t.Fatal("a chain without a first certificate:", err)
			}
			k, err := ossl.PEMReadBioPrivateKey(pem, pass)
			legible(t, err)
			if err == nil {
				defer k.Close()
				legible(t, c.UsePrivateKey(k), c.CheckPrivateKey())
				_, err = k.I2D()
				legible(t, err)
			}
		})
	})
}

// legible judges the text of what failed. Nothing may wait for ever.
func legible(t *testing.T, errs ...error) {
	for _, err := range errs {
		if errors.Is(err, errStuck) {
			t.Fatal(err)
		}
		if err != nil {
			oneLine(t, err)
		}
	}
}

func sameX509(t *testing.T, x *ossl.X509) {
	der, err := x.I2D()
	must(t, err)
	y, err := ossl.D2IX509(der)
	must(t, err)
	defer y.Close()
	if again, err := y.I2D(); err != nil || !bytes.Equal(der, again) {
		t.Fatal("another certificate comes back", err)
	}
	_, _ = x.GetSubjectName(), x.GetIssuerName()
}

// FuzzD2ISession reads bytes as a session and offers it to a server: it is
// refused, ignored or resumed.
func FuzzD2ISession(f *testing.F) {
	server := serverCtx(f, testdata.ECDSA)
	client := clientCtx(f, testdata.ECDSA)
	for _, v := range []int{ossl.TLS1_2Version, ossl.TLS1_3Version} {
		p := newPair(f, client, server)
		must(f, errors.Join(p.client.SetMaxProtoVersion(v), p.client.SetMinProtoVersion(v)))
		p.handshake()
		p.echo()
		f.Add(exported(f, p.client))
	}
	f.Add([]byte{})
	f.Add([]byte("garbage"))
	f.Fuzz(func(t *testing.T, der []byte) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		defer unix.Close(fds[0])
		defer unix.Close(fds[1])
		unleaked(t, func() {
			sess, err := ossl.D2ISession(der)
			legible(t, err)
			if err != nil {
				return
			}
			defer sess.Close()
			_, _, _, _ = sess.GetID(), sess.GetTime(), sess.GetTimeout(), sess.GetProtocolVersion()
			if sess.IsResumable() {
				if _, err := sess.I2D(); err != nil {
					t.Log(err)
				}
			}
			c, err := client.NewSSL()
			must(t, err)
			defer c.Close()
			s, err := server.NewSSL()
			must(t, err)
			defer s.Close()
			must(t, errors.Join(c.SetFd(fds[0]), s.SetFd(fds[1])))
			if err := c.SetSession(sess); err != nil {
				legible(t, err)
				return
			}
			legible(t, lockstep(t, c.Connect, s.Accept)...)
			c.ConnectionState()
		})
	})
}
