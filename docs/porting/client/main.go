// Command client is the port of c/client.c: a goroutine for each connection,
// where C has a blocking thread. It verifies the server, shows a certificate of
// its own, sends lines and checks their echo, then connects again and resumes.
//
//	client PORT NAME CA CERT KEY GOROUTINES LINES
//
// It prints a line for each connection; the exit status is 1 if one failed.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

// timeout bounds each connection, as SO_RCVTIMEO and SO_SNDTIMEO do in C.
const timeout = 20 * time.Second

// client is what C keeps in static variables.
type client struct {
	ctx        *ossl.Ctx
	port, name string
	lines      int
}

func main() {
	if len(os.Args) != 8 {
		fmt.Fprintln(os.Stderr, "usage: client PORT NAME CA CERT KEY GOROUTINES LINES")
		os.Exit(2)
	}
	count, _ := strconv.Atoi(os.Args[6])
	lines, _ := strconv.Atoi(os.Args[7])
	ctx, err := (&bridge.Config{
		RootCAs:      bridge.Trust{File: os.Args[3]},
		Certificates: []bridge.Certificate{{CertFile: os.Args[4], KeyFile: os.Args[5]}},
	}).NewClientCtx()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	c := &client{ctx, os.Args[1], os.Args[2], lines}
	failed := c.all(count)
	ctx.Close()
	if failed {
		os.Exit(1)
	}
}

// all runs the workers, and says whether one failed.
func (c *client) all(count int) bool {
	var wg sync.WaitGroup
	errs := make([]error, count)
	for id := range count {
		wg.Go(func() { errs[id] = c.worker(id) })
	}
	wg.Wait()
	for id, err := range errs {
		if err != nil {
			fmt.Fprintf(os.Stderr, "connection %d: %v\n", id, err)
		}
	}
	return errors.Join(errs...) != nil
}

// worker connects twice; the second time it resumes.
func (c *client) worker(id int) error {
	session, err := c.run(id, nil)
	if err != nil {
		return err
	}
	defer session.Close()
	again, err := c.run(id, session)
	again.Close()
	return err
}

// run makes one connection, with a session to resume if there is one, and
// returns the session for the next, which the caller closes.
func (c *client) run(id int, session *ossl.Session) (*ossl.Session, error) {
	nc, err := net.DialTimeout("tcp", "127.0.0.1:"+c.port, timeout)
	if err != nil {
		return nil, err
	}
	// SSL_new, SSL_set_fd, SSL_set_tlsext_host_name, SSL_set1_host, SSL_set_session
	conn, err := bridge.Client(nc, c.ctx, &bridge.ClientOptions{ServerName: c.name, Session: session})
	if err != nil {
		nc.Close()
		return nil, err
	}
	defer conn.Close() // close_notify, SSL_free, close
	if err := errors.Join(conn.SetDeadline(time.Now().Add(timeout)), conn.Handshake()); err != nil {
		return nil, err
	}
	if err := c.talk(conn, id); err != nil {
		return nil, err
	}
	state, how := conn.ConnectionState(), "new"
	if state.Resumed {
		how = "resumed"
	}
	fmt.Printf("connection %d: %s, %d lines, %s\n", id, state.VersionName, c.lines, how)
	return conn.Session() // the ticket came with the first line
}

// talk sends the lines and checks their echo.
func (c *client) talk(conn net.Conn, id int) error {
	for i := range c.lines {
		line := fmt.Appendf(nil, "connection %d, line %d\n", id, i)
		if _, err := conn.Write(line); err != nil {
			return err
		}
		echo := make([]byte, len(line))
		if _, err := io.ReadFull(conn, echo); err != nil {
			return err
		}
		if !bytes.Equal(line, echo) {
			return fmt.Errorf("line %d comes back as %q", i, echo)
		}
	}
	return nil
}
