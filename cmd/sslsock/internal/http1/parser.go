// Package http1 cuts HTTP/1.1 requests out of bytes as they arrive, for
// programs that get their bytes from an event loop and cannot wait for more.
package http1

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// MaxHead is how many bytes a request line and its headers may have together.
const MaxHead = 16 << 10

// maxLine bounds a chunk's size line and a trailer's line.
const maxLine = 4 << 10

// StatusError is a request that cannot be answered but with a status. The
// connection is of no use after it: where the next request begins is unknown.
type StatusError struct {
	Code int // http.StatusBadRequest, …
	Err  error
}

func (e *StatusError) Error() string { return fmt.Sprintf("%d: %v", e.Code, e.Err) }

// Unwrap is the reason behind the status.
func (e *StatusError) Unwrap() error { return e.Err }

// Parser reads one connection. The zero value is ready.
type Parser struct {
	// Request is called for each request once its body has passed. Bodies are
	// dropped: req.Body must not be read.
	Request func(req *http.Request)
	// Continue is called when a client waits for 100 Continue before its body.
	Continue func()

	buf   []byte // what is not understood yet
	state func(*Parser) (more bool, err error)
	req   *http.Request
	skip  int64 // bytes to be dropped in the state skipping
	after func(*Parser) (bool, error)
	err   error
}

// Feed takes the next bytes and calls Request for each request that they
// complete. The error is a *StatusError, and final.
func (p *Parser) Feed(b []byte) error {
	if p.err != nil {
		return p.err
	}
	p.buf = append(p.buf, b...)
	for more := true; more && p.err == nil; {
		if p.state == nil {
			p.state = (*Parser).head
		}
		more, p.err = p.state(p)
	}
	return p.err
}

// head waits for a complete head: RFC 9112, section 2.2.
func (p *Parser) head() (bool, error) {
	// Empty lines before a request are to be ignored.
	p.buf = bytes.TrimLeft(p.buf, "\r\n")
	end := headEnd(p.buf)
	if end < 0 && len(p.buf) <= MaxHead {
		return false, nil
	}
	if end < 0 || end > MaxHead {
		return false, &StatusError{http.StatusRequestHeaderFieldsTooLarge, fmt.Errorf("the head has more than %d bytes", MaxHead)}
	}
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(p.buf[:end])))
	if err != nil {
		return false, &StatusError{http.StatusBadRequest, err}
	}
	switch {
	case req.ProtoMajor != 1:
		return false, &StatusError{http.StatusHTTPVersionNotSupported, fmt.Errorf("%s is not HTTP/1", req.Proto)}
	case req.ProtoAtLeast(1, 1) && req.Host == "":
		return false, &StatusError{http.StatusBadRequest, errors.New("no Host header")}
	}
	p.buf, p.req = p.buf[end:], req
	p.body()
	return true, nil
}

func (p *Parser) body() {
	chunked := len(p.req.TransferEncoding) > 0
	if p.Continue != nil && p.req.Header.Get("Expect") == "100-continue" && (chunked || p.req.ContentLength > 0) {
		p.Continue()
	}
	switch {
	case chunked:
		p.state = (*Parser).chunkSize
	default:
		p.skipping(p.req.ContentLength, (*Parser).complete)
	}
}

// complete hands the request over and begins with the next.
func (p *Parser) complete() (bool, error) {
	req := p.req
	p.req, p.state = nil, (*Parser).head
	if p.Request != nil {
		p.Request(req)
	}
	return len(p.buf) > 0, nil
}

func (p *Parser) skipping(n int64, after func(*Parser) (bool, error)) {
	p.skip, p.after, p.state = n, after, (*Parser).drop
}

func (p *Parser) drop() (bool, error) {
	n := min(int64(len(p.buf)), p.skip)
	p.buf = p.buf[n:]
	if p.skip -= n; p.skip > 0 {
		p.buf = nil
		return false, nil
	}
	p.state = p.after
	return true, nil
}

// chunkSize reads a chunk's first line: RFC 9112, section 7.1.
func (p *Parser) chunkSize() (bool, error) {
	line, ok, err := p.line()
	if !ok {
		return false, err
	}
	digits, _, _ := bytes.Cut(line, []byte{';'})
	n, err := strconv.ParseInt(string(bytes.TrimSpace(digits)), 16, 32)
	if err != nil || n < 0 {
		return false, &StatusError{http.StatusBadRequest, fmt.Errorf("%q is not the size of a chunk", digits)}
	}
	if n == 0 {
		p.state = (*Parser).trailer
	} else {
		p.skipping(n, (*Parser).chunkEnd)
	}
	return true, nil
}

func (p *Parser) chunkEnd() (bool, error) {
	line, ok, err := p.line()
	if !ok {
		return false, err
	}
	if len(line) > 0 {
		return false, &StatusError{http.StatusBadRequest, errors.New("a chunk is longer than it says")}
	}
	p.state = (*Parser).chunkSize
	return true, nil
}

func (p *Parser) trailer() (bool, error) {
	line, ok, err := p.line()
	if !ok {
		return false, err
	}
	if len(line) == 0 {
		p.state = (*Parser).complete
	}
	return true, nil
}

// line takes a line off the buffer, if one is complete.
func (p *Parser) line() (line []byte, ok bool, err error) {
	i := bytes.IndexByte(p.buf, '\n')
	if i < 0 && len(p.buf) <= maxLine {
		return nil, false, nil
	}
	if i < 0 || i > maxLine {
		return nil, false, &StatusError{http.StatusBadRequest, errors.New("a line in the body's framing is too long")}
	}
	line = bytes.TrimSuffix(p.buf[:i], []byte{'\r'})
	p.buf = p.buf[i+1:]
	return line, true, nil
}

// headEnd is where the head in b ends, its empty line included, or -1.
func headEnd(b []byte) int {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return -1
		}
		at += i + 1
		switch {
		case bytes.HasPrefix(b[at:], []byte("\r\n")):
			return at + 2
		case bytes.HasPrefix(b[at:], []byte("\n")):
			return at + 1
		}
	}
}
