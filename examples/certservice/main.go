// Command certservice is an echo server on one bridge.Loop that asks an HTTP
// service for the certificate of each name that clients ask for (SNI).
//
//	certservice --addr localhost:8443 --service http://localhost:8080
//
// The service answers GET /NAME with a PEM chain and its key, or with 404. While
// it thinks, nobody waits but the client in question.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/sslsock/sslsock/bridge"
)

// alertUnrecognizedName is RFC 6066, section 3.
const alertUnrecognizedName = 112

func main() {
	addr := flag.String("addr", "localhost:8443", "`HOST:PORT` to listen on")
	service := flag.String("service", "http://localhost:8080", "`URL` of the service that has the certificates")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := serve(ctx, *addr, *service, func(at string) { log.Print("listening on ", at) })
	stop()
	if err != nil {
		log.Fatal(err)
	}
}

// serve runs the server until ctx ends, and tells ready where it listens.
func serve(ctx context.Context, addr, service string, ready func(addr string)) error {
	certs := &certificates{service: service, pairs: make(map[string]*entry)}
	defer certs.close()
	cfg := &bridge.Config{Hooks: &bridge.Hooks{
		Certificate: certs.choose,
		Finished: func(h *bridge.Handshake, r *bridge.HandshakeReport) {
			log.Printf("%v: %v, %v of it in hooks, error %v", h.RemoteAddr, r.Elapsed, r.InHooks, r.Err)
		},
	}}
	server, err := cfg.NewServerCtx()
	if err != nil {
		return err
	}
	defer server.Close()
	loop, err := bridge.NewLoop(nil)
	if err != nil {
		return err
	}
	ln, err := loop.Listen("tcp", addr, server, func(*bridge.Stream) bridge.Handler { return echo{} })
	if err != nil {
		return errors.Join(err, loop.Close())
	}
	ready(ln.Addr().String())
	defer context.AfterFunc(ctx, loop.Stop)()
	return loop.Run()
}

// certificates keeps what the service has answered.
type certificates struct {
	service string

	mu    sync.Mutex
	pairs map[string]*entry
}

// entry is a name's certificate, asked for once whoever wants it.
type entry struct {
	done chan struct{}
	pair *bridge.KeyPair
	err  error
}

// choose is the hook. It may block: only this handshake waits.
func (c *certificates) choose(ctx context.Context, h *bridge.Handshake) (*bridge.KeyPair, error) {
	name := h.ClientHello.ServerName
	if name == "" {
		return nil, bridge.AlertError(alertUnrecognizedName, errors.New("the client names no server"))
	}
	c.mu.Lock()
	e := c.pairs[name]
	if e == nil {
		e = &entry{done: make(chan struct{})}
		c.pairs[name] = e
		go c.fetch(name, e)
	}
	c.mu.Unlock()
	select {
	case <-e.done:
		return e.pair, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// fetch is for all who wait for the name, so no single one of them can cancel it.
func (c *certificates) fetch(name string, e *entry) {
	defer close(e.done)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if e.pair, e.err = ask(ctx, c.service, name); e.err != nil {
		c.mu.Lock()
		delete(c.pairs, name) // the next client may have more luck
		c.mu.Unlock()
	}
}

func ask(ctx context.Context, service, name string) (*bridge.KeyPair, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, service+"/"+url.PathEscape(name), nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: the service says %s", name, resp.Status)
	}
	pem, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, err
	}
	return bridge.LoadKeyPair(bridge.Certificate{CertPEM: pem})
}

func (c *certificates) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.pairs {
		<-e.done
		e.pair.Close()
	}
}

type echo struct{}

func (echo) HandshakeDone(*bridge.Stream)    {}
func (echo) Data(s *bridge.Stream, p []byte) { _, _ = s.Write(p) }
func (echo) Writable(*bridge.Stream)         {}
func (echo) Closed(*bridge.Stream, error)    {}
