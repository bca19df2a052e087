package interop

import (
	"encoding/binary"
	"time"
)

// pcapng writes what a wire has kept as a capture file with the connection's keys
// in it, so that Wireshark shows the plaintext at once. Addresses, ports and TCP
// headers are made up: client 127.0.0.1:50000 and up, server 127.0.0.1:443. See
// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html.
func (w *wire) pcapng(keyLog string) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var f captureFile
	f.block(0x0A0D0D0A, section())
	f.block(1, iface())
	if keyLog != "" {
		f.block(10, secrets(keyLog))
	}
	sent := map[int]*[2]uint32{}
	for _, p := range w.pieces {
		if sent[p.flow] == nil {
			sent[p.flow] = new([2]uint32)
		}
		f.piece(p, sent[p.flow])
	}
	return f.data
}

type captureFile struct{ data []byte }

// block adds a block: its type, its length before and after, and the body.
func (f *captureFile) block(typ uint32, body []byte) {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	n := uint32(len(body) + 12)
	le := binary.LittleEndian
	f.data = le.AppendUint32(f.data, typ)
	f.data = le.AppendUint32(f.data, n)
	f.data = append(f.data, body...)
	f.data = le.AppendUint32(f.data, n)
}

// section is the body of the first block: byte order, version 1.0, unknown length.
func section() []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0x1A2B3C4D)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, 0)
	return le.AppendUint64(b, ^uint64(0))
}

// iface is an interface of raw IP packets (LINKTYPE_RAW) without a limit.
func iface() []byte {
	le := binary.LittleEndian
	b := le.AppendUint16(nil, 101)
	b = le.AppendUint16(b, 0)
	return le.AppendUint32(b, 0)
}

// secrets is the body of a Decryption Secrets Block with a TLS key log.
func secrets(keyLog string) []byte {
	keyLog += "\n"
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0x544c534b)
	b = le.AppendUint32(b, uint32(len(keyLog)))
	return append(b, keyLog...)
}

// maxSegment keeps a packet below the 64 KiB of IP.
const maxSegment = 32 << 10

// piece adds the segments of a piece; sent counts the bytes of each direction.
func (f *captureFile) piece(p piece, sent *[2]uint32) {
	from, to := 1, 0
	if p.toServer {
		from, to = 0, 1
	}
	flags := byte(0x18) // PSH, ACK
	if len(p.data) == 0 {
		flags = 0x11 // FIN, ACK
	}
	for first := true; first || len(p.data) > 0; first = false {
		n := min(len(p.data), maxSegment)
		f.packet(p.at, segment(p, p.data[:n], flags, sent[from]+1, sent[to]+1))
		sent[from] += uint32(n)
		p.data = p.data[n:]
	}
}

// packet adds an Enhanced Packet Block; its clock counts microseconds.
func (f *captureFile) packet(at time.Time, ip []byte) {
	le := binary.LittleEndian
	us := uint64(at.UnixMicro())
	b := le.AppendUint32(nil, 0)
	b = le.AppendUint32(b, uint32(us>>32))
	b = le.AppendUint32(b, uint32(us))
	b = le.AppendUint32(b, uint32(len(ip)))
	b = le.AppendUint32(b, uint32(len(ip)))
	f.block(6, append(b, ip...))
}

// segment is an IPv4 packet with a TCP segment. Checksums are left out, as they
// are where a network card computes them.
func segment(p piece, data []byte, flags byte, seq, ack uint32) []byte {
	be := binary.BigEndian
	client, server := uint16(50000+p.flow), uint16(443)
	src, dst := server, client
	if p.toServer {
		src, dst = client, server
	}
	b := []byte{0x45, 0}
	b = be.AppendUint16(b, uint16(40+len(data)))
	b = append(b, 0, 0, 0x40, 0, 64, 6, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1)
	b = be.AppendUint16(b, src)
	b = be.AppendUint16(b, dst)
	b = be.AppendUint32(b, seq)
	b = be.AppendUint32(b, ack)
	b = append(b, 0x50, flags, 0xff, 0xff, 0, 0, 0, 0)
	return append(b, data...)
}
