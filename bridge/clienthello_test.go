package bridge

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sslsock/sslsock/testdata"
)

// TestClientHelloOpenSSL reads what s_client sends, with the options that show
// in a ClientHello.
func TestClientHelloOpenSSL(t *testing.T) {
	long := strings.Join(slices.Repeat([]string{strings.Repeat("x", 200)}, 10), ",")
	for name, tt := range map[string]struct {
		args []string
		want func(h *ClientHelloInfo) bool
	}{
		"default": {nil, func(h *ClientHelloInfo) bool {
			return h.LegacyVersion == tls12 && len(h.SessionID) == 32 && slices.Equal(h.CompressionMethods, []byte{0}) &&
				slices.Contains(h.SupportedVersions, tls13) && slices.Contains(h.CipherSuites, 0x1301) &&
				h.TicketOffered && len(h.Ticket) == 0 && !h.EarlyData && !h.StatusRequest && len(h.PSKIdentities) == 0
		}},
		"name":    {[]string{"-servername", "WWW.Example.COM"}, func(h *ClientHelloInfo) bool { return h.ServerName == "www.example.com" }},
		"no-name": {[]string{"-noservername"}, func(h *ClientHelloInfo) bool { return h.ServerName == "" }},
		"alpn": {[]string{"-alpn", "h2,http/1.1"}, func(h *ClientHelloInfo) bool {
			return slices.Equal(h.ALPN, []string{"h2", "http/1.1"})
		}},
		"tls1.2": {[]string{"-tls1_2"}, func(h *ClientHelloInfo) bool {
			return slices.Equal(h.SupportedVersions, []uint16{tls12, tls11, tls10}) && len(h.KeyShareGroups) == 0 && len(h.PSKModes) == 0
		}},
		"tls1.3": {[]string{"-tls1_3"}, func(h *ClientHelloInfo) bool { return slices.Equal(h.SupportedVersions, []uint16{tls13}) }},
		"tls1.0": {[]string{"-tls1", "-cipher", "ALL:@SECLEVEL=0"}, func(h *ClientHelloInfo) bool {
			return h.LegacyVersion == tls10 && slices.Equal(h.SupportedVersions, []uint16{tls10})
		}},
		"no-ticket": {[]string{"-tls1_2", "-no_ticket"}, func(h *ClientHelloInfo) bool { return !h.TicketOffered }},
		"status":    {[]string{"-status"}, func(h *ClientHelloInfo) bool { return h.StatusRequest }},
		"groups": {[]string{"-groups", "P-384:X25519"}, func(h *ClientHelloInfo) bool {
			return slices.Equal(h.SupportedGroups, []uint16{24, 29}) && slices.Equal(h.KeyShareGroups, []uint16{24})
		}},
		"signatures": {[]string{"-sigalgs", "ECDSA+SHA384:ed25519"}, func(h *ClientHelloInfo) bool {
			return slices.Equal(h.SignatureAlgorithms, []uint16{0x0503, 0x0807})
		}},
		"authorities": {[]string{"-requestCAfile", testdata.Path(testdata.AllRoots)}, func(h *ClientHelloInfo) bool {
			return len(h.CertificateAuthorities) > 1 && h.CertificateAuthorities[0][0] == 0x30
		}},
		"unknown-extension": {[]string{"-serverinfo", "12345"}, func(h *ClientHelloInfo) bool {
			data, ok := h.Extension(12345)
			return ok && len(data) == 0
		}},
		"psk": {[]string{"-tls1_3", "-psk", "0102", "-psk_identity", "my key"}, func(h *ClientHelloInfo) bool {
			return len(h.PSKIdentities) == 1 && string(h.PSKIdentities[0].Identity) == "my key" && h.PSKIdentities[0].ObfuscatedTicketAge == 0 &&
				slices.Contains(h.PSKModes, 1)
		}},
		"many-records": {[]string{"-max_send_frag", "512", "-alpn", long}, func(h *ClientHelloInfo) bool { return len(h.ALPN) == 10 }},
	} {
		t.Run(name, func(t *testing.T) {
			msg, records := capture(t, func(addr string) {
				startOpenSSL(t, append([]string{"s_client", "-connect", addr}, tt.args...)...)
			})
			if (records > 1) != (name == "many-records") {
				t.Errorf("%d records", records)
			}
			if h := parsed(t, msg); !tt.want(h) {
				t.Errorf("got %+v", h)
			}
		})
	}
}

// TestClientHelloPrograms reads what other programs send.
func TestClientHelloPrograms(t *testing.T) {
	for _, tt := range []struct {
		program string
		args    func(host, port string) []string
		alpn    []string
	}{
		{"curl", func(_, port string) []string {
			return []string{"-sk", "--max-time", "20", "--http1.1", "https://localhost:" + port + "/"}
		}, []string{"http/1.1"}},
		{"python3", func(host, port string) []string {
			return []string{"-c", `import socket, ssl, sys
c = ssl._create_unverified_context()
c.set_alpn_protocols(["one", "two"])
c.wrap_socket(socket.create_connection((sys.argv[1], sys.argv[2])), server_hostname="localhost")`, host, port}
		}, []string{"one", "two"}},
		{"node", func(host, port string) []string {
			return []string{"-e", `const [host, port] = process.argv.slice(1)
require("tls").connect({host, port, servername: "localhost", ALPNProtocols: ["one", "two"], rejectUnauthorized: false})
.on("error", () => {})`, host, port}
		}, []string{"one", "two"}},
	} {
		t.Run(tt.program, func(t *testing.T) {
			path, err := exec.LookPath(tt.program)
			if err != nil {
				t.Skip("not installed:", err)
			}
			ctx, stop := context.WithCancel(t.Context())
			var running sync.WaitGroup
			defer running.Wait()
			defer stop()
			msg, _ := capture(t, func(addr string) {
				host, port, err := net.SplitHostPort(addr)
				must(t, err)
				// It fails as soon as it has no server any more.
				running.Go(func() { _ = exec.CommandContext(ctx, path, tt.args(host, port)...).Run() })
			})
			h := parsed(t, msg)
			if h.ServerName != "localhost" || !slices.Equal(h.ALPN, tt.alpn) || !slices.Contains(h.SupportedVersions, tls13) || len(h.KeyShareGroups) == 0 {
				t.Errorf("got %+v", h)
			}
		})
	}
}

// recorder keeps what was read from a connection.
type recorder struct {
	net.Conn
	read bytes.Buffer
}

func (r *recorder) Read(b []byte) (int, error) {
	n, err := r.Conn.Read(b)
	r.read.Write(b[:n])
	return n, err
}

// TestClientHelloResumed compares with the ticket that crypto/tls has kept.
func TestClientHelloResumed(t *testing.T) {
	for _, v := range versions {
		t.Run(v.name, func(t *testing.T) {
			server := theirServerConfig(t, settings{version: v.version})
			client := theirClientConfig(t, settings{version: v.version})
			cache := &oneSession{}
			client.ClientSessionCache = cache
			client.NextProtos = []string{"a", "b"}
			hello := func() *ClientHelloInfo {
				nc, ns := sockets(t, "tcp")
				rec := &recorder{Conn: ns}
				c, s := tls.Client(nc, client), tls.Server(rec, server)
				shake(t, c, s)
				lines(t, c, s)
				msg, _, err := readHello(&rec.read)
				must(t, err)
				return parsed(t, msg)
			}
			if h := hello(); len(h.Ticket) > 0 || len(h.PSKIdentities) > 0 || h.ServerName != "localhost" || !slices.Equal(h.ALPN, client.NextProtos) {
				t.Errorf("got %+v", h)
			}
			ticket, _, err := cache.session.ResumptionState()
			must(t, err)
			h := hello()
			if v.version == tls.VersionTLS12 {
				if !h.TicketOffered || !bytes.Equal(h.Ticket, ticket) || len(h.PSKIdentities) > 0 {
					t.Errorf("got %+v, ticket %x", h, ticket)
				}
				return
			}
			if len(h.PSKIdentities) != 1 || !bytes.Equal(h.PSKIdentities[0].Identity, ticket) || len(h.Ticket) > 0 || !slices.Equal(h.PSKModes, []byte{1}) {
				t.Errorf("got %+v, ticket %x", h, ticket)
			}
		})
	}
}

// oneSession is a tls.ClientSessionCache.
type oneSession struct{ session *tls.ClientSessionState }

func (o *oneSession) Get(string) (*tls.ClientSessionState, bool) { return o.session, o.session != nil }
func (o *oneSession) Put(_ string, s *tls.ClientSessionState)    { o.session = s }

// TestClientHelloEarlyData has s_client come back with data before the answer.
func TestClientHelloEarlyData(t *testing.T) {
	dir := t.TempDir()
	session, data := filepath.Join(dir, "session.pem"), filepath.Join(dir, "data")
	must(t, os.WriteFile(data, []byte("early"), 0o600))
	server := startOpenSSL(t, "s_server", "-accept", "127.0.0.1:0", "-tls1_3", "-early_data",
		"-cert", testdata.Path(testdata.ECDSA.Cert), "-key", testdata.Path(testdata.ECDSA.Key))
	client := startOpenSSL(t, "s_client", "-connect", listens(t, server), "-brief", "-no_ign_eof", "-nocommands", "-sess_out", session)
	server.tell("line\n")
	_, err := io.ReadFull(client.out, make([]byte, 5)) // the tickets have come before it
	must(t, err)
	must(t, client.in.Close())
	client.wait()
	msg, _ := capture(t, func(addr string) {
		startOpenSSL(t, "s_client", "-connect", addr, "-sess_in", session, "-early_data", data)
	})
	if h := parsed(t, msg); !h.EarlyData || len(h.PSKIdentities) != 1 || len(h.PSKIdentities[0].Identity) == 0 {
		t.Errorf("got %+v", h)
	}
}

// TestClientHelloDTLS answers s_client's first ClientHello with a cookie, and
// finds that in the second one.
func TestClientHelloDTLS(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	must(t, err)
	defer conn.Close()
	must(t, conn.SetDeadline(time.Now().Add(patience)))
	startOpenSSL(t, "s_client", "-dtls1_2", "-connect", conn.LocalAddr().String(), "-servername", "a.example", "-alpn", "h2")
	const recordHeader = 13
	next := func() (*ClientHelloInfo, net.Addr) {
		buf := make([]byte, 1<<16)
		n, peer, err := conn.ReadFrom(buf)
		must(t, err)
		h, err := ParseDTLSClientHello(buf[recordHeader:n])
		must(t, err)
		if again := rebuild(h).bytes(); !bytes.Equal(again[12:], h.Raw[12:]) { // the header counts messages
			t.Errorf("put together again\n%x\nwas\n%x", again, h.Raw)
		}
		if !h.DTLS || h.LegacyVersion != dtls12 || h.ServerName != "a.example" || !slices.Equal(h.ALPN, []string{"h2"}) ||
			!slices.Equal(h.SupportedVersions, []uint16{dtls12, dtls10}) || !strings.HasPrefix(h.JA4(), "dd2d") {
			t.Errorf("got %+v, %s", h, h.JA4())
		}
		return h, peer
	}
	first, peer := next()
	if len(first.LegacyCookie) > 0 {
		t.Errorf("a cookie from nowhere: %x", first.LegacyCookie)
	}
	cookie := []byte("cookie of 18 bytes")
	body := slices.Concat(u16s(dtls10), vec(1, cookie))
	message := slices.Concat([]byte{3}, u24(len(body)), u16s(0), u24(0), u24(len(body)), body)
	_, err = conn.WriteTo(slices.Concat([]byte{22}, u16s(dtls10), make([]byte, 8), vec(2, message)), peer)
	must(t, err)
	if second, _ := next(); !bytes.Equal(second.LegacyCookie, cookie) || !bytes.Equal(second.Random, first.Random) {
		t.Errorf("got %+v, want the cookie %s", second, hex.EncodeToString(cookie))
	}
}

// TestClientHelloRecords reads a ClientHello that comes in small pieces.
func TestClientHelloRecords(t *testing.T) {
	want := browserHello().bytes()
	for _, size := range []int{1, 3, 100, 1 << 14} {
		msg, n, err := readHello(bytes.NewReader(records(want, size)))
		must(t, err)
		if !bytes.Equal(msg, want) || n != (len(want)+size-1)/size {
			t.Errorf("pieces of %d bytes: %d records, %x", size, n, msg)
		}
	}
}
