package bridge

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// earlyConns is a client with a session, and the server that gave it, both about
// to shake hands on nc and ns.
func earlyConns(t testing.TB, cfg *Config, pair func(net.Conn, *ossl.Ctx, *ossl.Ctx, *ossl.Session) (c, s *Conn)) (c, s *Conn) {
	t.Helper()
	server, err := cfg.NewServerCtx()
	must(t, err)
	t.Cleanup(server.Close)
	client, err := (&Config{RootCAs: roots(testdata.ECDSA)}).NewClientCtx()
	must(t, err)
	t.Cleanup(client.Close)
	nc, ns := sockets(t, "tcp")
	c, err = Client(nc, client, &ClientOptions{ServerName: "localhost"})
	must(t, err)
	s, err = Server(ns, server)
	must(t, err)
	shake(t, c, s)
	lines(t, c, s)
	sess, err := c.Session()
	must(t, err)
	t.Cleanup(sess.Close)
	must(t, c.Close())
	must(t, s.Close())
	if pair != nil {
		c, s = pair(nil, client, server, sess)
	} else {
		nc, ns = sockets(t, "tcp")
		narrow(t, nc)
		narrow(t, ns)
		c, err = Client(nc, client, &ClientOptions{ServerName: "localhost", Session: sess})
		must(t, err)
		s, err = Server(ns, server)
		must(t, err)
	}
	t.Cleanup(func() { _, _ = c.Close(), s.Close() })
	return c, s
}

// readEarly reads early data to its end.
func readEarly(c *Conn) (string, error) {
	var all strings.Builder
	buf := make([]byte, 5000)
	for {
		n, err := c.ReadEarlyData(buf)
		all.Write(buf[:n])
		if err == io.EOF {
			return all.String(), nil
		}
		if err != nil {
			return all.String(), err
		}
	}
}

// numbered is text in which nothing can be missing, or twice, unseen.
func numbered(n int) string {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		b.WriteString(time.Duration(i).String())
	}
	return b.String()[:n]
}

// TestConnEarlyDataDeadlines interrupts each operation, and goes on with it.
func TestConnEarlyDataDeadlines(t *testing.T) {
	const size = 200_000
	c, s := earlyConns(t, earlyConfig(size), nil)
	past := time.Now().Add(-time.Second)
	soonOver := func() time.Time { return time.Now().Add(50 * time.Millisecond) }
	text := numbered(size)

	must(t, s.SetReadDeadline(past))
	_, err := readEarly(s)
	is(t, "read", err, os.ErrDeadlineExceeded)

	must(t, c.SetWriteDeadline(soonOver()))
	n, err := io.WriteString(earlyWriter{c}, text)
	is(t, "write", err, os.ErrDeadlineExceeded)
	if n == 0 || n == size {
		t.Fatalf("%d of %d bytes went out to a server that does not read", n, size)
	}
	must(t, c.SetWriteDeadline(time.Time{}))
	wrote := result(func() error {
		_, err := io.WriteString(earlyWriter{c}, text[n:])
		return errors.Join(err, c.Handshake())
	})
	must(t, s.SetReadDeadline(time.Time{}))
	got, err := readEarlyAndAnswer(s, "")
	if err != nil {
		t.Fatal(err, soon(t, "client", wrote))
	}
	must(t, s.Handshake())
	must(t, soon(t, "client", wrote))
	if got != text || c.EarlyDataStatus() != ossl.EarlyDataAccepted {
		t.Errorf("%d bytes arrived, status %v", len(got), c.EarlyDataStatus())
	}
	lines(t, c, s)
}

// narrow is a socket that holds little, but is not as slow as a small one.
func narrow(t testing.TB, nc net.Conn) {
	t.Helper()
	must(t, nc.(*net.TCPConn).SetReadBuffer(32<<10))
	must(t, nc.(*net.TCPConn).SetWriteBuffer(16<<10))
}

type earlyWriter struct{ c *Conn }

func (w earlyWriter) Write(p []byte) (int, error) { return w.c.WriteEarlyData(p) }

func readEarlyAndAnswer(s *Conn, answer string) (string, error) {
	got, err := readEarly(s)
	if err == nil && answer != "" {
		_, err = io.WriteString(earlyWriter{s}, answer)
	}
	return got, err
}

// TestConnEarlyAnswerDeadline has a server send more than the socket takes to a
// client that has not finished its handshake, with a deadline in the middle. With
// no ticket after it nothing but the server itself brings the last bytes on their
// way.
func TestConnEarlyAnswerDeadline(t *testing.T) {
	for _, tickets := range []int{1, -1} {
		cfg := earlyConfig(0)
		c, s := earlyConns(t, cfg, func(_ net.Conn, client, server *ossl.Ctx, _ *ossl.Session) (*Conn, *Conn) {
			nc, ns := sockets(t, "tcp")
			narrow(t, nc)
			narrow(t, ns)
			must(t, server.SetNumTickets(max(tickets, 0)))
			c, err := Client(nc, client, &ClientOptions{ServerName: "localhost"})
			must(t, err)
			s, err := Server(ns, server)
			must(t, err)
			return c, s
		})
		// Its ClientHello, and no more.
		must(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
		is(t, "client", c.Handshake(), os.ErrDeadlineExceeded)
		if got, err := readEarly(s); got != "" || err != nil {
			t.Fatal(got, err)
		}
		text := numbered(300_000)
		sent := 0
		for step := range 200 {
			must(t, s.SetWriteDeadline(time.Now().Add(time.Millisecond)))
			n, err := io.WriteString(earlyWriter{s}, text[sent:min(len(text), sent+5000+step)])
			if sent += n; err != nil {
				is(t, "server", err, os.ErrDeadlineExceeded)
				break
			}
		}
		if sent == len(text) {
			t.Fatal("the socket took everything")
		}
		must(t, s.SetWriteDeadline(time.Time{}))
		must(t, c.SetReadDeadline(time.Time{}))
		served := result(func() error {
			_, err := s.Write([]byte(text[sent:]))
			return errors.Join(err, s.CloseWrite())
		})
		got, err := io.ReadAll(c)
		must(t, err)
		must(t, soon(t, "server", served))
		if string(got) != text {
			t.Errorf("with %d tickets %d of %d bytes arrived, or others", tickets, len(got), len(text))
		}
	}
}

// TestConnEarlyDataClose wakes whoever waits for early data.
func TestConnEarlyDataClose(t *testing.T) {
	_, s := earlyConns(t, earlyConfig(100), nil)
	waits := result(func() error { _, err := readEarly(s); return err })
	must(t, s.Close())
	is(t, "ReadEarlyData", soon(t, "ReadEarlyData", waits), net.ErrClosed)
	_, err := s.WriteEarlyData([]byte("x"))
	is(t, "WriteEarlyData", err, net.ErrClosed)

	c, s := earlyConns(t, earlyConfig(100), nil)
	waits = result(func() error { _, err := readEarly(s); return err })
	must(t, c.NetConn().Close())
	if err := soon(t, "ReadEarlyData", waits); !gone(err) {
		t.Error(err)
	}
}

// TestConnEarlyDataOrder calls what has its time at the wrong one.
func TestConnEarlyDataOrder(t *testing.T) {
	c, s := earlyConns(t, earlyConfig(10), nil)
	_, err := s.WriteEarlyData([]byte("x"))
	is(t, "answer before the question", err, ErrNoEarlyData)
	_, err = c.ReadEarlyData(make([]byte, 1))
	is(t, "a client that reads", err, ErrNoEarlyData)

	n, err := c.WriteEarlyData([]byte("0123"))
	if n != 4 || err != nil {
		t.Fatal(n, err)
	}
	n, err = c.WriteEarlyData([]byte("456789ab"))
	is(t, "more than allowed", err, ErrEarlyDataLimit)
	if n != 6 {
		t.Errorf("%d bytes taken of 6", n)
	}
	n, err = c.WriteEarlyData([]byte("c"))
	is(t, "more than allowed", err, ErrEarlyDataLimit)
	if n != 0 {
		t.Errorf("%d bytes taken of 0", n)
	}
	shaken := result(c.Handshake)
	buf := make([]byte, 2)
	n, err = s.ReadEarlyData(buf)
	if string(buf[:n]) != "01" || err != nil {
		t.Fatalf("%q, %v", buf[:n], err)
	}
	is(t, "handshake", s.Handshake(), ErrEarlyDataUnread)
	_, err = s.Read(buf)
	is(t, "read", err, ErrEarlyDataUnread)
	got, err := readEarly(s)
	if got != "23456789" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	must(t, s.Handshake())
	must(t, soon(t, "client", shaken))
	lines(t, c, s)
	for _, side := range []*Conn{c, s} {
		_, err = side.WriteEarlyData([]byte("x"))
		is(t, "after the handshake", err, ErrNoEarlyData)
	}
	if _, err := s.ReadEarlyData(buf); err != io.EOF {
		t.Error(err)
	}

	c, s = earlyConns(t, earlyConfig(10), nil)
	must(t, s.SetReadDeadline(time.Now().Add(-time.Second)))
	is(t, "handshake", s.Handshake(), os.ErrDeadlineExceeded)
	must(t, c.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	is(t, "handshake", c.Handshake(), os.ErrDeadlineExceeded)
	must(t, s.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	is(t, "handshake", s.Handshake(), os.ErrDeadlineExceeded)
	_, err = s.ReadEarlyData(buf)
	is(t, "too late to read", err, ErrNoEarlyData)
	_, err = c.WriteEarlyData([]byte("x"))
	is(t, "too late to write", err, ErrNoEarlyData)
	must(t, s.SetReadDeadline(time.Time{}))
	must(t, c.SetReadDeadline(time.Time{}))
	shake(t, c, s)
}

// TestConnEarlyDataPipe has both sides on a net.Conn that is no socket.
func TestConnEarlyDataPipe(t *testing.T) {
	c, s := earlyConns(t, earlyConfig(1<<16), func(_ net.Conn, client, server *ossl.Ctx, sess *ossl.Session) (*Conn, *Conn) {
		nc, ns := net.Pipe()
		a, err := client.NewSSL()
		must(t, err)
		a.SetConnectState()
		must(t, a.Set1Host("localhost"))
		must(t, a.SetTlsextHostName("localhost"))
		must(t, a.SetSession(sess))
		b, err := server.NewSSL()
		must(t, err)
		b.SetAcceptState()
		c, err := NewConn(nc, client, a)
		must(t, err)
		s, err := NewConn(ns, server, b)
		must(t, err)
		return c, s
	})
	text := numbered(1 << 16)
	sent := result(func() error {
		_, err := io.WriteString(earlyWriter{c}, text)
		return errors.Join(err, c.Handshake())
	})
	got, err := readEarly(s)
	must(t, err)
	answered := result(func() error {
		_, err := io.WriteString(earlyWriter{s}, text)
		return errors.Join(err, s.Handshake())
	})
	must(t, soon(t, "client", sent))
	back := make([]byte, len(text))
	_, err = io.ReadFull(c, back)
	must(t, err)
	must(t, soon(t, "server", answered))
	if got != text || string(back) != text || c.EarlyDataStatus() != ossl.EarlyDataAccepted {
		t.Errorf("%d bytes arrived, %d came back, %v", len(got), len(back), c.EarlyDataStatus())
	}
	lines(t, c, s)
}
