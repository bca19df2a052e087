package bridge

import (
	"crypto/fips140"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// JA3 is the fingerprint of a client's TLS library and its settings as JA3 puts
// it together: version, cipher suites, extensions, groups and point formats,
// as decimal numbers without GREASE. A client that shuffles its extensions, as
// browsers do, has another one each time.
func (h *ClientHelloInfo) JA3() string {
	if h == nil {
		return ""
	}
	return string(h.appendJA3(nil))
}

// JA3Hash is the MD5 of [ClientHelloInfo.JA3] in hexadecimal, which is what lists of
// fingerprints have.
func (h *ClientHelloInfo) JA3Hash() string {
	if h == nil {
		return ""
	}
	var text [512]byte
	ja3 := h.appendJA3(text[:0])
	var sum [md5.Size]byte
	// It protects nothing here, so a program may ask for it that is held to FIPS 140-3.
	fips140.WithoutEnforcement(func() { sum = md5.Sum(ja3) })
	return hex.EncodeToString(sum[:])
}

func (h *ClientHelloInfo) appendJA3(b []byte) []byte {
	b = strconv.AppendUint(b, uint64(h.LegacyVersion), 10)
	b = appendDecimals(append(b, ','), h.CipherSuites)
	b = append(b, ',')
	first := len(b)
	for _, e := range h.Extensions {
		if !IsGREASE(e.Type) {
			b = appendDecimal(b, first, uint64(e.Type))
		}
	}
	b = appendDecimals(append(b, ','), h.SupportedGroups)
	b = append(b, ',')
	first = len(b)
	for _, f := range h.PointFormats {
		b = appendDecimal(b, first, uint64(f))
	}
	return b
}

func appendDecimals(b []byte, list []uint16) []byte {
	first := len(b)
	for _, v := range list {
		if !IsGREASE(v) {
			b = appendDecimal(b, first, uint64(v))
		}
	}
	return b
}

// appendDecimal puts a dash before what is not the first of its list.
func appendDecimal(b []byte, first int, v uint64) []byte {
	if len(b) > first {
		b = append(b, '-')
	}
	return strconv.AppendUint(b, v, 10)
}

// noHash stands where there is nothing to hash.
const noHash = "000000000000"

// JA4 is the fingerprint of a TLS client that FoxIO has published under this
// name. Cipher suites and extensions are sorted, so that shuffling them makes
// no difference; GREASE is left out everywhere.
func (h *ClientHelloInfo) JA4() string {
	if h == nil {
		return ""
	}
	b := make([]byte, 0, 36)
	b = append(b, h.ja4Transport())
	b = append(b, h.ja4Version()...)
	b = append(b, h.ja4ServerName())

	var sorted [64]uint16
	suites := appendReal(sorted[:0], h.CipherSuites)
	b = appendCount(b, len(suites))
	count := 0
	for _, e := range h.Extensions {
		if !IsGREASE(e.Type) {
			count++
		}
	}
	b = appendCount(b, count)
	b = append(b, h.ja4ALPN()...)

	var text [512]byte
	slices.Sort(suites)
	b = appendHash(append(b, '_'), appendHexes(text[:0], suites))
	b = appendHash(append(b, '_'), h.appendJA4Extensions(text[:0]))
	return string(b)
}

// ja4Transport knows QUIC by the extension that only QUIC may send: RFC 9001,
// section 8.2.
func (h *ClientHelloInfo) ja4Transport() byte {
	if h.DTLS {
		return 'd'
	}
	if _, ok := h.Extension(extQUICParameters); ok {
		return 'q'
	}
	return 't'
}

// ja4Version names the highest number, as the specification has it, although
// DTLS counts backwards.
func (h *ClientHelloInfo) ja4Version() string {
	version := h.LegacyVersion
	if _, ok := h.Extension(extSupportedVersions); ok {
		version = 0
		for _, v := range h.SupportedVersions {
			if !IsGREASE(v) {
				version = max(version, v)
			}
		}
	}
	switch version {
	case tls13:
		return "13"
	case tls12:
		return "12"
	case tls11:
		return "11"
	case tls10:
		return "10"
	case ssl30:
		return "s3"
	case ssl20:
		return "s2"
	case dtls10:
		return "d1"
	case dtls12:
		return "d2"
	case dtls13:
		return "d3"
	default:
		return "00"
	}
}

// ja4ServerName asks for the extension, whatever it says.
func (h *ClientHelloInfo) ja4ServerName() byte {
	if _, ok := h.Extension(extServerName); ok {
		return 'd'
	}
	return 'i'
}

// ja4ALPN is the first and the last character of the first name, or of its
// hexadecimal form where one of the two is neither letter nor digit.
func (h *ClientHelloInfo) ja4ALPN() string {
	for _, name := range h.ALPN {
		switch {
		case name == "":
			return "00"
		case len(name) == 2 && IsGREASE(uint16(name[0])<<8|uint16(name[1])):
			continue
		}
		first, last := name[0], name[len(name)-1]
		if !alphanumeric(first) || !alphanumeric(last) {
			first, last = hexDigits[first>>4], hexDigits[last&15]
		}
		return string([]byte{first, last})
	}
	return "00"
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// appendJA4Extensions writes the sorted extensions without those that say
// where the client goes, and the signature algorithms in their own order.
func (h *ClientHelloInfo) appendJA4Extensions(b []byte) []byte {
	var array [64]uint16
	types := array[:0]
	for _, e := range h.Extensions {
		if !IsGREASE(e.Type) && e.Type != extServerName && e.Type != extALPN {
			types = append(types, e.Type)
		}
	}
	slices.Sort(types)
	b = appendHexes(b, types)
	if algorithms := appendReal(array[:0], h.SignatureAlgorithms); len(algorithms) > 0 {
		b = appendHexes(append(b, '_'), algorithms)
	}
	return b
}

// appendReal appends what is not GREASE.
func appendReal(to, list []uint16) []uint16 {
	for _, v := range list {
		if !IsGREASE(v) {
			to = append(to, v)
		}
	}
	return to
}

// appendCount has two digits for any number.
func appendCount(b []byte, n int) []byte {
	n = min(n, 99)
	return append(b, '0'+byte(n/10), '0'+byte(n%10))
}

const hexDigits = "0123456789abcdef"

func appendHexes(b []byte, list []uint16) []byte {
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, hexDigits[v>>12], hexDigits[v>>8&15], hexDigits[v>>4&15], hexDigits[v&15])
	}
	return b
}

func appendHash(b, text []byte) []byte {
	if len(text) == 0 {
		return append(b, noHash...)
	}
	sum := sha256.Sum256(text)
	return hex.AppendEncode(b, sum[:len(noHash)/2])
}
