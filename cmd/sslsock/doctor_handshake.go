package main

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/selfcert"
	"github.com/sslsock/sslsock/ossl"
)

// checkHandshake has the library shake hands with itself: all the rest may be
// in place and a policy still forbid everything.
func checkHandshake() check {
	c := check{ID: "handshake", Name: "handshake", Status: statusOK}
	start := time.Now()
	st, err := selfHandshake()
	if err != nil {
		c.Status, c.Value = statusFail, oneLine(err)
		c.Hint = "the policy in " + ossl.DefaultConfigFile() + " may forbid it"
		return c
	}
	c.Value = fmt.Sprintf("with itself: %s, %s, group %s, in %.1f ms", st.VersionName, st.CipherStandard, st.Group, float64(time.Since(start).Microseconds())/1e3)
	c.Data = map[string]any{"protocol": st.VersionName, "cipher": st.CipherStandard, "group": st.Group}
	return c
}

func selfHandshake() (st ossl.ConnectionState, err error) {
	pair, err := selfcert.SelfSigned("localhost")
	if err != nil {
		return st, err
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return st, fmt.Errorf("socketpair: %w", err)
	}
	defer unix.Close(fds[0])
	defer unix.Close(fds[1])
	server, err := selfSSL(fds[0], func(ctx *ossl.Ctx) error { return useCertificate(ctx, pair) })
	if err != nil {
		return st, err
	}
	defer server.Close()
	client, err := selfSSL(fds[1], func(ctx *ossl.Ctx) error { return trust(ctx, pair.CA) })
	if err != nil {
		return st, err
	}
	defer client.Close()
	if err := client.Set1Host("localhost"); err != nil {
		return st, err
	}
	err = alternate(client.Connect, server.Accept)
	return client.ConnectionState(), err
}

func useCertificate(ctx *ossl.Ctx, pair selfcert.Pair) error {
	key, err := ossl.PEMReadBioPrivateKey(pair.Key, "")
	if err != nil {
		return err
	}
	defer key.Close()
	return errors.Join(ctx.UseCertificateChainPEM(pair.Cert), ctx.UsePrivateKey(key))
}

func trust(ctx *ossl.Ctx, ca []byte) error {
	st, err := ctx.GetCertStore()
	if err != nil {
		return err
	}
	defer st.Close()
	ctx.SetVerify(ossl.VerifyPeer)
	_, err = st.AddPEM(ca)
	return err
}

func selfSSL(fd int, configure func(*ossl.Ctx) error) (*ossl.SSL, error) {
	ctx, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		return nil, err
	}
	defer ctx.Close()
	if err := configure(ctx); err != nil {
		return nil, err
	}
	s, err := ctx.NewSSL()
	if err != nil {
		return nil, err
	}
	if err := s.SetFd(fd); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// alternate takes the steps of both sides in turn. With both ends in one
// goroutine the other's bytes are always there, so nobody ever has to wait.
func alternate(client, server func() (ossl.Want, error)) error {
	const enough = 16 // flights; a handshake has at most six
	for range enough {
		cw, err := client()
		if err != nil {
			return err
		}
		sw, err := server()
		if err != nil {
			return err
		}
		if cw == ossl.WantNothing && sw == ossl.WantNothing {
			return nil
		}
	}
	return errors.New("the handshake does not come to an end")
}
