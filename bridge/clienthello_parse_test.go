package bridge

import (
	"bytes"
	"crypto/tls"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

var hundred = bytes.Repeat([]byte{7}, 100)

// pskHello offers two keys, with binders of 32 and of 48 bytes.
func pskHello() hello {
	return plainHello().with(extPreSharedKey,
		vec(2, vec(2, []byte("one")), []byte{0, 0, 0, 1}, vec(2, []byte("two")), []byte{0xff, 0xff, 0xff, 0xff}),
		vec(2, vec(1, hundred[:32]), vec(1, hundred[:48])))
}

func hostNames(b string) []byte { return vec(2, []byte{0}, vec(2, []byte(b))) }

// TestClientHelloFields reads each field from where it stands.
func TestClientHelloFields(t *testing.T) {
	in := browserHello()
	in.random, in.sessionID, in.compression = hundred[:32], []byte("session"), []byte{1, 0}
	in = in.with(extSignatureAlgorithmsCert, vec(2, u16s(0x0804))).
		with(extCookie, vec(2, []byte("cookie"))).
		with(extCertificateAuthorities, vec(2, vec(2, []byte("first")), vec(2, []byte("second")))).
		with(extEarlyData)
	in.extensions = append(in.extensions, pskHello().extensions...)
	msg := in.bytes()
	got := parsed(t, msg)
	want := &ClientHelloInfo{
		Raw: msg, LegacyVersion: tls12, Random: in.random, SessionID: in.sessionID, CipherSuites: in.suites, CompressionMethods: in.compression,
		Extensions: in.extensions, ServerName: "www.example.com", ALPN: []string{"h2", "http/1.1"},
		SupportedVersions: []uint16{0x5a5a, tls13, tls12}, SupportedGroups: []uint16{0x4a4a, 29, 23, 24},
		SignatureAlgorithms:     []uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601},
		SignatureAlgorithmsCert: []uint16{0x0804}, PointFormats: []byte{0}, KeyShareGroups: []uint16{0x4a4a, 29},
		StatusRequest: true, CertificateAuthorities: [][]byte{[]byte("first"), []byte("second")}, Cookie: []byte("cookie"),
		TicketOffered: true, Ticket: []byte{}, PSKModes: []byte{1}, EarlyData: true,
		PSKIdentities: []PSKIdentity{{[]byte("one"), 1}, {[]byte("two"), 1<<32 - 1}},
	}
	for i := range got.Extensions { // nothing or an empty slice is the same
		if len(got.Extensions[i].Data) == 0 {
			got.Extensions[i].Data, want.Extensions[i].Data = nil, nil
		}
	}
	g, w := reflect.ValueOf(*got), reflect.ValueOf(*want)
	for i := range g.NumField() {
		if !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()) && g.Type().Field(i).Name != "LegacyCookie" {
			t.Errorf("%s: got %v, want %v", g.Type().Field(i).Name, g.Field(i), w.Field(i))
		}
	}
	data, ok := got.Extension(0x001b)
	if _, absent := got.Extension(4711); absent || !ok || !bytes.Equal(data, []byte{2, 0, 2}) {
		t.Errorf("Extension: %x, %v, %v", data, ok, absent)
	}
	// Who appends to a part does not write over the next one.
	_, _ = append(got.Random, 0xee), append(got.Ticket, 0xee)
	_, _ = append(got.CipherSuites, 0xeeee), append(got.SupportedGroups, 0xeeee)
	if !bytes.Equal(got.Raw, in.bytes()) || !slices.Equal(got.SignatureAlgorithms, want.SignatureAlgorithms) || !slices.Equal(got.KeyShareGroups, want.KeyShareGroups) {
		t.Error("a part of the ClientHello has room behind it")
	}
}

func TestClientHelloServerName(t *testing.T) {
	for sent, want := range map[string]string{
		"a.example":              "a.example",
		"A.Example":              "a.example",
		"a.example.":             "a.example",
		"a_b.example":            "a_b.example",
		"xn--bcher-kva.example":  "xn--bcher-kva.example",
		"localhost":              "localhost",
		"10.0.0.1.example":       "10.0.0.1.example",
		"host1":                  "host1",
		"127.0.0.1":              "",
		"::1":                    "",
		"fe80::1%eth0":           "",
		"host:443":               "",
		"b\xc3\xbccher.example":  "",
		"a.example\x00b.example": "",
		"a example":              "",
		"*.example":              "",
		".example":               "",
		".":                      "",
		strings.Repeat("a", 253): strings.Repeat("a", 253),
		strings.Repeat("a", 254): "",
		strings.Repeat("a", 999): "",
	} {
		h, err := ParseClientHello(plainHello().with(extServerName, hostNames(sent)).bytes())
		if err != nil || h.ServerName != want {
			t.Errorf("%q: got %q, %v; want %q", sent, h.ServerName, err, want)
		}
	}
	h, err := ParseClientHello(plainHello().with(extServerName, vec(2, []byte{9}, vec(2, []byte("other")), []byte{0}, vec(2, []byte("b.example")))).bytes())
	if err != nil || h.ServerName != "b.example" {
		t.Errorf("after another kind of name: %v, %v", h, err)
	}
}

// TestClientHelloVersions derives the versions where they are not listed.
func TestClientHelloVersions(t *testing.T) {
	for _, tt := range []struct {
		legacy uint16
		dtls   bool
		want   []uint16
	}{
		{tls12, false, []uint16{tls12, tls11, tls10}},
		{tls11, false, []uint16{tls11, tls10}},
		{tls10, false, []uint16{tls10}},
		{ssl30, false, []uint16{ssl30}},
		{tls13, false, []uint16{tls12, tls11, tls10}},
		{0xffff, false, []uint16{tls12, tls11, tls10}},
		{0x0200, false, []uint16{0x0200}},
		{dtls12, true, []uint16{dtls12, dtls10}},
		{dtls13, true, []uint16{dtls12, dtls10}},
		{dtls10, true, []uint16{dtls10}},
		{0x0100, true, []uint16{0x0100}},
		{tls12, true, []uint16{tls12}},
	} {
		for _, noBlock := range []bool{false, true} {
			in := plainHello()
			in.version, in.dtls, in.noBlock = tt.legacy, tt.dtls, noBlock
			h, err := parseClientHello(in.bytes(), tt.dtls)
			must(t, err)
			if !slices.Equal(h.SupportedVersions, tt.want) {
				t.Errorf("%#04x, DTLS %v: got %#04x, want %#04x", tt.legacy, tt.dtls, h.SupportedVersions, tt.want)
			}
		}
	}
	h, err := ParseClientHello(plainHello().with(extSupportedVersions, vec(1, u16s(0x7f1c))).bytes())
	if err != nil || !slices.Equal(h.SupportedVersions, []uint16{0x7f1c}) {
		t.Errorf("got %v, %v", h, err)
	}
}

// TestClientHelloLenient takes what it does not know, and what is odd only.
func TestClientHelloLenient(t *testing.T) {
	many := plainHello()
	for i := range 5000 {
		many = hello{version: many.version, random: many.random, suites: many.suites, compression: many.compression,
			extensions: append(many.extensions, Extension{uint16(1000 + i), []byte{1}})}
	}
	for name, in := range map[string]hello{
		"plain":                       plainHello(),
		"unknown extensions":          plainHello().with(4, hundred).with(63).with(64).with(0xffff, hundred),
		"many extensions":             many,
		"all GREASE extensions":       plainHello().with(0x0a0a).with(0x1a1a).with(0xfafa),
		"no key share":                plainHello().with(extKeyShare, vec(2)),
		"unknown status type":         plainHello().with(extStatusRequest, []byte{2}, hundred),
		"status request with the lot": plainHello().with(extStatusRequest, []byte{1}, vec(2, vec(2, hundred)), vec(2, hundred)),
		"a ticket":                    plainHello().with(extSessionTicket, hundred),
		"psk last":                    pskHello(),
	} {
		h, err := ParseClientHello(in.bytes())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(rebuild(h).bytes(), in.bytes()) {
			t.Errorf("%s: put together again it is another one", name)
		}
		if h.StatusRequest != (name == "status request with the lot") {
			t.Errorf("%s: StatusRequest %v", name, h.StatusRequest)
		}
	}
}

// TestClientHelloMalformed says what is wrong, and where.
func TestClientHelloMalformed(t *testing.T) {
	set := func(f func(h *hello)) []byte {
		h := plainHello()
		f(&h)
		return h.bytes()
	}
	ext := func(typ uint16, parts ...[]byte) []byte { return plainHello().with(typ, parts...).bytes() }
	binders := func(b ...[]byte) []byte {
		return ext(extPreSharedKey, vec(2, vec(2, []byte("id")), make([]byte, 4)), vec(2, b...))
	}
	// Where the body of an extension begins: the header of the message, version,
	// random, session id, suites, compression, block, header of the extension.
	const body = 4 + 2 + 32 + 1 + 4 + 2 + 2 + 4
	for _, tt := range []struct {
		msg    []byte
		field  string
		offset int
		reason string
	}{
		{nil, "handshake header", 0, "ends too early: 0 of 1 bytes"},
		{[]byte{1, 0, 0}, "handshake header", 1, "ends too early: 2 of 3 bytes"},
		{append([]byte{2}, plainHello().bytes()[1:]...), "handshake header", 1, "not a ClientHello: the handshake type is 2"},
		{append(plainHello().bytes(), 0), "handshake header", 4, "follow"},
		{plainHello().bytes()[:20], "handshake header", 4, "follow"},
		{slices.Concat([]byte{1}, u24(1), []byte{3}), "legacy_version", 4, "ends too early: 1 of 2 bytes"},
		{set(func(h *hello) { h.sessionID = hundred[:33] }), "session_id", 39, "has 33 bytes, must have 0 to 32"},
		{set(func(h *hello) { h.suites = nil }), "cipher_suites", 41, "has 0 bytes"},
		{set(func(h *hello) { h.compression = nil }), "compression_methods", 44, "has 0 bytes"},
		{slices.Concat([]byte{1}, u24(42), u16s(tls12), make([]byte, 33), []byte{0, 3, 1, 2, 3, 1, 0}), "cipher_suites", 41, "half a number"},
		{slices.Concat([]byte{1}, u24(43), plainHello().bytes()[4:45], []byte{9, 9}), "extensions", 47, "ends too early: 0 of 2313 bytes"},
		{slices.Concat([]byte{1}, u24(44), plainHello().bytes()[4:45], []byte{0, 0, 9}), "extensions", 47, "goes on after its end: 1 bytes"},
		{slices.Concat([]byte{1}, u24(46), plainHello().bytes()[4:45], []byte{0, 3, 0, 9, 9}), "extensions", 49, "ends too early: 1 of 2 bytes"},
		{slices.Concat([]byte{1}, u24(47), plainHello().bytes()[4:45], []byte{0, 4, 0, 9, 0, 1}), "extensions", 51, "ends too early: 0 of 1 bytes"},

		{ext(extServerName), "server_name", body, "ends too early: 0 of 2 bytes"},
		{ext(extServerName, vec(2)), "server_name", body + 2, "has 0 bytes"},
		{ext(extServerName, hostNames("")), "server_name", body + 5, "has 0 bytes"},
		{ext(extServerName, hostNames("a"), []byte{0}), "server_name", body + 6, "goes on after its end: 1 bytes"},
		{ext(extServerName, vec(2, []byte{0}, vec(2, []byte("a")), []byte{0}, vec(2, []byte("a")))), "server_name", body + 10, "two host names"},
		{ext(extServerName, vec(2, []byte{0, 0, 9, 'a'})), "server_name", body + 5, "ends too early: 1 of 9 bytes"},
		{ext(extStatusRequest), "status_request", body, "ends too early: 0 of 1 bytes"},
		{ext(extStatusRequest, []byte{1, 0, 0, 0}), "status_request", body + 3, "ends too early: 1 of 2 bytes"},
		{ext(extStatusRequest, []byte{1}, vec(2, vec(2)), vec(2)), "status_request", body + 5, "has 0 bytes"},
		{ext(extSupportedGroups, vec(2)), "supported_groups", body + 2, "has 0 bytes"},
		{ext(extSupportedGroups, vec(2, []byte{1, 2, 3})), "supported_groups", body + 2, "half a number"},
		{ext(extPointFormats, vec(1)), "ec_point_formats", body + 1, "has 0 bytes"},
		{ext(extSignatureAlgorithms, vec(2)), "signature_algorithms", body + 2, "has 0 bytes"},
		{ext(extSignatureAlgorithmsCert, vec(2, []byte{1, 2, 3})), "signature_algorithms_cert", body + 2, "half a number"},
		{ext(extALPN, vec(2)), "application_layer_protocol_negotiation", body + 2, "has 0 bytes"},
		{ext(extALPN, vec(2, vec(1, []byte("a")), vec(1))), "application_layer_protocol_negotiation", body + 5, "has 0 bytes"},
		{ext(extALPN, vec(2, []byte{9, 'a'})), "application_layer_protocol_negotiation", body + 3, "ends too early: 1 of 9 bytes"},
		{ext(extEarlyData, []byte{0}), "early_data", body, "goes on after its end: 1 bytes"},
		{ext(extSupportedVersions, vec(1)), "supported_versions", body + 1, "has 0 bytes"},
		{ext(extSupportedVersions, vec(1, []byte{3, 4, 3})), "supported_versions", body + 1, "half a number"},
		{ext(extSupportedVersions, vec(1, make([]byte, 255))), "supported_versions", body + 1, "must have 2 to 254"},
		{ext(extCookie, vec(2)), "cookie", body + 2, "has 0 bytes"},
		{ext(extPSKModes, vec(1)), "psk_key_exchange_modes", body + 1, "has 0 bytes"},
		{ext(extCertificateAuthorities, vec(2)), "certificate_authorities", body + 2, "has 0 bytes"},
		{ext(extCertificateAuthorities, vec(2, vec(2), []byte{9})), "certificate_authorities", body + 4, "has 0 bytes"},
		{ext(extKeyShare, vec(2, u16s(29), vec(2))), "key_share", body + 6, "has 0 bytes"},
		{ext(extKeyShare, vec(2, []byte{0})), "key_share", body + 2, "ends too early: 1 of 2 bytes"},
		{ext(extKeyShare, vec(2, u16s(29), vec(2, hundred))[:90]), "key_share", body + 2, "ends too early: 88 of 104 bytes"},

		{ext(extPreSharedKey, vec(2), vec(2, vec(1, hundred[:32]))), "pre_shared_key", body + 2, "has 0 bytes"},
		{ext(extPreSharedKey, vec(2, vec(2), make([]byte, 5))), "pre_shared_key", body + 4, "has 0 bytes"},
		{binders(), "pre_shared_key", body + 12, "has 0 bytes"},
		{binders(vec(1, hundred[:31]), []byte{0}), "pre_shared_key", body + 13, "must have 32 to 255"},
		{binders(vec(1, hundred[:32]), vec(1, hundred[:32])), "pre_shared_key", body + 78, "2 binders for 1 identities"},
		{pskHello().with(extEarlyData).bytes(), "pre_shared_key", body - 4, "not the last"},
		{plainHello().with(extEarlyData).with(extEarlyData).bytes(), "early_data", body, "twice"},
		{plainHello().with(63).with(63).bytes(), "extension 63", body, "twice"},
		{plainHello().with(64).with(63).with(64).bytes(), "extension 64", body + 4, "twice"},
		{plainHello().with(0x0a0a).with(0x0a0a).bytes(), "extension 2570", body, "twice"},
	} {
		h, err := ParseClientHello(tt.msg)
		var bad *ClientHelloError
		if h != nil || !errors.As(err, &bad) || bad.Field != tt.field || bad.Offset != tt.offset || !strings.Contains(bad.Reason, tt.reason) {
			t.Errorf("%x: got %v, want %s at byte %d: %s", tt.msg, err, tt.field, tt.offset, tt.reason)
		}
	}
}

// TestClientHelloCut cuts a ClientHello off at every byte, with and without
// a header that knows of it.
func TestClientHelloCut(t *testing.T) {
	in := browserHello()
	in.extensions = append(in.extensions, pskHello().extensions...)
	for _, dtls := range []bool{false, true} {
		in.dtls = dtls
		whole := in.bytes()
		header := 4
		if dtls {
			header = 12
		}
		in.noBlock = true
		in2 := in
		in2.extensions = nil
		bare := len(in2.bytes()) // a ClientHello without a block of extensions is one
		in.noBlock = false
		for n := range len(whole) {
			if _, err := parseClientHello(whole[:n], dtls); err == nil {
				t.Errorf("%d of %d bytes: no error", n, len(whole))
			}
			if n < header {
				continue
			}
			cut := slices.Clone(whole[:n])
			copy(cut[1:4], u24(n-header))
			if dtls {
				copy(cut[9:12], u24(n-header))
			}
			_, err := parseClientHello(cut, dtls)
			var bad *ClientHelloError
			if n == bare {
				must(t, err)
			} else if !errors.As(err, &bad) || bad.Offset > n {
				t.Errorf("%d bytes that say so: %v", n, err)
			}
		}
	}
}

// TestClientHelloDTLSHeader refuses a part of a message, and each kind in place
// of the other.
func TestClientHelloDTLSHeader(t *testing.T) {
	in := plainHello()
	in.dtls, in.version, in.cookie = true, dtls12, []byte("cookie")
	msg := in.bytes()
	h, err := ParseDTLSClientHello(msg)
	if err != nil || !bytes.Equal(h.LegacyCookie, in.cookie) || !h.DTLS {
		t.Fatalf("got %+v, %v", h, err)
	}
	for i, reason := range map[int]string{8: "a fragment", 11: "a fragment", 3: "a fragment"} {
		bad := slices.Clone(msg)
		bad[i] ^= 1
		if _, err := ParseDTLSClientHello(bad); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	if _, err := ParseClientHello(msg); err == nil {
		t.Error("DTLS passes for TLS")
	}
	if _, err := ParseDTLSClientHello(plainHello().bytes()); err == nil {
		t.Error("TLS passes for DTLS")
	}
}

// FuzzParseClientHello takes what was read for what was sent, and crypto/tls
// for a second opinion.
func FuzzParseClientHello(f *testing.F) {
	dtls := plainHello()
	dtls.dtls, dtls.cookie = true, hundred
	for _, h := range []hello{plainHello(), browserHello(), pskHello(), dtls} {
		f.Add(h.bytes(), h.dtls)
	}
	f.Fuzz(func(t *testing.T, msg []byte, dtls bool) {
		h, err := parseClientHello(msg, dtls)
		if err != nil {
			var bad *ClientHelloError
			if !errors.As(err, &bad) || bad.Field == "" || bad.Offset < 0 || bad.Offset > len(msg) || h != nil {
				t.Fatalf("%v, %+v", err, h)
			}
			return
		}
		header, again := 4, rebuild(h)
		if dtls {
			header = 12 // it counts messages
		}
		whole := again.bytes()
		again.noBlock = len(h.Extensions) == 0
		if !bytes.Equal(msg[header:], whole[header:]) && !bytes.Equal(msg[header:], again.bytes()[header:]) {
			t.Fatalf("put together again: %x", whole)
		}
		if len(h.JA3Hash()) != 32 || len(h.JA4()) != 36 || h.JA4() != slowJA4(h) || h.JA3() != slowJA3(h) {
			t.Fatalf("%q, %q, %q", h.JA3(), h.JA3Hash(), h.JA4())
		}
		if dtls {
			return
		}
		if their := theirHello(msg); their != nil {
			for _, d := range agree(h, their) {
				t.Fatal(d)
			}
		}
	})
}

// agree leaves out where crypto/tls is known to see things in another way: it
// knows no SSL 3.0 and believes a legacy_version of TLS 1.3.
func agree(h *ClientHelloInfo, their *tls.ClientHelloInfo) []string {
	if _, ok := h.Extension(extSupportedVersions); !ok && (h.LegacyVersion <= ssl30 || h.LegacyVersion >= tls13) {
		their.SupportedVersions = h.SupportedVersions
	}
	return differences(h, their)
}
