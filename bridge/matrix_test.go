package bridge

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// endpoint is an implementation of TLS as either side of a connection. Each
// complains itself about whatever ends out of order; what was negotiated is for
// the table to judge.
//
// Servers answer every line with the same line reversed, because that is what
// `openssl s_server -rev` does, and because it takes plaintext to do so.
type endpoint interface {
	// serve serves as many connections as params say, one after the other.
	// finished waits until they are over, and tells how each was.
	serve(t testing.TB, p params) (addr string, finished func() []outcome)
	// connect sends the payload, takes as many bytes back, sends close_notify
	// and takes the server's. It offers the session, unless that is nil.
	connect(t testing.TB, addr string, p params, session any) outcome
}

// params are one row of the table.
type params struct {
	chain       testdata.Chain
	version     int
	connections int
	payload     []byte
	tune        func(*Config) // of a server of ours; nil: as it is
}

// outcome is what one side knows of a connection.
type outcome struct {
	version int
	cipher  string
	resumed tristate
	answer  []byte   // clients: what came back
	chain   [][]byte // clients: the server's, once verified; nil where a program does not tell
	session any      // clients: what to offer next time
}

// tristate is a bool of which openssl's programs do not tell.
type tristate string

const untold tristate = ""

func told(b bool) tristate { return tristate(fmt.Sprint(b)) }

// TestMatrix has every implementation talk to every other, ours among
// themselves too, and not the others: they are tested elsewhere.
func TestMatrix(t *testing.T) {
	kinds := []struct {
		name string
		endpoint
		ours bool
	}{
		{"loop", loopEndpoint{}, true},
		{"conn", connEndpoint{}, true},
		{"std", stdEndpoint{}, false},
		{"openssl", opensslEndpoint{}, false},
	}
	for _, client := range kinds {
		for _, server := range kinds {
			if client.name == server.name && !client.ours {
				continue
			}
			eachRow(func(row string, p params) {
				t.Run(client.name+"-"+server.name+"/"+row, func(t *testing.T) {
					t.Parallel()
					p.payload = manyLines(t)
					converse(t, client.endpoint, server.endpoint, p)
				})
			})
		}
	}
}

// eachRow is {version} x {kind of key} x {full, resumed}.
func eachRow(f func(name string, p params)) {
	for _, v := range []struct {
		name    string
		version int
	}{{"tls1.2", ossl.TLS1_2Version}, {"tls1.3", ossl.TLS1_3Version}} {
		for _, chain := range []testdata.Chain{testdata.RSA, testdata.ECDSA, testdata.Ed25519} {
			for n, name := range []string{"full", "resumed"} {
				f(v.name+"/"+chain.Name+"/"+name, params{chain: chain, version: v.version, connections: n + 1})
			}
		}
	}
}

// converse connects as often as p says; each connection after the first
// resumes the one before.
func converse(t *testing.T, client, server endpoint, p params) {
	addr, finished := server.serve(t, p)
	var session any
	for n := range p.connections {
		o := client.connect(t, addr, p, session)
		session = o.session
		check(t, fmt.Sprintf("client, connection %d", n+1), o, p, n > 0)
		if want := reversed(p.payload); !bytes.Equal(o.answer, want) {
			t.Errorf("connection %d: %d bytes came back, not the %d that were to, or not the same", n+1, len(o.answer), len(want))
		}
		if o.chain != nil && !bytes.Equal(o.chain[0], leafOf(t, p.chain)) {
			t.Errorf("connection %d: the server showed another certificate than %s", n+1, p.chain.Cert)
		}
	}
	served := finished()
	if len(served) != p.connections {
		t.Fatalf("the server served %d connections, not %d", len(served), p.connections)
	}
	for n, o := range served {
		check(t, fmt.Sprintf("server, connection %d", n+1), o, p, n > 0)
	}
}

func check(t *testing.T, who string, o outcome, p params, resumed bool) {
	t.Helper()
	if o.version != p.version {
		t.Errorf("%s: version %#x, not %#x", who, o.version, p.version)
	}
	if o.cipher == "" {
		t.Errorf("%s: no cipher", who)
	}
	if o.resumed != untold && o.resumed != told(resumed) {
		t.Errorf("%s: resumed: %s, not %s", who, o.resumed, told(resumed))
	}
}

// manyLines is more than one TLS record of text, in lines of many lengths, and
// little enough to fit in a socket's buffers. None of it is a command to
// s_client.
func manyLines(t testing.TB) []byte {
	t.Helper()
	var text []byte
	for n := range 150 {
		raw := make([]byte, n)
		_, err := rand.Read(raw)
		must(t, err)
		text = hex.AppendEncode(text, raw)
		text = append(text, '\n')
	}
	if len(text) <= maxRecord/2 || len(text) > 2*maxRecord {
		t.Fatalf("%d bytes of payload", len(text))
	}
	return text
}

// reversed is text with every line reversed.
func reversed(text []byte) []byte {
	text = bytes.Clone(text)
	for rest := text; ; {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			return text
		}
		slices.Reverse(rest[:end])
		rest = rest[end+1:]
	}
}

// leafOf is the first certificate of a chain's file.
func leafOf(t testing.TB, chain testdata.Chain) []byte {
	t.Helper()
	leaf, _ := splitChain(t, chain)
	return leaf.Bytes
}

// splitChain is the first certificate of a chain's file, and the text of the
// others.
func splitChain(t testing.TB, chain testdata.Chain) (leaf *pem.Block, rest []byte) {
	t.Helper()
	text, err := os.ReadFile(testdata.Path(chain.Cert))
	must(t, err)
	leaf, rest = pem.Decode(text)
	if leaf == nil {
		t.Fatal("no certificate in", chain.Cert)
	}
	return leaf, rest
}

// duplex is a net.Conn that can say goodbye and go on reading.
type duplex interface {
	net.Conn
	CloseWrite() error
}

// serveLines is a server's part on a net.Conn, until the client's close_notify.
func serveLines(c duplex) error {
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadBytes('\n')
		switch {
		case err == io.EOF && len(line) == 0:
			return c.Close()
		case err != nil:
			return fmt.Errorf("read after %d bytes of a line: %w", len(line), err)
		}
		if _, err := c.Write(reversed(line)); err != nil {
			return err
		}
	}
}

// askLines is a client's part on a net.Conn: it writes while it reads. last is
// called between the answer and close_notify.
func askLines(c duplex, payload []byte, last func()) ([]byte, error) {
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	sent := result(func() error { _, err := c.Write(payload); return err })
	answer := make([]byte, len(payload))
	if n, err := io.ReadFull(c, answer); err != nil {
		return nil, fmt.Errorf("read after %d bytes: %w", n, err)
	}
	if err := <-sent; err != nil {
		return nil, err
	}
	last()
	if err := c.CloseWrite(); err != nil {
		return nil, err
	}
	if n, err := c.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, fmt.Errorf("%d more bytes and %w instead of io.EOF", n, err)
	}
	return answer, c.Close()
}

// acceptLines serves connections one after the other, and what it returns
// waits for the outcomes. state is asked for when a connection is over.
func acceptLines[C duplex](t testing.TB, ln net.Listener, connections int, state func(C) outcome) (finished func() []outcome) {
	t.Cleanup(func() { _ = ln.Close() })
	done := result(func() (list []outcome) {
		for n := range connections {
			nc, err := ln.Accept()
			if err != nil {
				t.Errorf("accept: %v", err)
				return list
			}
			c := nc.(C)
			if err := serveLines(c); err != nil {
				t.Errorf("server, connection %d: %v", n+1, err)
			}
			list = append(list, state(c))
		}
		return list
	})
	return func() []outcome {
		t.Helper()
		return soon(t, "end of the server's connections", done)
	}
}
