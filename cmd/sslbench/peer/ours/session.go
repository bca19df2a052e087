package main

import (
	"errors"

	"github.com/sslsock/sslsock/bridge"
)

// session speaks the protocol for one stream, as server.c does for one connection.
type session struct {
	rest   []byte // of an echo, what the stream had no room for
	zeros  uint64 // still to send
	count  uint64 // the number being read
	digits int
	state  state
}

type state uint8

const (
	request state = iota
	count
	echo
	sink
)

const maxDigits = 19

var (
	zero        [64 << 10]byte
	errProtocol = errors.New("not in the protocol")
)

func (*session) HandshakeDone(*bridge.Stream) {}

func (c *session) Data(s *bridge.Stream, p []byte) {
	for i, b := range p {
		switch c.state {
		case request:
			c.begin(b)
		case count:
			c.digit(s, b)
		}
		if c.state == echo {
			c.echo(s, p[i:])
			return
		}
		if c.state == sink {
			return
		}
	}
	if c.zeros > 0 {
		c.send(s)
	}
}

func (c *session) Writable(s *bridge.Stream) {
	if c.zeros > 0 {
		c.send(s)
	}
	if rest := c.rest; len(rest) > 0 {
		c.rest = nil
		c.echo(s, rest)
	}
	if len(c.rest) == 0 {
		s.ResumeReading()
	}
}

func (*session) Closed(*bridge.Stream, error) {}

func (c *session) begin(b byte) {
	switch b {
	case 'G':
		c.state, c.count, c.digits = count, 0, 0
	case 'S':
		c.state = sink
	default:
		c.state = echo
	}
}

func (c *session) digit(s *bridge.Stream, b byte) {
	switch {
	case b == 0:
		c.zeros += c.count
		c.state = request
	case b < '0' || b > '9' || c.digits == maxDigits:
		s.Abort(errProtocol)
	default:
		c.count = c.count*10 + uint64(b-'0')
		c.digits++
	}
}

// echo keeps what there is no room for, and stops reading until there is.
func (c *session) echo(s *bridge.Stream, p []byte) {
	n, err := s.Write(p)
	if errors.Is(err, bridge.ErrQueueFull) {
		c.rest = append(c.rest, p[n:]...)
		s.PauseReading()
	}
}

func (c *session) send(s *bridge.Stream) {
	for c.zeros > 0 {
		n, err := s.Write(zero[:min(c.zeros, uint64(len(zero)))])
		c.zeros -= uint64(n)
		if err != nil {
			return
		}
	}
}
