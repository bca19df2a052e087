package bridge

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func serverConfig() *Config { return &Config{Certificates: []Certificate{identity(testdata.ECDSA)}} }

func clientConfig() *Config {
	return &Config{RootCAs: roots(testdata.ECDSA), ServerName: "localhost"}
}

// TestListen serves on every kind of address.
func TestListen(t *testing.T) {
	for network, address := range map[string]string{
		"tcp": "127.0.0.1:0", "tcp4": "127.0.0.1:0", "tcp6": "[::1]:0", "unix": filepath.Join(t.TempDir(), "socket"),
	} {
		t.Run(network, func(t *testing.T) {
			ln, err := Listen(network, address, serverConfig())
			if network == "tcp6" && (errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)) {
				t.Skip("this machine has no IPv6: ", err)
			}
			must(t, err)
			accepted := result(func() net.Conn { nc, _ := ln.Accept(); return nc })
			dialled := result(func() net.Conn {
				c, err := Dial(network, ln.Addr().String(), clientConfig())
				if err != nil {
					t.Error(err)
				}
				return c
			})
			s := soon(t, "Accept", accepted)
			defer s.Close()
			shaken := result(s.(*Conn).Handshake)
			c := soon(t, "Dial", dialled)
			defer c.Close()
			must(t, soon(t, "handshake", shaken))
			lines(t, c, s)

			waiting := result(func() error { _, err := ln.Accept(); return err })
			must(t, ln.Close())
			is(t, "Accept", soon(t, "Accept", waiting), net.ErrClosed)
			is(t, "Close again", ln.Close(), net.ErrClosed)
			lines(t, c, s) // what was accepted goes on
		})
	}
}

// TestListenErrors cannot listen.
// TestListenKeepAlive finds on accepted sockets what package net would have set.
func TestListenKeepAlive(t *testing.T) {
	options := func(c net.Conn) (v [4]int) {
		raw, err := c.(syscall.Conn).SyscallConn()
		must(t, err)
		must(t, raw.Control(func(fd uintptr) {
			for i, o := range [][2]int{{unix.SOL_SOCKET, unix.SO_KEEPALIVE}, {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE},
				{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL}, {unix.IPPROTO_TCP, unix.TCP_KEEPCNT}} {
				v[i], _ = unix.GetsockoptInt(int(fd), o[0], o[1])
			}
		}))
		return v
	}
	accepted := func(ln net.Listener) net.Conn {
		t.Cleanup(func() { ln.Close() })
		peer, err := net.Dial("tcp", ln.Addr().String())
		must(t, err)
		t.Cleanup(func() { peer.Close() })
		c, err := ln.Accept()
		must(t, err)
		t.Cleanup(func() { c.Close() })
		return c
	}
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		plain, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("%s: %v", address, err)
			continue
		}
		ln, err := Listen("tcp", address, serverConfig())
		must(t, err)
		want, got := options(accepted(plain)), options(accepted(ln).(*Conn).NetConn())
		if got != want || want[0] != 1 {
			t.Errorf("%s: %v, want %v as package net has it", address, got, want)
		}
	}
}

func TestListenErrors(t *testing.T) {
	before := ossl.Live()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	_, err = Listen("tcp", ln.Addr().String(), serverConfig())
	is(t, "port in use", err, syscall.EADDRINUSE)
	for _, network := range []string{"udp", "unixgram", "", "tcp5"} {
		_, err = Listen(network, "127.0.0.1:0", serverConfig())
		var op *net.OpError
		var unknown net.UnknownNetworkError
		if !errors.As(err, &op) || op.Op != "listen" || !errors.As(err, &unknown) {
			t.Errorf("network %q: %v", network, err)
		}
		_, err = Dial(network, "127.0.0.1:1", clientConfig())
		if !errors.As(err, &op) || op.Op != "dial" || !errors.As(err, &unknown) {
			t.Errorf("network %q: %v", network, err)
		}
	}
	_, err = Listen("tcp", "127.0.0.1:0", nil)
	var bad *ConfigError
	if !errors.As(err, &bad) || bad.Field != "Certificates" {
		t.Errorf("nil Config: %v", err)
	}
	leavesNothing(t, before)
}

// TestNewListener leaves the Ctx to its owner.
func TestNewListener(t *testing.T) {
	ctx, err := serverConfig().NewServerCtx()
	must(t, err)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ln := NewListener(inner, ctx)
	nc, err := net.Dial("tcp", ln.Addr().String())
	must(t, err)
	defer nc.Close()
	s, err := ln.Accept()
	must(t, err)
	must(t, s.Close())
	must(t, ln.Close())
	if ctx.GetMinProtoVersion() == 0 {
		t.Error("the Ctx was closed with the Listener")
	}
	ctx.Close()

	// Where the Ctx is gone, the connection is closed and the error tells.
	inner, err = net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ln = NewListener(inner, ctx)
	defer ln.Close()
	nc, err = net.Dial("tcp", ln.Addr().String())
	must(t, err)
	defer nc.Close()
	_, err = ln.Accept()
	is(t, "Accept", err, ossl.ErrClosed)
	if _, err := nc.Read(make([]byte, 1)); !gone(err) {
		t.Errorf("client: %v", err)
	}
}

// TestListenerCloseRace closes Listeners while connections come in.
func TestListenerCloseRace(t *testing.T) {
	for range 30 {
		ln, err := Listen("tcp", "127.0.0.1:0", serverConfig())
		must(t, err)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for {
					nc, err := net.Dial("tcp", ln.Addr().String())
					if err != nil {
						return
					}
					_ = nc.Close()
				}
			})
			wg.Go(func() {
				for {
					nc, err := ln.Accept()
					if err != nil {
						is(t, "Accept", err, net.ErrClosed)
						return
					}
					_ = nc.Close()
				}
			})
		}
		time.Sleep(time.Millisecond)
		must(t, ln.Close())
		wg.Wait()
		// One that had come in just before finds no Ctx any more.
		_, late := sockets(t, "tcp")
		_, err = ln.wrap(late)
		is(t, "too late", err, net.ErrClosed)
	}
}

// httpServer is net/http on a Listener of ours. It answers with what Go knows
// of the request.
func httpServer(t *testing.T) string {
	t.Helper()
	ln, err := Listen("tcp", "127.0.0.1:0", serverConfig())
	must(t, err)
	srv := &http.Server{
		ReadHeaderTimeout: patience,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			_, _ = fmt.Fprintf(w, "%s %s %d bytes", r.Method, r.Host, len(body))
		}),
	}
	served := result(func() error { return srv.Serve(ln) })
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		must(t, srv.Shutdown(ctx))
		is(t, "Serve", soon(t, "Serve", served), http.ErrServerClosed)
	})
	_, port, err := net.SplitHostPort(ln.Addr().String())
	must(t, err)
	return "localhost:" + port
}

// post sends bodies by client, on one connection if it can.
func post(t *testing.T, client *http.Client, addr string) {
	t.Helper()
	defer client.CloseIdleConnections()
	for _, n := range []int{0, 1, 100_000, 3 << 20} {
		body := io.LimitReader(zeros{}, int64(n))
		resp, err := client.Post("https://"+addr+"/", "application/octet-stream", body)
		must(t, err)
		got, err := io.ReadAll(resp.Body)
		must(t, errors.Join(err, resp.Body.Close()))
		if want := fmt.Sprintf("POST %s %d bytes", addr, n); string(got) != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestHTTP has net/http talk over our connections, with crypto/tls or with us at
// the other end.
func TestHTTP(t *testing.T) {
	addr := httpServer(t)
	t.Run("crypto-tls", func(t *testing.T) {
		post(t, &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool(t, testdata.ECDSA.Roots)}}}, addr)
	})
	t.Run("Dialer", func(t *testing.T) {
		d := &Dialer{Config: &Config{RootCAs: roots(testdata.ECDSA)}}
		defer d.Close()
		post(t, &http.Client{Transport: &http.Transport{DialTLSContext: d.DialContext}}, addr)
	})
	t.Run("curl", func(t *testing.T) {
		curl, err := exec.LookPath("curl")
		if err != nil {
			t.Skip("curl is not installed")
		}
		out, err := exec.Command(curl, "-sS", "--max-time", "20", "--cacert", testdata.Path(testdata.ECDSA.Roots),
			"--data-binary", "@"+testdata.Path(testdata.AllRoots), "https://"+addr+"/").CombinedOutput()
		want := fmt.Sprintf("POST %s %d bytes", addr, len(read(t, testdata.Path(testdata.AllRoots))))
		if err != nil || string(out) != want {
			t.Errorf("got %q (%v), want %q", out, err, want)
		}
	})
}
