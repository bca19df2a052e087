package suite

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// side is one end of a connection: the handler of its stream.
type side struct {
	link   *link
	name   string
	stream *bridge.Stream
	err    error // why it ended before its time
	gone   bool
	facts  facts

	// These are about the stage that the link is in.
	done           bool
	starts         bool // the message that it sends now is not what the stage waits for
	replies        bool // it writes after it has read all
	sent, received int
}

// What is sent repeats itself at a length that no record has, so that bytes
// which come twice, not at all or in another order are noticed.
const period = 251

var pattern = func() []byte {
	b := make([]byte, period<<10)
	for i := range b {
		b[i] = byte(i % period)
	}
	return b
}()

// chunk is how much one Write takes: OpenSSL's runner has 64 KiB. Under DTLS it
// is a message, which must fit into a record.
func (s *side) chunk() int {
	if o := s.link.test.opts; o.method == "DTLS" {
		return o.maxFragment
	}
	return 64 << 10
}

// HandshakeDone is called by the loop.
func (s *side) HandshakeDone(st *bridge.Stream) {
	s.stream = st
	if s == s.link.client {
		if err := s.link.stapleOf(st.SSL()); err != nil {
			s.refuse(st, err)
			return
		}
	}
	s.finish()
}

// Data is called by the loop.
func (s *side) Data(st *bridge.Stream, p []byte) {
	at := s.received % period
	total := s.link.test.opts.appData
	switch stage := s.link.stage; {
	case stage != firstExchange && stage != exchange:
		st.Abort(fmt.Errorf("%d bytes of data while %v", len(p), stage))
		return
	case s.received+len(p) > total:
		st.Abort(fmt.Errorf("%d bytes of data, more than %d", s.received+len(p), total))
		return
	case !bytes.Equal(p, pattern[at:at+len(p)]):
		st.Abort(errors.New("the data that arrived is not what was sent"))
		return
	}
	s.received += len(p)
	if s.received == total {
		s.write()
	}
}

// Writable is called by the loop.
func (s *side) Writable(*bridge.Stream) { s.write() }

// Closed is called by the loop, with the SSL not freed yet.
func (s *side) Closed(st *bridge.Stream, err error) {
	if ssl := st.SSL(); ssl != nil {
		s.facts.collect(ssl)
	}
	if s.link.stage != closing {
		if s.err == nil {
			s.err = err
		}
	} else if !s.facts.sentClose || !s.facts.peerClosed {
		s.err = errors.New("close_notify has not passed both ways")
	}
	s.gone = true
	s.link.left(s)
}

// refuse ends what libssl is content with. The peer is told, for a datagram
// socket would not.
func (s *side) refuse(st *bridge.Stream, err error) {
	s.err = err
	s.link.failed(s)
	st.Close()
}

// event is told by the loop what libssl tells.
func (s *side) event(ev ossl.Event) {
	const handshakeDone = 0x20 // SSL_CB_HANDSHAKE_DONE
	switch {
	case ev.Kind == ossl.EventAlert:
		s.facts.alert(ev)
	case ev.Where&handshakeDone != 0 && s.link.stage == changing && !s.starts:
		s.finish()
	}
}

// exchange begins to send and to expect the data of the test.
func (s *side) exchange() {
	s.sent, s.received = 0, 0
	s.write()
}

func (s *side) write() {
	total := s.link.test.opts.appData
	if s.replies && s.received < total {
		return
	}
	for s.sent < total {
		at := s.sent % period
		n, err := s.stream.Write(pattern[at : at+min(s.chunk(), total-s.sent)])
		s.sent += n
		if err != nil {
			return // Writable comes, or Closed
		}
	}
	if s.received == total {
		s.finish()
	}
}

// finish says that the side has done its part of the stage.
func (s *side) finish() {
	if !s.done {
		s.done = true
		s.link.finished()
	}
}

// change asks for another handshake, or for what comes after one.
func (s *side) change() error {
	ssl, o := s.stream.SSL(), s.link.test.opts
	switch o.mode {
	case modeKeyUpdateClient, modeKeyUpdateServer:
		return ssl.KeyUpdate(o.keyUpdate)
	case modePostHandshakeAuth:
		return ssl.VerifyClientPostHandshake()
	case modeRenegotiateServer:
		return ssl.Renegotiate()
	}
	// A client resumes unless it has something to change.
	c := s.link.clientOptions()
	if c.noEMSAgain {
		ssl.SetOptions(ossl.OpNoExtendedMasterSecret)
	}
	if c.renegotiateCipher != "" {
		if err := ssl.SetCipherList(c.renegotiateCipher); err != nil {
			return err
		}
	}
	if c.noEMSAgain || c.renegotiateCipher != "" {
		return ssl.Renegotiate()
	}
	return ssl.RenegotiateAbbreviated()
}
