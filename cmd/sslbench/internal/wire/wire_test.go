package wire

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
)

// serve runs Serve on one end of a connection and returns the other end, and a channel with what Serve returns.
func serve(t *testing.T) (net.Conn, <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- Serve(server) }()
	return client, done
}

func TestServeEchoesFromTheFirstByte(t *testing.T) {
	c, done := serve(t)
	sent := append([]byte{'E'}, bytes.Repeat([]byte("0123456789"), 10_000)...)
	go func() {
		c.Write(sent)
		c.(*net.TCPConn).CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || !bytes.Equal(got, sent) {
		t.Errorf("echo of %d bytes gave %d, error %v", len(sent), len(got), err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeSendsDownloadsOneAfterTheOther(t *testing.T) {
	c, done := serve(t)
	for _, piece := range []string{"G1", "00", "000\x00G5\x00G0\x00", "Echo"} {
		if _, err := io.WriteString(c, piece); err != nil {
			t.Fatal(err)
		}
	}
	c.(*net.TCPConn).CloseWrite()
	got, err := io.ReadAll(c)
	if want := append(make([]byte, 100_005), "Echo"...); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, want %d, error %v", len(got), len(want), err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeTakesAnUploadWithoutAnAnswer(t *testing.T) {
	c, done := serve(t)
	if _, err := c.Write(append([]byte{'S'}, make([]byte, 100_000)...)); err != nil {
		t.Fatal(err)
	}
	c.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(c); len(got) > 0 || err != nil {
		t.Errorf("got %d bytes, error %v", len(got), err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeRefusesABadSize(t *testing.T) {
	for _, request := range []string{"G\x00", "G-1\x00", "Gx\x00", "G99999999999999999999\x00", "G00000000000000000000000"} {
		c, done := serve(t)
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, errNumber) {
			t.Errorf("%q: error %v, want %v", request, err, errNumber)
		}
	}
}
