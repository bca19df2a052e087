package bridge_test

import (
	"errors"
	"fmt"
	"io"
	"log"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/testdata"
)

// echoer is one connection. Where the peer does not read, it stops reading too,
// so that it never holds more than the queue and one piece of data.
type echoer struct{ rest []byte }

func (e *echoer) HandshakeDone(*bridge.Stream) {}

func (e *echoer) Data(s *bridge.Stream, p []byte) {
	n, err := s.Write(p)
	if errors.Is(err, bridge.ErrQueueFull) {
		e.rest = append(e.rest, p[n:]...)
		s.PauseReading()
	}
}

func (e *echoer) Writable(s *bridge.Stream) {
	n, err := s.Write(e.rest)
	e.rest = e.rest[n:]
	if err == nil {
		e.rest = nil
		s.ResumeReading()
	}
}

func (e *echoer) Closed(*bridge.Stream, error) {}

// An echo server on one goroutine, which loses nothing when a peer is slow.
func ExampleLoop() {
	cfg := &bridge.Config{Certificates: []bridge.Certificate{{
		CertFile: testdata.Path(testdata.ECDSA.Cert),
		KeyFile:  testdata.Path(testdata.ECDSA.Key),
	}}}
	ctx, err := cfg.NewServerCtx()
	if err != nil {
		log.Fatal(err)
	}
	defer ctx.Close()
	loop, err := bridge.NewLoop(nil)
	if err != nil {
		log.Fatal(err)
	}
	ln, err := loop.Listen("tcp", "127.0.0.1:0", ctx, func(*bridge.Stream) bridge.Handler { return new(echoer) })
	if err != nil {
		log.Fatal(err)
	}
	go func() { _ = loop.Run() }()
	defer loop.Close()

	conn, err := bridge.Dial("tcp", ln.Addr().String(), &bridge.Config{
		RootCAs: bridge.Trust{File: testdata.Path(testdata.ECDSA.Roots)},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "Hello, loop!")
	echo := make([]byte, 12)
	_, err = io.ReadFull(conn, echo)
	fmt.Println(string(echo), err)
	// Output: Hello, loop! <nil>
}
