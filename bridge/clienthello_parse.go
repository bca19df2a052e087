package bridge

import (
	"encoding/binary"
	"fmt"
	"strconv"
)

const typeClientHello = 1

// Versions as they are on the wire.
const (
	ssl20  = 0x0002
	ssl30  = 0x0300
	tls10  = 0x0301
	tls11  = 0x0302
	tls12  = 0x0303
	tls13  = 0x0304
	dtls10 = 0xfeff
	dtls12 = 0xfefd
	dtls13 = 0xfefc
)

// helloParser fills info until the first mistake.
type helloParser struct {
	info  *ClientHelloInfo
	raw   []byte
	field string // what is being read
	err   *ClientHelloError

	// values holds all lists of numbers, one after the other. Its size is a guess:
	// where it has to grow, the lists that are finished stay where they are.
	values []uint16
}

func parseClientHello(msg []byte, dtls bool) (*ClientHelloInfo, error) {
	p := helloParser{info: &ClientHelloInfo{Raw: msg, DTLS: dtls}, raw: msg, field: "handshake header"}
	p.message(helloReader{p: &p, end: len(msg)})
	if p.err != nil {
		return nil, p.err
	}
	return p.info, nil
}

func (p *helloParser) message(r helloReader) {
	h := p.info
	p.header(&r)
	h.LegacyVersion = uint16(r.in("legacy_version").number(2))
	h.Random = r.in("random").take(32).rest()
	h.SessionID = r.in("session_id").vector(1, 0, 32).rest()
	if h.DTLS {
		h.LegacyCookie = r.in("cookie").vector(1, 0, 255).rest()
	}
	suites := r.in("cipher_suites").vector(2, 2, 1<<16-2)
	h.CompressionMethods = r.in("compression_methods").vector(1, 1, 255).rest()
	extensions := r
	if r.left() > 0 { // else there is no block at all, which TLS 1.2 allows
		extensions = r.in("extensions").vector(2, 0, 1<<16-1)
		r.done()
	}
	if p.err != nil {
		return
	}
	count, values := estimate(extensions.rest())
	p.values = make([]uint16, 0, suites.left()/2+values)
	h.CipherSuites = suites.in("cipher_suites").uint16s()
	if count > 0 {
		h.Extensions = make([]Extension, 0, count)
	}
	p.extensions(&extensions)
	if _, ok := h.Extension(extSupportedVersions); !ok {
		p.deriveVersions()
	}
}

// header reads what stands before the message. In DTLS it says which part of
// the message follows, which has to be all of it.
func (p *helloParser) header(r *helloReader) {
	if typ := r.number(1); typ != typeClientHello {
		r.fail("not a ClientHello: the handshake type is " + strconv.Itoa(typ))
		return
	}
	length := r.number(3)
	if p.info.DTLS {
		r.take(2) // number of the message
		if offset, part := r.number(3), r.number(3); offset != 0 || part != length {
			r.fail("a fragment: put the message together first")
		}
	}
	if length != r.left() {
		r.fail(fmt.Sprintf("says that %d bytes follow, not %d", length, r.left()))
	}
}

// estimate counts the extensions and the numbers in their lists, so that
// memory is asked for once. It judges nothing.
func estimate(block []byte) (extensions, values int) {
	values = 4 // deriveVersions
	for len(block) >= 4 {
		size := int(binary.BigEndian.Uint16(block[2:]))
		switch binary.BigEndian.Uint16(block) {
		case extSupportedGroups, extSignatureAlgorithms, extSignatureAlgorithmsCert, extSupportedVersions:
			values += size / 2
		case extKeyShare:
			values += 4
		}
		extensions++
		block = block[min(4+size, len(block)):]
	}
	return extensions, min(values, 1<<15)
}

func (p *helloParser) extensions(r *helloReader) {
	var low uint64 // a bit for each type below 64 that has been there; high has the others
	high := make(map[uint16]struct{}, 8)
	for r.left() > 0 {
		at := r.at
		p.field = "extensions"
		typ := uint16(r.number(2))
		body := r.vector(2, 0, 1<<16-1)
		if p.err != nil {
			return
		}
		p.info.Extensions = append(p.info.Extensions, Extension{Type: typ, Data: body.rest()})
		lowBefore, highBefore := low, len(high)
		if typ < 64 {
			low |= 1 << typ
		} else {
			high[typ] = struct{}{}
		}
		switch {
		case low == lowBefore && len(high) == highBefore:
			p.err = &ClientHelloError{extensionName(typ), at, "is there twice"}
		case typ == extPreSharedKey && r.left() > 0:
			p.err = &ClientHelloError{extensionName(typ), at, "is not the last extension"}
		default:
			p.extension(typ, &body)
		}
	}
}

// deriveVersions lists what a client without supported_versions may mean: the
// version it names and the ones below, but never TLS 1.3 (RFC 8446, section
// 4.2.1). SSL 3.0 is only among them where it is the best.
func (p *helloParser) deriveVersions() {
	start := len(p.values)
	switch v := p.info.LegacyVersion; {
	case p.info.DTLS && v>>8 == dtls12>>8: // they count backwards
		for w := max(v, dtls12); w <= dtls10; w += 2 {
			p.values = append(p.values, w)
		}
	case !p.info.DTLS && v > ssl30:
		for w := min(v, tls12); w > ssl30; w-- {
			p.values = append(p.values, w)
		}
	default:
		p.values = append(p.values, v)
	}
	p.info.SupportedVersions = p.since(start)
}

func (p *helloParser) since(start int) []uint16 {
	if start == len(p.values) {
		return nil
	}
	return p.values[start:len(p.values):len(p.values)]
}

// helloReader reads a message, or a vector in it, from the front. A mistake
// brings it to its end, so that loops end and only parseClientHello has to look.
type helloReader struct {
	p       *helloParser
	at, end int // in Raw
}

// in says what comes next.
func (r *helloReader) in(field string) *helloReader {
	r.p.field = field
	return r
}

func (r *helloReader) fail(reason string) {
	if r.p.err == nil {
		r.p.err = &ClientHelloError{r.p.field, r.at, reason}
	}
	r.at = r.end
}

func (r *helloReader) left() int { return r.end - r.at }

// rest has no room behind it: who appends to it does not write into Raw.
func (r helloReader) rest() []byte { return r.p.raw[r.at:r.end:r.end] }

// take is the rest of a reader of its own.
func (r *helloReader) take(n int) helloReader {
	v := helloReader{p: r.p, at: r.at, end: r.at}
	if n > r.left() {
		r.fail(fmt.Sprintf("ends too early: %d of %d bytes", r.left(), n))
		return v
	}
	r.at += n
	v.end = r.at
	return v
}

// number is one of so many bytes, or 0 where they are missing.
func (r *helloReader) number(size int) (n int) {
	if r.left() < size {
		r.take(size)
		return 0
	}
	b := r.p.raw[r.at:]
	r.at += size
	switch size {
	case 1:
		return int(b[0])
	case 2:
		return int(binary.BigEndian.Uint16(b))
	default:
		for _, v := range b[:size] {
			n = n<<8 | int(v)
		}
		return n
	}
}

// vector reads what follows a length of so many bytes: RFC 8446, section 3.4.
func (r *helloReader) vector(size, least, most int) helloReader {
	n := r.number(size)
	if r.p.err == nil && (n < least || n > most) {
		r.fail(fmt.Sprintf("has %d bytes, must have %d to %d", n, least, most))
	}
	if r.p.err != nil {
		n = 0
	}
	return r.take(n)
}

// list is a vector of numbers.
func (r *helloReader) list(size, least, most int) []uint16 {
	v := r.vector(size, least, most)
	return v.uint16s()
}

// uint16s reads all that is left.
func (r *helloReader) uint16s() []uint16 {
	if r.left()%2 != 0 {
		r.fail("has half a number at its end")
	}
	start := len(r.p.values)
	for b := r.rest(); len(b) >= 2; b = b[2:] {
		r.p.values = append(r.p.values, binary.BigEndian.Uint16(b))
	}
	r.at = r.end
	return r.p.since(start)
}

// done refuses what nobody has read.
func (r *helloReader) done() {
	if n := r.left(); n > 0 {
		r.fail(fmt.Sprintf("goes on after its end: %d bytes", n))
	}
}
