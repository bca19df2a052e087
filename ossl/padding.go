package ossl

// #include "shim_answer.h"
import "C"

import "fmt"

// RecordPadding hides how long the records of TLS 1.3 are: RFC 8446, section
// 5.4.
type RecordPadding struct {
	Random int // first up to so many bytes more, by chance
	Block  int // then so many that the length is a multiple of this; 0 and 1 are none
}

// maxPadding is what a record can hold.
const maxPadding = 16384

func (p RecordPadding) check() error {
	if p.Random < 0 || p.Random > maxPadding || p.Block < 0 || p.Block > maxPadding {
		return fmt.Errorf("ossl: record padding of %d and %d: must be 0 to %d", p.Random, p.Block, maxPadding)
	}
	return nil
}

// SetRecordPadding pads the records of SSLs made from now on. It takes the place
// of the callback of SSL_CTX_set_record_padding_callback(3), and of
// SetBlockPadding. The zero RecordPadding is none.
func (c *Ctx) SetRecordPadding(p RecordPadding) error {
	if err := p.check(); err != nil {
		return err
	}
	return c.call("SSL_CTX_set_record_padding_callback", func(c *C.SSL_CTX) *C.gossl_err {
		crossing()
		return C.gossl_set_record_padding(c, nil, C.uint(p.Block), C.uint(p.Random))
	})
}

// SetRecordPadding is the same for one connection; it can be changed at any
// time. From OpenSSL 3.2 on, records are padded only if the connection had a
// padding when it got its keys: one that is set after the handshake waits for
// the next KeyUpdate. SetBlockPadding does nothing after it. With the records in
// the kernel (kTLS) it is an error: SSL_set_record_padding_callback(3).
func (s *SSL) SetRecordPadding(p RecordPadding) error {
	if err := p.check(); err != nil {
		return err
	}
	return s.call("SSL_set_record_padding_callback", func(s *C.SSL) *C.gossl_err {
		crossing()
		return C.gossl_set_record_padding(nil, s, C.uint(p.Block), C.uint(p.Random))
	})
}
