package bridge

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestDialer dials by name and by address, many at a time.
func TestDialer(t *testing.T) {
	addr := echoListener(t, serverConfig())
	_, port, err := net.SplitHostPort(addr)
	must(t, err)
	before := ossl.Live().Ctx // that of the listener at least
	d := &Dialer{Config: &Config{RootCAs: roots(testdata.ECDSA)}}
	var wg sync.WaitGroup
	for range 8 {
		for _, host := range []string{"localhost", "127.0.0.1"} {
			wg.Go(func() {
				c, err := d.Dial("tcp", net.JoinHostPort(host, port))
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				if _, err := c.Write([]byte("x")); err != nil {
					t.Error(err)
				}
				if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	if n := ossl.Live().Ctx - before; n != 1 {
		t.Errorf("%d Ctxs for one Dialer", n)
	}
	c, err := d.Dial("tcp", addr)
	must(t, err)
	defer c.Close()
	must(t, d.Close())
	must(t, d.Close())
	ping(t, c) // goes on
	_, err = d.Dial("tcp", addr)
	is(t, "Dial after Close", err, net.ErrClosed)
	if n := ossl.Live().Ctx - before; n != 0 {
		t.Errorf("%d Ctxs after Close", n)
	}
}

// TestDialerName verifies the host of the address unless told another name.
func TestDialerName(t *testing.T) {
	addr := echoListener(t, &Config{Certificates: []Certificate{identity(testdata.SNI.A)}})
	trust := roots(testdata.SNI.A)
	_, err := Dial("tcp", addr, &Config{RootCAs: trust})
	is(t, "by address", err, ossl.VerifyIPAddressMismatch)
	var op *net.OpError
	if !errors.As(err, &op) || op.Op != "handshake" || op.Addr.String() != addr {
		t.Errorf("got %#v", err)
	}
	c, err := Dial("tcp", addr, &Config{RootCAs: trust, ServerName: "a.example"})
	must(t, err)
	must(t, c.Close())
	c, err = Dial("tcp", addr, &Config{InsecureSkipVerify: true})
	must(t, err)
	must(t, c.Close())

	ctx, err := (&Config{RootCAs: trust}).NewClientCtx()
	must(t, err)
	defer ctx.Close()
	for _, d := range []*Dialer{
		{Ctx: ctx, Config: &Config{ServerName: "a.example", CipherList: "NOT-LOOKED-AT"}},
		{Ctx: ctx, Config: &Config{InsecureSkipVerify: true}},
	} {
		c, err := d.Dial("tcp", addr)
		must(t, err)
		must(t, c.Close())
		must(t, d.Close())
	}
	if ctx.GetVerifyMode() != ossl.VerifyPeer {
		t.Error("the Dialer has closed the caller's Ctx")
	}
}

// TestDialerNoName does not connect to a unix socket without a name to verify.
func TestDialerNoName(t *testing.T) {
	before := ossl.Live()
	ln, err := net.Listen("unix", t.TempDir()+"/socket")
	must(t, err)
	defer ln.Close()
	_, err = Dial("unix", ln.Addr().String(), &Config{RootCAs: roots(testdata.ECDSA)})
	var bad *ConfigError
	if !errors.As(err, &bad) || bad.Field != "ServerName" {
		t.Errorf("got %v", err)
	}
	leavesNothing(t, before)
}

// TestDialerFails returns what package net says, and disturbs nobody with a
// Config that cannot work.
func TestDialerFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	_, err = Dial("tcp", ln.Addr().String(), &Config{CipherList: "NO-SUCH-CIPHER"})
	var bad *ConfigError
	if !errors.As(err, &bad) {
		t.Errorf("got %v", err)
	}
	must(t, ln.(*net.TCPListener).SetDeadline(time.Now().Add(10*time.Millisecond)))
	if _, err := ln.Accept(); err == nil {
		t.Error("it has connected before it looked at its Config")
	}
	must(t, ln.Close())
	d := new(Dialer)
	defer d.Close()
	c, err := d.DialContext(context.Background(), "tcp", ln.Addr().String())
	is(t, "closed port", err, syscall.ECONNREFUSED)
	if c != nil {
		t.Errorf("a net.Conn with the error: %#v", c)
	}
}

// TestDialerTimeouts meets a server that says nothing.
func TestDialerTimeouts(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	soonest := 30 * time.Millisecond
	cancelled, cancel := context.WithCancel(context.Background())
	time.AfterFunc(soonest, cancel)
	limited, cancel2 := context.WithTimeout(context.Background(), soonest)
	defer cancel2()
	for name, tt := range map[string]struct {
		ctx  context.Context
		d    net.Dialer
		want error
	}{
		"cancel":   {cancelled, net.Dialer{}, context.Canceled},
		"context":  {limited, net.Dialer{}, context.DeadlineExceeded},
		"timeout":  {context.Background(), net.Dialer{Timeout: soonest}, context.DeadlineExceeded},
		"deadline": {context.Background(), net.Dialer{Deadline: time.Now().Add(soonest)}, context.DeadlineExceeded},
	} {
		t.Run(name, func(t *testing.T) {
			d := &Dialer{NetDialer: &tt.d, Config: clientConfig()}
			defer d.Close()
			err := soon(t, "dial", result(func() error {
				_, err := d.DialContext(tt.ctx, "tcp", ln.Addr().String())
				return err
			}))
			is(t, "dial", err, tt.want)
			var ne net.Error
			if !errors.As(err, &ne) || ne.Timeout() != (name != "cancel") {
				t.Errorf("got %#v", err)
			}
		})
	}
}
