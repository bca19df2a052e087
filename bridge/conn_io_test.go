package bridge

import (
	"bytes"
	"errors"
	"io"
	"math/rand"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// TestConnAllocs has a line go back and forth between two Conns. The second of
// the reads parks, because its answer has still to be sent.
func TestConnAllocs(t *testing.T) {
	if sanitized {
		t.Skip("sanitizers allocate")
	}
	for _, v := range versions {
		for _, size := range []int{64, 16 << 10, 100_000} {
			c, s := ourPair(t, settings{version: v.version})
			go func() {
				p := make([]byte, size)
				for {
					if _, err := io.ReadFull(s, p); err != nil {
						return
					}
					if _, err := s.Write(p); err != nil {
						return
					}
				}
			}()
			p := make([]byte, size)
			n := testing.AllocsPerRun(200, func() {
				if _, err := c.Write(p); err != nil {
					t.Error(err)
				}
				if _, err := io.ReadFull(c, p); err != nil {
					t.Error(err)
				}
			})
			if n != 0 {
				t.Errorf("%s, %d bytes: %v allocations for a round trip, want 0", v.name, size, n)
			}
			_, _ = c.Close(), s.Close()
		}
	}
}

// TestConnBothWays sends a megabyte each way at once through the smallest
// buffers that the kernel has: a record fills them more than three times. TCP
// with buffers below its segment size spends its time in timers, so less goes
// that way.
func TestConnBothWays(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		for network, n := range map[string]int{"unix": 1 << 20, "tcp": 20_000} {
			nc, ns := sockets(t, network)
			small(t, nc)
			small(t, ns)
			c, s := client.client(t, nc, set), server.server(t, ns, set)
			shake(t, c, s)
			bothWays(t, c, s, n)
		}
	})
}

// TestConnByteByByte puts a relay between the two that passes one byte at a
// time, so that every record and every flight arrives in pieces.
func TestConnByteByByte(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer ln.Close()
		nc, err := net.Dial("tcp", relay(t, ln.Addr()).String())
		must(t, err)
		defer nc.Close()
		ns, err := ln.Accept()
		must(t, err)
		defer ns.Close()
		c, s := client.client(t, nc, set), server.server(t, ns, set)
		shake(t, c, s)
		bothWays(t, c, s, 5000)
	})
}

// bothWays sends n bytes each way at once, ends both directions, and compares.
func bothWays(t *testing.T, c, s net.Conn, n int) {
	t.Helper()
	data := make([]byte, n)
	rand.New(rand.NewSource(1)).Read(data)
	send := func(nc net.Conn) <-chan error {
		return result(func() error {
			_, err := nc.Write(data)
			return errors.Join(err, nc.(interface{ CloseWrite() error }).CloseWrite())
		})
	}
	receive := func(nc net.Conn) <-chan []byte {
		return result(func() []byte {
			got, err := io.ReadAll(nc)
			if err != nil {
				t.Errorf("read: %v", err)
			}
			return got
		})
	}
	sent := []<-chan error{send(c), send(s)}
	got := []<-chan []byte{receive(c), receive(s)}
	for i := range sent {
		must(t, soon(t, "write", sent[i]))
		if !bytes.Equal(soon(t, "read", got[i]), data) {
			t.Error("what arrived is not what was sent")
		}
	}
}

// TestConnHalfClose has each side in turn end its own direction first. The
// other one answers all the same.
func TestConnHalfClose(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		for _, clientFirst := range []bool{true, false} {
			first, second := tlsPair(t, client, server, set)
			if !clientFirst {
				first, second = second, first
			}
			answer := bytes.Repeat([]byte("answer "), 10_000)
			answered := result(func() error {
				question, err := io.ReadAll(second)
				if string(question) != "question" {
					t.Errorf("got %q", question)
				}
				_, werr := second.Write(answer)
				return errors.Join(err, werr, second.Close())
			})
			if _, err := io.WriteString(first, "question"); err != nil {
				t.Fatal(err)
			}
			must(t, first.(interface{ CloseWrite() error }).CloseWrite())
			got, err := io.ReadAll(first)
			must(t, err)
			must(t, soon(t, "answer", answered))
			if !bytes.Equal(got, answer) {
				t.Errorf("%d of %d bytes of the answer", len(got), len(answer))
			}
			if c, ok := first.(*Conn); ok {
				_, err := c.Write([]byte("more"))
				is(t, "Write after CloseWrite", err, syscall.EPIPE)
				must(t, c.CloseWrite()) // again: nothing to do
			}
		}
	})
}

// TestConnEmpty reads and writes nothing.
func TestConnEmpty(t *testing.T) {
	c, s := ourPair(t, settings{})
	for _, p := range [][]byte{nil, {}} {
		if n, err := c.Write(p); n != 0 || err != nil {
			t.Error("Write of nothing:", n, err)
		}
		if n, err := c.Read(p); n != 0 || err != nil {
			t.Error("Read of nothing:", n, err)
		}
	}
	lines(t, c, s)
}

// TestConnFillsBuffer reads what came in several records at once.
func TestConnFillsBuffer(t *testing.T) {
	c, s := ourPair(t, settings{})
	for range 10 {
		if _, err := s.Write(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	must(t, s.CloseWrite())
	time.Sleep(10 * time.Millisecond)
	if n, err := c.Read(make([]byte, 4096)); n != 1000 || err != nil {
		t.Errorf("the first Read brought %d of 1000 bytes, %v", n, err)
	}
	if n, err := c.Read(make([]byte, 4096)); n != 0 || err != io.EOF {
		t.Errorf("then %d, %v", n, err)
	}
}

// TestConnState compares what both sides say they have negotiated.
func TestConnState(t *testing.T) {
	eachPairing(t, func(t *testing.T, client, server impl, set settings) {
		c, s := tlsPair(t, client, server, set)
		for _, nc := range []net.Conn{c, s} {
			oc, ok := nc.(*Conn)
			if !ok {
				continue
			}
			state := oc.ConnectionState()
			if !state.HandshakeComplete || state.Version != set.version || state.CipherName == "" {
				t.Errorf("state: %+v", state)
			}
			if nc == c && len(state.PeerCertificates) != 2 {
				t.Errorf("%d peer certificates, want leaf and intermediate", len(state.PeerCertificates))
			}
			if nc == s && state.ServerName != "localhost" {
				t.Errorf("server name %q", state.ServerName)
			}
		}
	})
	nc, _ := sockets(t, "tcp")
	if st := ourClient(t, nc, settings{}).(*Conn).ConnectionState(); st.HandshakeComplete || st.Version != 0 {
		t.Errorf("before the handshake: %+v", st)
	}
}

// TestConnNeedsSocket refuses what libssl cannot read.
func TestConnNeedsSocket(t *testing.T) {
	ctx, err := (&Config{InsecureSkipVerify: true}).NewClientCtx()
	must(t, err)
	defer ctx.Close()
	before := ossl.Live()
	a, b := net.Pipe()
	defer a.Close()
	defer b.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer udp.Close()
	for name, nc := range map[string]net.Conn{"net.Pipe": a, "UDP": udp.(net.Conn)} {
		_, err = Client(nc, ctx, nil)
		is(t, name, err, ErrNotSocket)
		_, err = Server(nc, ctx)
		is(t, name, err, ErrNotSocket)
	}
	leavesNothing(t, before)
}
