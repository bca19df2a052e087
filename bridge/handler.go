package bridge

import "github.com/sslsock/sslsock/ossl"

// Handler is a program's side of a [Stream]. All its methods are called on the
// loop's goroutine, one at a time, and must not block: whatever takes long
// belongs on another goroutine, which comes back by [Loop.Post].
type Handler interface {
	// HandshakeDone is called once the connection can carry data.
	HandshakeDone(s *Stream)
	// Data brings decrypted bytes. p is valid until Data returns. It may be
	// handed to Write as it is, and must not be changed after that.
	Data(s *Stream, p []byte)
	// Writable is called after a Write that returned ErrQueueFull, when at
	// most half of the queue is left.
	Writable(s *Stream)
	// Closed is the last call, and comes exactly once for every stream, even
	// when the handshake failed. err is io.EOF after the peer's close_notify,
	// net.ErrClosed after Close or Abort(nil), and otherwise what went wrong.
	Closed(s *Stream, err error)
}

// EOFHandler is a Handler that goes on writing after the peer's close_notify,
// until it calls Close itself. For any other the stream is closed then.
type EOFHandler interface {
	Handler
	EOF(s *Stream)
}

// Tracer is a Handler that wants to see the state machine at work: Trace is
// called after each step of the handshake and the shutdown, with the C
// function's name.
type Tracer interface {
	Handler
	Trace(s *Stream, op string, w ossl.Want, err error)
}
