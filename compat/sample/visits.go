package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/spacemonkeygo/openssl"
)

// dial is Dial to an address that is not the name's own.
func dial(ctx *openssl.Ctx, network, addr, name string, prepare func(*openssl.Conn)) (*openssl.Conn, error) {
	nc, err := net.Dial(network, addr)
	if err != nil {
		return nil, err
	}
	conn, err := openssl.Client(nc, ctx)
	if err != nil {
		_ = nc.Close()
		return nil, err
	}
	if prepare != nil {
		prepare(conn)
	}
	err = conn.SetTlsExtHostName(name)
	if err == nil {
		err = conn.Handshake()
	}
	if err == nil {
		err = conn.VerifyHostname(name)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// get is one request in the simplest form there is, and the first line of the
// answer.
func get(conn *openssl.Conn) (string, error) {
	if _, err := io.WriteString(conn, "GET / HTTP/1.0\r\n\r\n"); err != nil {
		return "", err
	}
	answer, err := io.ReadAll(conn)
	line, _, _ := strings.Cut(string(answer), "\r\n")
	return line, err
}

func byName(out io.Writer, ids *identities, addr string) error {
	ctx, err := ids.client("")
	if err != nil {
		return err
	}
	for _, name := range []string{"one.example", "two.example", "refused.example", "three.example"} {
		conn, err := dial(ctx, "tcp", addr, name, nil)
		if err != nil {
			fmt.Fprintf(out, "  %s: refused, by the host's name: %v\n", name, errors.Is(err, openssl.ValidationError))
			continue
		}
		cert, err := conn.PeerCertificate()
		if err != nil {
			return err
		}
		subject, err := cert.GetSubjectName()
		if err != nil {
			return err
		}
		cn, _ := subject.GetEntry(openssl.NID_commonName)
		line, err := get(conn)
		fmt.Fprintf(out, "  %s: %s, %s, serial %s, %v\n", name, cn, line, cert.GetSerialNumberHex(), err)
		_ = conn.Close()
	}
	return nil
}

func resumed(out io.Writer, ids *identities, addr string) error {
	for _, version := range []openssl.SSLVersion{openssl.TLSv1_2, openssl.AnyVersion} {
		ctx, err := openssl.NewCtxWithVersion(version)
		if err != nil {
			return err
		}
		var session []byte
		for range 2 {
			conn, err := openssl.DialSession("tcp", addr, ctx, openssl.InsecureSkipHostVerification, session)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: one.example\r\n\r\n"); err != nil {
				return err
			}
			if _, err := conn.Read(make([]byte, 1000)); err != nil {
				return err
			}
			fmt.Fprintf(out, "  version %d: resumed %v, verified %v\n", version, conn.SessionReused(), conn.VerifyResult() == openssl.Ok)
			if session, err = conn.GetSession(); err != nil {
				return err
			}
			_ = conn.Close()
		}
	}
	return nil
}

// withCertificate shows one that the server trusts, and one that it does not.
func withCertificate(out io.Writer, ids *identities, addr string) error {
	strangers, err := newIdentities()
	if err != nil {
		return err
	}
	for _, who := range []*identities{ids, strangers} {
		ctx, err := who.client("client.example")
		if err != nil {
			return err
		}
		ctx.SetVerifyMode(openssl.VerifyNone) // the strangers do not know the server either
		line := ""
		conn, err := dial(ctx, "tcp", addr, "one.example", nil)
		if err == nil {
			// Under TLS 1.3 a refusal comes with the first answer.
			line, err = get(conn)
			_ = conn.Close()
		}
		fmt.Fprintf(out, "  known %v: %q, error %v\n", who == ids, line, err != nil)
	}
	return nil
}

// overPipe has no socket beneath.
func overPipe(out io.Writer, ids *identities, _ string) error {
	sctx, err := ids.ctx("pipe.example")
	if err != nil {
		return err
	}
	sctx.SetVerifyMode(openssl.VerifyNone)
	cctx, err := ids.client("")
	if err != nil {
		return err
	}
	a, b := net.Pipe()
	server, err := openssl.Server(b, sctx)
	if err != nil {
		return err
	}
	client, err := openssl.Client(a, cctx)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		_, _ = io.Copy(server, io.LimitReader(server, 100_000))
		_, _ = io.Copy(io.Discard, server)
		_ = server.Close()
	}()
	echoed := make(chan int, 1)
	go func() {
		got, _ := io.ReadFull(client, make([]byte, 100_000))
		echoed <- got
	}()
	_, err = client.Write(make([]byte, 100_000))
	fmt.Fprintf(out, "  %d bytes echoed, %v, for its name: %v\n", <-echoed, err, client.VerifyHostname("pipe.example") == nil)
	_ = client.Close()
	wg.Wait()
	return nil
}
