// Package wire is the server's side of the benchmark's protocol for peers that give a goroutine to each connection, and
// what all peers written in Go have in common. The protocol is described in the README of sslbench.
package wire

import (
	"errors"
	"io"
	"math"
	"net"
	"strconv"
)

// BufferSize is the size, in bytes, of the buffer that every peer reads into and of a write of a download: one full record.
const BufferSize = 16384

var (
	errNumber = errors.New("a download's size must be decimal digits and NUL")
	zeros     [BufferSize]byte
)

// Serve answers requests on c until the peer closes it, and closes it itself. It is nil that it returns at a clean end.
//
// A connection that has not asked for anything yet holds a buffer of 64 bytes only, as a program with many idle
// connections would do it.
func Serve(c net.Conn) error {
	defer c.Close()
	s := server{Conn: c}
	first := make([]byte, 64)
	for {
		n, err := c.Read(first)
		if err == nil {
			err = s.request(first[:n])
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type server struct {
	net.Conn
	digits []byte // of a download's size that came in pieces
	sizing bool
}

// request takes bytes that begin a request, or go on with the size of a download.
func (s *server) request(p []byte) error {
	for i, b := range p {
		switch {
		case s.sizing && b == 0:
			n, err := strconv.ParseUint(string(s.digits), 10, 64)
			if err != nil {
				return errNumber
			}
			s.sizing = false
			if err := s.source(n); err != nil {
				return err
			}
		case s.sizing:
			if s.digits = append(s.digits, b); len(s.digits) > len(strconv.Itoa(math.MaxInt64)) {
				return errNumber
			}
		case b == 'G':
			s.sizing, s.digits = true, s.digits[:0]
		case b == 'S':
			return s.sink()
		default:
			return s.echo(p[i:])
		}
	}
	return nil
}

func (s *server) source(n uint64) error {
	for n > 0 {
		m, err := s.Write(zeros[:min(n, BufferSize)])
		if err != nil {
			return err
		}
		n -= uint64(m)
	}
	return nil
}

func (s *server) sink() error {
	buf := make([]byte, BufferSize)
	for {
		if _, err := s.Read(buf); err != nil {
			return err
		}
	}
}

func (s *server) echo(first []byte) error {
	buf := make([]byte, BufferSize)
	n := copy(buf, first)
	for {
		for off := 0; off < n; {
			m, err := s.Write(buf[off:n])
			if err != nil {
				return err
			}
			off += m
		}
		var err error
		if n, err = s.Read(buf); err != nil {
			return err
		}
	}
}
