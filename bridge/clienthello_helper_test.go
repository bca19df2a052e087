package bridge

import (
	"bytes"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"
)

// hello is a ClientHello to be put together, right or wrong.
type hello struct {
	dtls        bool
	version     uint16
	random      []byte
	sessionID   []byte
	cookie      []byte
	suites      []uint16
	compression []byte
	extensions  []Extension
	noBlock     bool // leave out the length of the extensions too
}

// plainHello is as short as can be.
func plainHello() hello {
	return hello{version: tls12, random: make([]byte, 32), suites: []uint16{0x1301}, compression: []byte{0}}
}

func (h hello) with(typ uint16, parts ...[]byte) hello {
	h.extensions = append(slices.Clone(h.extensions), Extension{typ, bytes.Join(parts, nil)})
	return h
}

func (h hello) bytes() []byte {
	body := slices.Concat(u16s(h.version), h.random, vec(1, h.sessionID))
	if h.dtls {
		body = append(body, vec(1, h.cookie)...)
	}
	body = slices.Concat(body, vec(2, u16s(h.suites...)), vec(1, h.compression))
	var block []byte
	for _, e := range h.extensions {
		block = append(append(block, u16s(e.Type)...), vec(2, e.Data)...)
	}
	if !h.noBlock {
		body = append(body, vec(2, block)...)
	}
	if h.dtls {
		return slices.Concat([]byte{1}, u24(len(body)), u16s(0), u24(0), u24(len(body)), body)
	}
	return slices.Concat([]byte{1}, u24(len(body)), body)
}

// vec is what b holds, after its length in so many bytes.
func vec(size int, b ...[]byte) []byte {
	all := bytes.Join(b, nil)
	length := binary.BigEndian.AppendUint32(nil, uint32(len(all)))
	return append(length[4-size:], all...)
}

func u16s(list ...uint16) (b []byte) {
	for _, v := range list {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

func u24(n int) []byte { return []byte{byte(n >> 16), byte(n >> 8), byte(n)} }

// browserHello has all that Chrome 120 sends, the lists of the example in the
// specification of JA4 among it, and GREASE wherever it may stand.
func browserHello() hello {
	h := plainHello()
	h.sessionID = make([]byte, 32)
	h.suites = []uint16{
		0x2a2a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014,
		0x009c, 0x009d, 0x002f, 0x0035,
	}
	return h.with(0x3a3a).
		with(0x001b, vec(1, u16s(2))).
		with(extServerName, vec(2, []byte{0}, vec(2, []byte("WWW.Example.com")))).
		with(extKeyShare, vec(2, u16s(0x4a4a), vec(2, []byte{0}), u16s(29), vec(2, make([]byte, 32)))).
		with(extALPN, vec(2, vec(1, []byte("h2")), vec(1, []byte("http/1.1")))).
		with(0x4469, vec(2, vec(1, []byte("h2")))).
		with(0x0017).
		with(extPSKModes, vec(1, []byte{1})).
		with(extSignatureAlgorithms, vec(2, u16s(0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601))).
		with(extStatusRequest, []byte{1, 0, 0, 0, 0}).
		with(extSessionTicket).
		with(0x0012).
		with(extSupportedVersions, vec(1, u16s(0x5a5a, tls13, tls12))).
		with(0xff01, []byte{0}).
		with(extPointFormats, vec(1, []byte{0})).
		with(extSupportedGroups, vec(2, u16s(0x4a4a, 29, 23, 24))).
		with(0x0015, make([]byte, 180)).
		with(0x6a6a, []byte{0})
}

// records are a handshake message as TLS sends it, in pieces of so many bytes.
func records(msg []byte, size int) (b []byte) {
	for piece := range slices.Chunk(msg, size) {
		b = slices.Concat(b, []byte{22, 3, 1}, vec(2, piece))
	}
	return b
}

// readHello takes a ClientHello out of its records, and counts these.
func readHello(r io.Reader) (msg []byte, records int, err error) {
	for {
		var header [5]byte
		if _, err := io.ReadFull(r, header[:]); err != nil {
			return nil, records, err
		}
		if header[0] != 22 {
			return nil, records, fmt.Errorf("record of type %d", header[0])
		}
		piece := make([]byte, binary.BigEndian.Uint16(header[3:]))
		if _, err := io.ReadFull(r, piece); err != nil {
			return nil, records, err
		}
		records++
		msg = append(msg, piece...)
		if len(msg) < 4 {
			continue
		}
		if n := 4 + int(binary.BigEndian.Uint32(msg)&0xffffff); len(msg) >= n {
			return msg[:n], records, nil
		}
	}
}

// capture is the ClientHello of whoever run has connect to the address.
func capture(t testing.TB, run func(addr string)) (msg []byte, records int) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	must(t, ln.(*net.TCPListener).SetDeadline(time.Now().Add(patience)))
	run(ln.Addr().String())
	c, err := ln.Accept()
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(patience)))
	msg, records, err = readHello(c)
	must(t, err)
	return msg, records
}

// script is a connection on which the peer has said all that it will ever say.
type script struct {
	net.Conn
	io.Reader
}

func (s script) Read(b []byte) (int, error)  { return s.Reader.Read(b) }
func (s script) Write(b []byte) (int, error) { return len(b), nil }
func (s script) Close() error                { return nil }

// theirHello is what crypto/tls makes of a ClientHello, or nil.
func theirHello(msg []byte) (info *tls.ClientHelloInfo) {
	seen := errors.New("seen")
	_ = tls.Server(script{Reader: bytes.NewReader(records(msg, 1<<14))}, &tls.Config{
		GetConfigForClient: func(i *tls.ClientHelloInfo) (*tls.Config, error) { info = i; return nil, seen },
	}).Handshake()
	return info
}

func numbers[T ~uint16](list []T) (out []uint16) {
	for _, v := range list {
		out = append(out, uint16(v))
	}
	return out
}

func extensionTypes(list []Extension) (out []uint16) {
	for _, e := range list {
		out = append(out, e.Type)
	}
	return out
}

// differences are the fields in which crypto/tls has read something else.
func differences(h *ClientHelloInfo, their *tls.ClientHelloInfo) (list []string) {
	for name, pair := range map[string][2][]uint16{
		"CipherSuites":        {h.CipherSuites, their.CipherSuites},
		"Extensions":          {extensionTypes(h.Extensions), their.Extensions},
		"SupportedGroups":     {h.SupportedGroups, numbers(their.SupportedCurves)},
		"SignatureAlgorithms": {h.SignatureAlgorithms, numbers(their.SignatureSchemes)},
		"SupportedVersions":   {h.SupportedVersions, their.SupportedVersions},
	} {
		if !slices.Equal(pair[0], pair[1]) {
			list = append(list, fmt.Sprintf("%s: %#x, theirs %#x", name, pair[0], pair[1]))
		}
	}
	if !slices.Equal(h.ALPN, their.SupportedProtos) {
		list = append(list, fmt.Sprintf("ALPN: %q, theirs %q", h.ALPN, their.SupportedProtos))
	}
	if !bytes.Equal(h.PointFormats, their.SupportedPoints) {
		list = append(list, fmt.Sprintf("PointFormats: %x, theirs %x", h.PointFormats, their.SupportedPoints))
	}
	if theirs := hostName([]byte(their.ServerName)); h.ServerName != theirs {
		list = append(list, fmt.Sprintf("ServerName: %q, theirs %q", h.ServerName, theirs))
	}
	return list
}

// parsed parses a real ClientHello and has crypto/tls read it too.
func parsed(t testing.TB, msg []byte) *ClientHelloInfo {
	t.Helper()
	h, err := ParseClientHello(msg)
	if err != nil {
		t.Fatalf("%v\n%x", err, msg)
	}
	their := theirHello(msg)
	if their == nil {
		t.Fatalf("crypto/tls refuses it: %x", msg)
	}
	for _, d := range differences(h, their) {
		t.Error(d)
	}
	if again := rebuild(h).bytes(); !bytes.Equal(again, msg) {
		t.Errorf("put together again\n%x\nwas\n%x", again, msg)
	}
	return h
}

// rebuild goes back from what was read to what was sent.
func rebuild(h *ClientHelloInfo) hello {
	return hello{
		dtls: h.DTLS, version: h.LegacyVersion, random: h.Random, sessionID: h.SessionID, cookie: h.LegacyCookie,
		suites: h.CipherSuites, compression: h.CompressionMethods, extensions: h.Extensions,
	}
}
