package bridge

import (
	"crypto/fips140"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
)

// slowJA3 and slowJA4 are the rules once more, with the tools of package fmt.
func slowJA3(h *ClientHelloInfo) string {
	decimals := func(list []uint16) string {
		var s []string
		for _, v := range list {
			if !strings.HasSuffix(fmt.Sprintf("%04x", v), "a") || v>>8 != v&0xff {
				s = append(s, fmt.Sprint(v))
			}
		}
		return strings.Join(s, "-")
	}
	var formats []string
	for _, v := range h.PointFormats {
		formats = append(formats, fmt.Sprint(v))
	}
	return fmt.Sprintf("%d,%s,%s,%s,%s", h.LegacyVersion, decimals(h.CipherSuites), decimals(extensionTypes(h.Extensions)), decimals(h.SupportedGroups), strings.Join(formats, "-"))
}

func slowJA4(h *ClientHelloInfo) string {
	grease := map[string]bool{}
	for i := range 16 {
		grease[fmt.Sprintf("%xa%xa", i, i)] = true
	}
	hexes := func(list []uint16) (s []string) {
		for _, v := range list {
			if v := fmt.Sprintf("%04x", v); !grease[v] {
				s = append(s, v)
			}
		}
		return s
	}
	hash := func(text string) string {
		if text == "" {
			return "000000000000"
		}
		return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))[:12]
	}
	suites, all := hexes(h.CipherSuites), hexes(extensionTypes(h.Extensions))
	versions := []string{fmt.Sprintf("%04x", h.LegacyVersion)}
	if slices.Contains(all, "002b") {
		versions = append([]string{"0000"}, hexes(h.SupportedVersions)...)
	}
	sort.Strings(versions)
	version := map[string]string{
		"0304": "13", "0303": "12", "0302": "11", "0301": "10", "0300": "s3", "0002": "s2", "feff": "d1", "fefd": "d2", "fefc": "d3",
	}[versions[len(versions)-1]]
	if version == "" {
		version = "00"
	}
	transport, sni, alpn := "t", "i", "00"
	if slices.Contains(all, "0039") {
		transport = "q"
	}
	if h.DTLS {
		transport = "d"
	}
	if slices.Contains(all, "0000") {
		sni = "d"
	}
	names := slices.DeleteFunc(slices.Clone(h.ALPN), func(s string) bool { return grease[fmt.Sprintf("%x", s)] })
	if len(names) > 0 {
		const ok = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		s := names[0]
		if !strings.Contains(ok, s[:1]) || !strings.Contains(ok, s[len(s)-1:]) {
			s = fmt.Sprintf("%x", s)
		}
		alpn = s[:1] + s[len(s)-1:]
	}
	counts := fmt.Sprintf("%02d%02d", min(len(suites), 99), min(len(all), 99))
	sort.Strings(suites)
	sort.Strings(all)
	all = slices.DeleteFunc(all, func(s string) bool { return s == "0000" || s == "0010" })
	text := strings.Join(all, ",")
	if algorithms := hexes(h.SignatureAlgorithms); len(algorithms) > 0 {
		text += "_" + strings.Join(algorithms, ",")
	}
	return transport + version + sni + counts + alpn + "_" + hash(strings.Join(suites, ",")) + "_" + hash(text)
}

// TestJA3 has the examples of JA3's own description.
func TestJA3(t *testing.T) {
	old := plainHello()
	old.version = tls10
	old.suites = []uint16{4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99}
	old.noBlock = true
	next := old
	next.suites = []uint16{47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4}
	next.noBlock = false
	next = next.with(extServerName, hostNames("a.example")).with(extSupportedGroups, vec(2, u16s(23, 24, 25))).with(extPointFormats, vec(1, []byte{0}))
	grease := next
	grease.suites = append([]uint16{0x1a1a}, next.suites...)
	grease.extensions = slices.Clone(next.extensions)
	grease.extensions[1] = Extension{extSupportedGroups, vec(2, u16s(0xfafa, 23, 24, 25))}
	grease = grease.with(0x0a0a)
	for _, tt := range []struct {
		in         hello
		text, hash string
	}{
		{old, "769,4-5-10-9-100-98-3-6-19-18-99,,,", "de350869b8c85de67a350c8d186f11e6"},
		{next, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5"},
		{grease, "769,47-53-5-10-49161-49162-49171-49172-50-56-19-4,0-10-11,23-24-25,0", "ada70206e40642a3e4461f35503241d5"},
	} {
		h, err := ParseClientHello(tt.in.bytes())
		must(t, err)
		if h.JA3() != tt.text || h.JA3Hash() != tt.hash || slowJA3(h) != tt.text {
			t.Errorf("got %s, %s; want %s, %s", h.JA3(), h.JA3Hash(), tt.text, tt.hash)
		}
	}
}

// TestJA4 has the example of its specification, in the order of that, and
// shuffled; and how little of it is left without SNI, ALPN and signatures.
func TestJA4(t *testing.T) {
	const want = "t13d1516h2_8daaf6152771_e5627efa2ab1"
	in := browserHello()
	for range 20 {
		h, err := ParseClientHello(in.bytes())
		must(t, err)
		if got := h.JA4(); got != want || slowJA4(h) != want {
			t.Errorf("got %s, slowly %s, want %s", got, slowJA4(h), want)
		}
		rand.Shuffle(len(in.extensions), func(i, j int) { in.extensions[i], in.extensions[j] = in.extensions[j], in.extensions[i] })
		rand.Shuffle(len(in.suites), func(i, j int) { in.suites[i], in.suites[j] = in.suites[j], in.suites[i] })
	}
	without := func(h hello, types ...uint16) hello {
		h.extensions = slices.DeleteFunc(slices.Clone(h.extensions), func(e Extension) bool { return slices.Contains(types, e.Type) })
		return h
	}
	bare := plainHello()
	bare.suites = []uint16{0x0a0a}
	dtls := browserHello()
	dtls.dtls = true
	old := without(dtls, extSupportedVersions)
	old.version = dtls10
	many := plainHello()
	many.suites = make([]uint16, 120)
	for i := range 120 {
		many = many.with(uint16(1000 + i))
	}
	grease := browserHello()
	for i, e := range grease.extensions {
		if e.Type == extSignatureAlgorithms {
			grease.extensions[i].Data = vec(2, u16s(0x8a8a, 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0xeaea))
		}
	}
	for name, tt := range map[string]struct {
		in   hello
		want string
	}{
		"no name":            {without(browserHello(), extServerName), "t13i1515h2_8daaf6152771_e5627efa2ab1"},
		"no ALPN":            {without(browserHello(), extALPN), "t13d151500_8daaf6152771_e5627efa2ab1"},
		"GREASE signatures":  {grease, want},
		"no versions":        {without(browserHello(), extSupportedVersions), "t12d1515h2_8daaf6152771_"},
		"QUIC":               {browserHello().with(extQUICParameters), "q13d1517h2_8daaf6152771_"},
		"DTLS":               {old, "dd1d1515h2_8daaf6152771_"},
		"nothing":            {bare, "t12i000000_000000000000_000000000000"},
		"only name and ALPN": {bare.with(extServerName, vec(2, []byte{0}, vec(2, []byte("::1")))).with(extALPN, vec(2, vec(1, []byte("x")))), "t12d0002xx_000000000000_000000000000"},
		"many":               {many, "t12i999900_"},
		"unknown version":    {bare.with(extSupportedVersions, vec(1, u16s(tls12, 0x7f1c))), "t00i0001"},
	} {
		h, err := parseClientHello(tt.in.bytes(), tt.in.dtls)
		must(t, err)
		if got := h.JA4(); !strings.HasPrefix(got, tt.want) || got != slowJA4(h) {
			t.Errorf("%s: got %s, slowly %s, want %s", name, got, slowJA4(h), tt.want)
		}
	}
	// The specification hashes this list of extensions by itself, too.
	h := &ClientHelloInfo{}
	for _, typ := range []uint16{5, 0xa, 0xb, 0xd, 0x12, 0x15, 0x17, 0x1b, 0x23, 0x2b, 0x2d, 0x33, 0x4469, 0xff01} {
		h.Extensions = append(h.Extensions, Extension{Type: typ})
	}
	if got := h.JA4(); !strings.HasSuffix(got, "_000000000000_6d807ffa2a79") {
		t.Errorf("without signature algorithms: %s", got)
	}
}

// TestJA4ALPN has the specification's table.
func TestJA4ALPN(t *testing.T) {
	for alpn, want := range map[string]string{
		"h2": "h2", "http/1.1": "h1", "x": "xx",
		"\xab": "ab", "\x20": "20", "\xab\xcd": "ad", "\x20\x61": "21", "\x30\xab": "3b", "\x61\x20": "60", "\x30\x31\xab\xcd": "3d", "\x30\xab\xcd\x31": "01",
	} {
		h, err := ParseClientHello(plainHello().with(extALPN, vec(2, vec(1, []byte(alpn)), vec(1, []byte("other")))).bytes())
		must(t, err)
		if got := h.JA4()[8:10]; got != want || slowJA4(h) != h.JA4() {
			t.Errorf("%q: got %s, want %s", alpn, got, want)
		}
	}
	h, err := ParseClientHello(plainHello().with(extALPN, vec(2, vec(1, []byte("\xba\xba")), vec(1, []byte("h2")))).bytes())
	if err != nil || h.JA4()[8:10] != "h2" {
		t.Errorf("after GREASE: %s, %v", h.JA4(), err)
	}
}

// TestJAReal compares with the slow way for real clients, fed from what
// crypto/tls has read.
func TestJAReal(t *testing.T) {
	for name, args := range map[string][]string{
		"default": nil,
		"alpn":    {"-servername", "a.example", "-alpn", "http/1.1,h2"},
		"tls1.2":  {"-tls1_2", "-cipher", "ALL"},
	} {
		t.Run(name, func(t *testing.T) {
			msg, _ := capture(t, func(addr string) {
				startOpenSSL(t, append([]string{"s_client", "-connect", addr}, args...)...)
			})
			h, their := parsed(t, msg), theirHello(msg)
			slow := &ClientHelloInfo{
				LegacyVersion: uint16(msg[4])<<8 | uint16(msg[5]), CipherSuites: their.CipherSuites, ALPN: their.SupportedProtos,
				SupportedVersions: their.SupportedVersions, SupportedGroups: numbers(their.SupportedCurves),
				SignatureAlgorithms: numbers(their.SignatureSchemes), PointFormats: their.SupportedPoints,
			}
			for _, typ := range their.Extensions {
				slow.Extensions = append(slow.Extensions, Extension{Type: typ})
			}
			if h.JA3() != slowJA3(slow) || h.JA4() != slowJA4(slow) || h.JA3Hash() != fmt.Sprintf("%x", md5.Sum([]byte(slowJA3(slow)))) {
				t.Errorf("got %s, %s; want %s, %s", h.JA3(), h.JA4(), slowJA3(slow), slowJA4(slow))
			}
		})
	}
}

// TestJAFIPS asks for fingerprints in a program that may not use MD5.
func TestJAFIPS(t *testing.T) {
	if sanitized {
		t.Skip("Go's FIPS mode refuses to run under the address sanitizer")
	}
	const key = "SSLSOCK_TEST_FIPS"
	if os.Getenv(key) == "" {
		if out := runAgain(t, key+"=1", "GODEBUG=fips140=only"); !strings.Contains(out, "enforced: true") {
			t.Errorf("FIPS 140-3 was not enforced:\n%s", out)
		}
		return
	}
	t.Log("enforced:", fips140.Enforced())
	h, err := ParseClientHello(browserHello().bytes())
	must(t, err)
	if len(h.JA3Hash()) != 32 || len(h.JA4()) != 36 {
		t.Errorf("got %q, %q", h.JA3Hash(), h.JA4())
	}
}

func TestIsGREASE(t *testing.T) {
	n := 0
	for v := range 1 << 16 {
		if IsGREASE(uint16(v)) {
			n++
			if s := fmt.Sprintf("%04x", v); s[1] != 'a' || s[3] != 'a' || s[0] != s[2] {
				t.Errorf("%s", s)
			}
		}
	}
	if n != 16 {
		t.Errorf("%d values", n)
	}
}

// TestClientHelloNil asks nobody.
func TestClientHelloNil(t *testing.T) {
	for _, h := range []*ClientHelloInfo{nil, {}} {
		_, ok := h.Extension(0)
		ja3, hash, ja4 := h.JA3(), h.JA3Hash(), h.JA4()
		if h == nil && ja3+hash+ja4 != "" || h != nil && (ja3 != "0,,,," || ja4 != "t00i000000_000000000000_000000000000") || ok {
			t.Errorf("%q, %q, %q, %v", ja3, hash, ja4, ok)
		}
	}
}

// TestClientHelloAllocs holds the parser to a piece of memory for each kind of
// thing: the result, numbers, extensions, a name, and ALPN's two.
func TestClientHelloAllocs(t *testing.T) {
	if sanitized {
		t.Skip("a sanitizer allocates for itself")
	}
	msg := browserHello().bytes()
	var h *ClientHelloInfo
	if n := testing.AllocsPerRun(100, func() { h, _ = ParseClientHello(msg) }); n > 7 { // lower case is one more
		t.Errorf("%v allocations for a ClientHello", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = h.JA4() }); n > 3 {
		t.Errorf("%v allocations for JA4", n)
	}
	if n := testing.AllocsPerRun(100, func() { _ = h.JA3Hash() }); n > 3 {
		t.Errorf("%v allocations for JA3Hash", n)
	}
}

func BenchmarkClientHello(b *testing.B) {
	msg := browserHello().bytes()
	h, err := ParseClientHello(msg)
	must(b, err)
	for name, f := range map[string]func(){
		"Parse":   func() { _, _ = ParseClientHello(msg) },
		"JA3Hash": func() { _ = h.JA3Hash() },
		"JA4":     func() { _ = h.JA4() },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
}
