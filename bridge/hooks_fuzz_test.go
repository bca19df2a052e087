package bridge

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/testdata"
)

// FuzzHookedServer sends bytes to a server whose hooks look at all that there is,
// in two pieces, and then the end of the connection. It must fail.
func FuzzHookedServer(f *testing.F) {
	for _, h := range []hello{plainHello(), browserHello(), pskHello()} {
		msg := h.bytes()
		record := append([]byte{22, 3, 1, byte(len(msg) >> 8), byte(len(msg))}, msg...)
		f.Add(record, []byte(nil))
		f.Add(record, record)
	}
	f.Add([]byte{0x80, 0x2e, 1, 0, 2}, []byte("GET / HTTP/1.1\r\n\r\n"))
	look := func(h *Handshake) {
		if h.ClientHello != nil {
			_, _, _ = h.ClientHello.JA3(), h.ClientHello.JA3Hash(), h.ClientHello.JA4()
		}
	}
	cfg := &Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		Groups:       "P-384:X25519", CipherList: "PSK:ECDHE",
		Hooks: &Hooks{
			Inline:      true,
			ClientHello: func(_ context.Context, h *Handshake) (*HelloAnswer, error) { look(h); return nil, nil },
			Certificate: func(_ context.Context, h *Handshake) (*KeyPair, error) { look(h); return nil, nil },
			VerifyPeer:  func(context.Context, *Handshake, *PeerCertificate) error { return nil },
			ALPN: func(_ context.Context, _ *Handshake, offered []string) (string, error) {
				return offered[len(offered)-1], nil
			},
			PSK: func(_ context.Context, _ *Handshake, id []byte) (*PSK, error) {
				return &PSK{Key: append([]byte("key"), id...)[:3]}, nil
			},
			OCSP:     func(context.Context, *Handshake, *KeyPair) ([]byte, error) { return []byte("staple"), nil },
			Sessions: NewMemorySessions(8),
		},
	}
	askForClients(cfg)
	ctx, err := cfg.NewServerCtx()
	must(f, err)
	f.Cleanup(ctx.Close)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		ends := make([]net.Conn, 2)
		for i, fd := range fds {
			file := os.NewFile(uintptr(fd), "")
			ends[i], err = net.FileConn(file)
			must(t, err)
			must(t, file.Close())
		}
		defer ends[1].Close()
		c, err := Server(ends[0], ctx)
		must(t, err)
		defer c.Close()
		must(t, c.SetDeadline(time.Now().Add(patience)))
		done := make(chan error, 1)
		go func() { done <- c.Handshake() }()
		for _, piece := range [][]byte{first, second} {
			_, _ = ends[1].Write(piece[:min(len(piece), 50_000)])
		}
		must(t, ends[1].(*net.UnixConn).CloseWrite())
		if err := <-done; err == nil || os.IsTimeout(err) {
			t.Fatal(err)
		}
	})
}
