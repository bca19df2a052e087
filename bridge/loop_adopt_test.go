package bridge

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// greet is the plain protocol that comes first, on the side that goes on by
// calling secure.
func greet(nc net.Conn, say, expect string, secure func() error) error {
	if _, err := io.WriteString(nc, say); err != nil {
		return err
	}
	got := make([]byte, len(expect))
	if _, err := io.ReadFull(nc, got); err != nil || string(got) != expect {
		return errors.Join(err, errors.New("got "+string(got)))
	}
	return secure()
}

// TestLoopStartTLS has both ends say something in the clear, and then move the
// connection onto a loop.
func TestLoopStartTLS(t *testing.T) {
	l := startLoop(t, nil)
	for _, network := range []string{"tcp", "unix"} {
		for _, c := range []struct {
			name string
			ok   bool
		}{{"localhost", true}, {"elsewhere.example", false}} {
			addr := "127.0.0.1:0"
			if network == "unix" {
				addr = filepath.Join(t.TempDir(), "s")
			}
			ln, err := net.Listen(network, addr)
			must(t, err)
			defer ln.Close()
			server, client := newHandler(t), newHandler(t)
			server.data = func(s *Stream, p []byte) { s.Write(p); s.Close() }
			client.open = func(s *Stream) { s.Write([]byte("secret")) }
			var got string
			client.data = func(_ *Stream, p []byte) { got += string(p) }
			served := make(chan error, 1)
			go func() {
				nc, err := ln.Accept()
				if err == nil {
					err = greet(nc, "220 ready\r\n", "STARTTLS\r\n", func() error { return l.AddServer(nc, serverCtx(t, testdata.ECDSA), server) })
				}
				served <- err
			}()
			nc, err := net.Dial(network, ln.Addr().String())
			must(t, err)
			must(t, greet(nc, "STARTTLS\r\n", "220 ready\r\n", func() error {
				return l.AddClient(nc, clientCtx(t, testdata.ECDSA), &ClientOptions{ServerName: c.name}, client)
			}))
			must(t, <-served)
			if _, err := nc.Write([]byte("x")); !errors.Is(err, net.ErrClosed) {
				t.Error("the connection is still open outside the loop: ", err)
			}
			err = client.wait()
			server.wait()
			if c.ok && (got != "secret" || err != io.EOF) {
				t.Errorf("%s: %q, %v", network, got, err)
			}
			if !c.ok && !errors.Is(err, ossl.VerifyHostnameMismatch) {
				t.Errorf("%s: a certificate for another name: %v", network, err)
			}
		}
	}
}

// TestLoopAddRefused has a connection stay its owner's where the loop cannot
// take it.
func TestLoopAddRefused(t *testing.T) {
	l := startLoop(t, nil)
	ctx := serverCtx(t, testdata.ECDSA)
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	if err := l.AddServer(a, ctx, newHandler(t)); !errors.Is(err, ErrNotSocket) {
		t.Error("net.Pipe: ", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	mine := rawDial(t, ln.Addr())
	peer, err := ln.Accept()
	must(t, err)
	defer peer.Close()
	if err := l.AddServer(mine, ctx, nil); !errors.Is(err, errNoHandler) {
		t.Error("no handler: ", err)
	}
	if err := l.AddClient(mine, clientCtx(t, testdata.ECDSA), nil, newHandler(t)); !errors.Is(err, errNoServerName) {
		t.Error("no name: ", err)
	}
	must(t, l.Close())
	if err := l.AddServer(mine, ctx, newHandler(t)); !errors.Is(err, net.ErrClosed) {
		t.Error("a closed loop: ", err)
	}
	if _, err := l.AddListener(ln, ctx, func(*Stream) Handler { return nil }); !errors.Is(err, net.ErrClosed) {
		t.Error("a closed loop: ", err)
	}
	if _, err := mine.Write([]byte("still mine\n")); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(peer).ReadString('\n'); line != "still mine\n" {
		t.Error(line, err)
	}
}

// TestLoopAddListener serves on a socket that was inherited as a descriptor,
// as under systemd, and on one of a path that others own.
func TestLoopAddListener(t *testing.T) {
	l := startLoop(t, nil)
	ctx := serverCtx(t, testdata.ECDSA)
	made, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	f, err := made.(*net.TCPListener).File()
	must(t, err)
	must(t, made.Close())
	inherited, err := net.FileListener(f)
	must(t, err)
	must(t, f.Close())
	ln, err := l.AddListener(inherited, ctx, func(*Stream) Handler { return new(echo) })
	must(t, err)
	must(t, inherited.Close())
	if ln.Addr().String() != made.Addr().String() {
		t.Errorf("%v is not %v", ln.Addr(), made.Addr())
	}
	checkEcho(t, ln.Addr())

	path := filepath.Join(t.TempDir(), "s")
	u, err := net.Listen("unix", path)
	must(t, err)
	defer u.Close()
	ln, err = l.AddListener(u, ctx, func(*Stream) Handler { return new(echo) })
	must(t, err)
	nc, err := net.Dial("unix", path)
	must(t, err)
	must(t, stdClient(t, nc).Close())
	must(t, ln.Close())
	gone := make(chan struct{})
	must(t, l.Post(func() { close(gone) }))
	<-gone
	if _, err := os.Stat(path); err != nil {
		t.Error("the path of another's listener was removed: ", err)
	}
	if _, err := l.AddListener(fakeListener{}, ctx, func(*Stream) Handler { return nil }); !errors.Is(err, ErrNotSocket) {
		t.Error(err)
	}
}

// fakeListener has no socket.
type fakeListener struct{ net.Listener }

func (fakeListener) Addr() net.Addr { return &net.TCPAddr{} }
