package interop

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// peerEnd is the runner's hold on the peer's side of one connection.
type peerEnd struct {
	*running
	mark int      // where the log of this connection begins
	conn net.Conn // instead of the program's own input and output, where it forwards
}

func (e *peerEnd) Read(p []byte) (int, error) {
	if e.conn != nil {
		return e.conn.Read(p)
	}
	return e.out.Read(p)
}

func (e *peerEnd) Write(p []byte) (int, error) {
	if e.conn != nil {
		return e.conn.Write(p)
	}
	return e.in.Write(p)
}

// CloseWrite tells the peer that there is no more to send.
func (e *peerEnd) CloseWrite() error {
	if e.conn != nil {
		return e.conn.(*net.TCPConn).CloseWrite()
	}
	return e.in.Close()
}

// connect makes the next connection.
func (c *cell) connect(ctx context.Context, session *ossl.Session) (Link, *peerEnd, error) {
	c.job.Connection = c.started
	c.started++
	var link Link
	var end *peerEnd
	var err error
	if c.server {
		link, end, err = c.accept(ctx)
	} else {
		p := c.peers[len(c.peers)-1]
		end = &peerEnd{running: p, mark: p.log.size()}
		link, err = c.driver.Dial(ctx, c.job.Addr, c.end, session)
	}
	if errors.Is(err, ErrUnsupported) {
		err = skip("%s: %v", c.driver.Name(), err)
	}
	if err != nil {
		c.rec.note("handshake: %v", err)
		return nil, end, err
	}
	c.links = append(c.links, link)
	context.AfterFunc(ctx, func() { _ = link.Cut() })
	c.rec.note("handshake done: %s", describe(link.State()))
	return link, end, nil
}

// accept has the peer connect. A peer that ends before it has done so ends the
// waiting too.
func (c *cell) accept(ctx context.Context) (Link, *peerEnd, error) {
	accepting, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	type accepted struct {
		link Link
		err  error
	}
	done := make(chan accepted, 1)
	go func() {
		link, err := c.ln.Accept(accepting)
		done <- accepted{link, err}
	}()
	end, err := c.dialByPeer(ctx)
	if err != nil {
		cancel(err)
		a := <-done
		if a.link != nil {
			_ = a.link.Close()
		}
		return nil, end, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.lateFor(accepting, end, cancel)
	}()
	a := <-done
	cancel(nil)
	<-ended
	return a.link, end, a.err
}

// goneGrace is how long the driver may take to see what a client that has ended
// left behind: a connection, or none.
const goneGrace = time.Second

// lateFor cancels the waiting for a client that has ended without a connection.
func (c *cell) lateFor(accepting context.Context, end *peerEnd, cancel context.CancelCauseFunc) {
	_ = end.wait(accepting)
	grace := time.NewTimer(goneGrace)
	defer grace.Stop()
	select {
	case <-grace.C:
		cancel(fmt.Errorf("no connection came: %w", end.gone()))
	case <-accepting.Done():
	}
}

func (c *cell) dialByPeer(ctx context.Context) (*peerEnd, error) {
	if n := len(c.peers); n > 0 && c.peers[n-1].launch.Data == Forward {
		return c.dialPlain(ctx, c.peers[n-1])
	} else if n > 0 && c.peers[n-1].launch.Twice {
		p := c.peers[n-1]
		return &peerEnd{running: p, mark: p.log.size()}, nil
	}
	var end *peerEnd
	err := c.onFreePort(&c.job.Plain, func() error {
		l, err := c.launch()
		if err != nil {
			return err
		}
		end = &peerEnd{running: c.peers[len(c.peers)-1]}
		if l.Data != Forward {
			return nil
		}
		return ready(ctx, c.job.Plain, end.gone)
	})
	if err != nil || end.launch.Data != Forward {
		return end, err
	}
	return c.dialPlain(ctx, end.running)
}

func (c *cell) dialPlain(ctx context.Context, p *running) (*peerEnd, error) {
	mark := p.log.size()
	conn, err := dialTCP(ctx, c.job.Plain)
	if err != nil {
		return &peerEnd{running: p}, err
	}
	context.AfterFunc(ctx, func() { _ = conn.Close() })
	return &peerEnd{running: p, mark: mark, conn: conn}, nil
}
