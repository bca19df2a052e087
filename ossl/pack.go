package ossl

import (
	"encoding/binary"
	"math/big"
	"time"
)

// pack is a value of many parts as gossl_put_* of shim_mem.c wrote it: one
// crossing brings it, whatever its length. Parts are read in the order in
// which they were written.
type pack []byte

func (p *pack) more() bool { return len(*p) > 0 }

func (p *pack) int() int64 {
	if len(*p) < 8 {
		*p = nil
		return 0
	}
	v := int64(binary.NativeEndian.Uint64(*p))
	*p = (*p)[8:]
	return v
}

func (p *pack) bytes() []byte {
	n := p.int()
	if n <= 0 || n > int64(len(*p)) {
		return nil
	}
	b := (*p)[:n:n]
	*p = (*p)[n:]
	return b
}

func (p *pack) text() string { return string(p.bytes()) }

func (p *pack) bool() bool { return p.int() != 0 }

func (p *pack) nid() NID { return NID(p.int()) }

// object is a NID and the dotted form.
func (p *pack) object() (NID, string) { return p.nid(), p.text() }

// time is the zero time where there was none, or none that can be read.
func (p *pack) time() time.Time {
	set, sec := p.bool(), p.int()
	if !set {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}

// number is nil where there was none.
func (p *pack) number() *big.Int {
	n, ok := new(big.Int).SetString(p.text(), 16)
	if !ok {
		return nil
	}
	return n
}
