package interop

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// wire is a relay that keeps what passes through it. It stands in for a packet
// capture, which takes rights that a test should not need.
type wire struct {
	ln     net.Listener
	target string
	busy   sync.WaitGroup

	mu     sync.Mutex
	flows  int
	pieces []piece
	size   int
	conns  []net.Conn
	closed bool
}

// piece is what one read of the relay brought; at the end of a direction it is
// empty.
type piece struct {
	at       time.Time
	flow     int // counts connections
	toServer bool
	data     []byte
}

// captureLimit bounds what a wire keeps, in bytes.
const captureLimit = 16 << 20

func newWire(target string) (*wire, error) {
	ln, err := listenTCP()
	if err != nil {
		return nil, err
	}
	w := &wire{ln: ln, target: target}
	w.busy.Go(w.serve)
	return w, nil
}

// Addr is where to connect instead of the target.
func (w *wire) Addr() string { return w.ln.Addr().String() }

func (w *wire) serve() {
	for {
		client, err := w.ln.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", w.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		if !w.adopt(client, server) {
			return
		}
	}
}

// adopt relays a connection, unless the wire is closed.
func (w *wire) adopt(client, server net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		_, _ = client.Close(), server.Close()
		return false
	}
	flow := w.flows
	w.flows++
	w.conns = append(w.conns, client, server)
	w.busy.Go(func() { w.pass(server, client, flow, true) })
	w.busy.Go(func() { w.pass(client, server, flow, false) })
	return true
}

// pass copies one direction. A connection that breaks is broken on the other
// side too, one that ends is ended.
func (w *wire) pass(to, from net.Conn, flow int, toServer bool) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			w.keep(flow, toServer, buf[:n])
			if _, writeErr := to.Write(buf[:n]); writeErr != nil {
				err = writeErr
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			w.keep(flow, toServer, nil)
			_ = to.(*net.TCPConn).CloseWrite()
			return
		default:
			_ = to.(*net.TCPConn).SetLinger(0)
			_, _ = to.Close(), from.Close()
			return
		}
	}
}

func (w *wire) keep(flow int, toServer bool, data []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size += len(data); w.size > captureLimit {
		return
	}
	w.pieces = append(w.pieces, piece{time.Now(), flow, toServer, append([]byte(nil), data...)})
}

func (w *wire) close() {
	_ = w.ln.Close()
	w.mu.Lock()
	w.closed = true
	for _, c := range w.conns {
		_ = c.Close()
	}
	w.mu.Unlock()
	w.busy.Wait()
}
