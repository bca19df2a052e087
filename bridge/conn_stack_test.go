package bridge

import (
	"crypto/tls"
	"net"
	"testing"
	"unsafe"

	"github.com/sslsock/sslsock/testdata"
)

// TestConnStack has goroutines shake hands, read and write, and stay on the
// 2 KiB of stack that they began with: with a connection for each, twice that
// would be a tenth of an idle connection's memory.
func TestConnStack(t *testing.T) {
	if sanitized {
		t.Skip("sanitizers make frames larger")
	}
	const conns = 20
	ctx := serverCtx(t, testdata.ECDSA)
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ln := NewListener(inner, ctx)
	defer ln.Close()
	moved := make(chan bool)
	go func() {
		for range conns {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go serveWatched(c, make([]byte, 64), moved)
		}
	}()
	grown := 0
	for range conns {
		c, err := tls.Dial("tcp", inner.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		must(t, err)
		_, err = c.Write([]byte("hello"))
		must(t, err)
		if <-moved {
			grown++
		}
		c.Close()
	}
	if grown > conns/2 { // a collection in between may have a pool need more
		t.Errorf("the stacks of %d goroutines of %d grew", grown, conns)
	}
}

// serveWatched tells whether its stack has been moved, as a stack that grows is.
func serveWatched(c net.Conn, buf []byte, moved chan<- bool) {
	var here byte
	before := uintptr(unsafe.Pointer(&here))
	n, _ := c.Read(buf)
	_, _ = c.Write(buf[:n])
	moved <- uintptr(unsafe.Pointer(&here)) != before
	c.Close()
}
