package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/cmd/sslsock/internal/http1"
	"github.com/sslsock/sslsock/ossl"
)

// wwwConn answers HTTP/1.1 on a loop, in the order in which it is asked.
type wwwConn struct {
	loopConn
	parser http1.Parser
	stream *bridge.Stream
	state  []pair
	over   bool // no further requests are answered
}

func newWWWConn(base loopConn) *wwwConn {
	c := &wwwConn{loopConn: base}
	c.parser.Request = c.answer
	c.parser.Continue = func() { c.out.send(c.stream, []byte("HTTP/1.1 100 Continue\r\n\r\n")) }
	return c
}

func (c *wwwConn) HandshakeDone(s *bridge.Stream) {
	c.loopConn.HandshakeDone(s)
	st := s.ConnectionState()
	c.stream, c.state = s, connectionLines(&st)
}

func (c *wwwConn) Data(s *bridge.Stream, p []byte) {
	if c.over {
		return
	}
	err := c.parser.Feed(p)
	var refused *http1.StatusError
	if errors.As(err, &refused) && !c.over {
		c.respond(refused.Code, fmt.Appendf(nil, "%s\n", oneLine(refused)), true, true)
	}
	if c.over {
		c.out.finish(s)
	}
}

// EOF lets what is under way go out.
func (c *wwwConn) EOF(s *bridge.Stream) {
	c.over = true
	c.out.finish(s)
}

func (c *wwwConn) answer(req *http.Request) {
	if c.over {
		return
	}
	line := fmt.Sprintf("%s %s %s", req.Method, req.RequestURI, req.Proto)
	page := c.srv.page(c.stream.RemoteAddr(), line, c.state)
	c.respond(http.StatusOK, page, req.Method != http.MethodHead, req.Close)
}

// respond sends one response: RFC 9112, section 6.3, has the length of a body
// that HEAD does not bring.
func (c *wwwConn) respond(code int, body []byte, withBody, last bool) {
	connection := "keep-alive"
	if last {
		connection, c.over = "close", true
	}
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\nConnection: %s\r\n\r\n",
		code, http.StatusText(code), time.Now().UTC().Format(http.TimeFormat), len(body), connection)
	if withBody {
		b = append(b, body...)
	}
	c.out.send(c.stream, b)
}

// connectionLines is what the page says of a connection.
func connectionLines(st *ossl.ConnectionState) []pair {
	lines := describe(st)
	if len(st.PeerCertificates) > 0 {
		leaf := certificate(st.PeerCertificates[0])
		lines = append(lines, pair{"client", leaf.Subject}, pair{"issued by", leaf.Issuer})
	}
	return append(lines, pair{"OpenSSL", ossl.OpenSSLVersion()})
}
