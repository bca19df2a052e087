package bridge

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// TestCloseWakes closes a Conn whose reader and writer are parked.
func TestCloseWakes(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		nc, ns := sockets(t, "unix")
		small(t, nc)
		small(t, ns)
		c, s := client.client(t, nc, set), server.server(t, ns, set)
		shake(t, c, s)
		if client.name != ours.name {
			c, s = s, c
		}
		// The tickets must be read first: a socket that is closed with unread data in it resets its peer.
		sent := result(func() error { _, err := s.Write([]byte("x")); return err })
		_, err := io.ReadFull(c, make([]byte, 1))
		must(t, err)
		must(t, soon(t, "Write of the peer", sent))
		read := result(func() error { _, err := c.Read(make([]byte, 1)); return err })
		write := result(func() error { _, err := c.Write(make([]byte, 1<<20)); return err })
		untilFull(t, c.(*Conn))
		must(t, c.Close())
		is(t, "Read", soon(t, "Read", read), net.ErrClosed)
		is(t, "Write", soon(t, "Write", write), net.ErrClosed)
		is(t, "Close again", c.Close(), net.ErrClosed)
		_, err = c.Read(make([]byte, 1))
		is(t, "Read afterwards", err, net.ErrClosed)
		is(t, "CloseWrite afterwards", c.(*Conn).CloseWrite(), net.ErrClosed)
		is(t, "Handshake afterwards", c.(*Conn).Handshake(), net.ErrClosed)
		// A Write was under way, so there was no close_notify.
		if _, err := io.Copy(io.Discard, s); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the peer got %v, want an unexpected EOF", err)
		}
	})
}

// TestCloseFull closes a Conn whose socket has taken all that was written, and
// not a byte more: close_notify waits for the peer to read, and who waits to
// read does not.
func TestCloseFull(t *testing.T) {
	const record = 23 // of one byte, in TLS 1.3: RFC 8446, section 5.2
	set := settings{version: ossl.TLS1_3Version}
	nc, ns := sockets(t, "unix")
	small(t, nc)
	c, s := ourClient(t, nc, set), ourServer(t, ns, set)
	shake(t, c, s)
	lines(t, c, s)
	room := roomFor(t, record)
	for range room {
		_, err := c.Write([]byte{1})
		must(t, err)
	}
	read := result(func() error { _, err := c.Read(make([]byte, 1)); return err })
	closed := result(c.Close)
	is(t, "Read", soon(t, "Read", read), net.ErrClosed)
	if n, err := io.Copy(io.Discard, s); err != nil || n != int64(room) {
		t.Errorf("the peer got %d bytes and %v, want %d and the end", n, err, room)
	}
	must(t, soon(t, "Close", closed))
}

// roomFor says how many writes of n bytes a small socket takes.
func roomFor(t testing.TB, n int) (writes int) {
	t.Helper()
	nc, _ := sockets(t, "unix")
	small(t, nc)
	raw, err := nc.(syscall.Conn).SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) {
		for {
			if _, err := syscall.Write(int(fd), make([]byte, n)); err != nil {
				return
			}
			writes++
		}
	}))
	return writes
}

// untilFull waits until a Write has met a full socket.
func untilFull(t testing.TB, c *Conn) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		c.mu.Lock()
		held := c.out.held
		c.mu.Unlock()
		if held {
			return
		}
	}
	t.Fatal("the socket never filled")
}

// TestCloseWakesHandshake closes a Conn that waits for its peer's first word.
func TestCloseWakesHandshake(t *testing.T) {
	for _, side := range []func(testing.TB, net.Conn, settings) net.Conn{ourClient, ourServer} {
		nc, _ := sockets(t, "tcp")
		c := side(t, nc, settings{})
		waiting := result(func() error { _, err := c.Read(make([]byte, 1)); return err })
		time.Sleep(5 * time.Millisecond)
		must(t, c.Close())
		is(t, "Read", soon(t, "Read", waiting), net.ErrClosed)
	}
}

// TestCloseMany has everybody close at once, next to readers and writers.
func TestCloseMany(t *testing.T) {
	for range 20 {
		c, s := ourPair(t, settings{})
		var wg sync.WaitGroup
		closed := make(chan error, 8)
		for _, nc := range []*Conn{c, s} {
			wg.Go(func() { _, _ = io.Copy(io.Discard, nc) })
			wg.Go(func() { _, _ = nc.Write(make([]byte, 1<<20)) })
			for range 4 {
				wg.Go(func() { closed <- nc.Close() })
			}
		}
		wg.Wait()
		close(closed)
		first := 0
		for err := range closed {
			if err == nil {
				first++
			} else {
				is(t, "Close", err, net.ErrClosed)
			}
		}
		if first != 2 {
			t.Errorf("%d of 8 calls closed 2 connections", first)
		}
	}
}

// TestEnds tells an announced end from a cut, whoever makes it.
func TestEnds(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		for _, tt := range []struct {
			name string
			end  func(nc net.Conn)
			want error
		}{
			{"close_notify", func(nc net.Conn) { _ = nc.Close() }, io.EOF},
			{"cut", func(nc net.Conn) { _ = socketUnder(nc).CloseWrite() }, io.ErrUnexpectedEOF},
			{"reset", func(nc net.Conn) {
				_ = socketUnder(nc).SetLinger(0)
				_ = socketUnder(nc).Close()
			}, syscall.ECONNRESET},
		} {
			t.Run(tt.name, func(t *testing.T) {
				c, s := tlsPair(t, client, server, set)
				if client.name != ours.name {
					c, s = s, c
				}
				lines(t, s, c) // a client has the tickets then
				if _, err := s.Write([]byte("last words")); err != nil {
					t.Fatal(err)
				}
				buf := make([]byte, 100)
				n, err := c.Read(buf)
				if string(buf[:n]) != "last words" || err != nil {
					t.Fatalf("got %q, %v", buf[:n], err)
				}
				tt.end(s)
				for range 2 {
					n, err = c.Read(buf)
					is(t, "Read", err, tt.want)
					if errors.Is(tt.want, io.EOF) != (err == io.EOF) || n != 0 {
						t.Errorf("Read: %d, %#v", n, err)
					}
				}
				if !errors.Is(tt.want, io.EOF) {
					_, err = c.Write(make([]byte, 100))
					for end := time.Now().Add(patience); err == nil && time.Now().Before(end); {
						_, err = c.Write(make([]byte, 100))
					}
					if !gone(err) {
						t.Errorf("Write: %v", err)
					}
				}
				must(t, c.Close())
			})
		}
	})
}

func socketUnder(nc net.Conn) *net.TCPConn {
	if c, ok := nc.(*tls.Conn); ok {
		return c.NetConn().(*net.TCPConn)
	}
	return nc.(*Conn).NetConn().(*net.TCPConn)
}

// TestReadAfterFailedWrite reads what the peer said before it went away, after a
// Write has found that it is gone: that may be the reason.
func TestReadAfterFailedWrite(t *testing.T) {
	c, s := ourPair(t, settings{})
	lines(t, c, s)
	if _, err := s.Write([]byte("because")); err != nil {
		t.Fatal(err)
	}
	must(t, s.Close())
	var err error
	for end := time.Now().Add(patience); err == nil && time.Now().Before(end); {
		_, err = c.Write(make([]byte, 100))
	}
	if !errors.Is(err, syscall.EPIPE) && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("Write: %v", err)
	}
	if _, again := c.Write([]byte("x")); again != err {
		t.Errorf("Write again: %v", again)
	}
	buf := make([]byte, 100)
	if n, err := c.Read(buf); string(buf[:n]) != "because" || err != nil {
		t.Errorf("Read: %q, %v", buf[:n], err)
	}
}

// TestCloseSendsRest closes a Conn that owes the peer the rest of a record, when
// there is room for it again.
func TestCloseSendsRest(t *testing.T) {
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			nc, ns := sockets(t, "unix")
			c, s := ourClient(t, nc, settings{version: v.version}).(*Conn), ourServer(t, ns, settings{version: v.version})
			shake(t, c, s)
			var sent []byte
			for len(c.owed) == 0 {
				must(t, c.SetWriteDeadline(time.Now().Add(5*time.Millisecond)))
				p := bytes.Repeat([]byte{byte(len(sent))}, 10_001)
				n, err := c.Write(p)
				if sent = append(sent, p[:n]...); err != nil {
					is(t, "Write", err, os.ErrDeadlineExceeded)
				}
			}
			got := make([]byte, len(sent)/2)
			_, err := io.ReadFull(s, got)
			must(t, err)
			must(t, c.Close())
			rest, err := io.ReadAll(s)
			must(t, err)
			if got = append(got, rest...); !bytes.Equal(got, sent) {
				t.Errorf("%d bytes arrived, %d were sent", len(got), len(sent))
			}
		})
	}
}

// TestCloseOfWriter closes a client that has never read. Under TLS 1.3 tickets
// lie in its socket, and a socket with unread bytes drops what it has to send.
func TestCloseOfWriter(t *testing.T) {
	for range 10 {
		c, s := ourPair(t, settings{version: ossl.TLS1_3Version})
		data := make([]byte, 1<<20)
		received := result(func() error {
			n, err := io.Copy(io.Discard, s)
			if n != int64(len(data)) {
				t.Errorf("%d bytes arrived", n)
			}
			return err
		})
		if _, err := c.Write(data); err != nil {
			t.Fatal(err)
		}
		must(t, c.Close())
		must(t, soon(t, "reader", received))
	}
}

// TestSocketClosedBehind closes the socket and leaves the Conn.
func TestSocketClosedBehind(t *testing.T) {
	c, s := ourPair(t, settings{})
	must(t, c.NetConn().Close())
	_, err := c.Write([]byte("x"))
	is(t, "Write", err, net.ErrClosed)
	_, err = c.Read(make([]byte, 1))
	is(t, "Read", err, net.ErrClosed)
	is(t, "Close", c.Close(), net.ErrClosed)
	_, err = s.Read(make([]byte, 1))
	if !gone(err) {
		t.Errorf("peer: %v", err)
	}
}
