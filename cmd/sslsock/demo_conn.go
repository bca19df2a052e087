package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/sslsock/sslsock/bridge"
)

func (a *actor) connServer() error {
	ln, err := bridge.Listen("tcp", a.plan.Addr, a.serverConfig())
	if err != nil {
		if ce := new(bridge.ConfigError); errors.As(err, &ce) {
			return err
		}
		return listenError(a.plan.Addr, err)
	}
	defer ln.Close()
	a.step("bind")
	a.step("listen")
	a.event(event{Kind: eventReady, Text: ln.Addr().String()})
	nc, err := ln.Accept()
	if err != nil {
		return err
	}
	a.step("accept")
	return a.converse(nc.(*bridge.Conn))
}

func (a *actor) connClient() error {
	ctx, err := a.clientCtx()
	if err != nil {
		return err
	}
	defer ctx.Close()
	nc, err := net.DialTimeout("tcp", a.plan.Addr, demoPatience)
	if err != nil {
		return err
	}
	a.step("connect")
	c, err := bridge.Client(nc, ctx, &bridge.ClientOptions{ServerName: a.plan.ServerName})
	if err != nil {
		_ = nc.Close()
		return err
	}
	return a.converse(c)
}

// converse is the whole of a connection, in the order in which it happens.
func (a *actor) converse(c *bridge.Conn) error {
	defer c.Close()
	a.say("SSL_set_fd")
	if a.role == roleClient && len(c.ConnectionState().PeerCertificates) == 0 {
		a.say("no cert")
	}
	c.SetTrace(a.trace)
	if err := a.shakeHands(c); err != nil {
		return &connError{err}
	}
	st := c.ConnectionState()
	a.introduce(&st)
	in := bufio.NewReader(patient{c})
	if err := a.talk(c, in); err != nil {
		return &connError{err}
	}
	return a.part(c, in)
}

// shakeHands waits for its cue: the server before its first step, the client
// after its first. A read deadline that has passed stops the client there, and
// is no failure: the handshake goes on under a later one.
func (a *actor) shakeHands(c *bridge.Conn) error {
	if a.role == roleClient {
		_ = c.SetReadDeadline(time.Unix(1, 0))
		if err := c.Handshake(); !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
		_ = c.SetReadDeadline(time.Time{})
	}
	a.await()
	ctx, cancel := context.WithTimeout(context.Background(), demoPatience)
	defer cancel()
	return c.HandshakeContext(ctx)
}

// talk exchanges a line each, and the payload both ways at once.
func (a *actor) talk(c *bridge.Conn, in *bufio.Reader) error {
	if a.role == roleClient {
		if err := a.hear(in); err != nil {
			return err
		}
		return a.transfer(c, in, answer, func() error { return nil })
	}
	return a.transfer(c, in, greeting, func() error { return a.hear(in) })
}

func (a *actor) hear(in *bufio.Reader) error {
	line, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	a.say("received %q", strings.TrimSuffix(line, "\n"))
	return nil
}

// transfer sends text and the payload, while it hears what the peer sends.
func (a *actor) transfer(c *bridge.Conn, in *bufio.Reader, text string, hear func() error) error {
	a.say("sends %q", text)
	if _, err := io.WriteString(patient{c}, text+"\n"); err != nil {
		return err
	}
	if a.plan.Payload == "" {
		return hear()
	}
	out, err := a.openPayload()
	if err != nil {
		return err
	}
	defer out.file.Close()
	sent := make(chan error, 1)
	go func() {
		_, err := io.Copy(patient{c}, out)
		sent <- err
	}()
	got := newInbound()
	err = hear()
	if err == nil {
		err = receive(in, got)
	}
	if err != nil {
		_ = c.Close() // or the other direction would go on
	}
	if err = errors.Join(err, <-sent); err != nil {
		return err
	}
	a.account(out, got)
	return nil
}

func receive(in io.Reader, got *inbound) error {
	buf := make([]byte, 64<<10)
	for !got.complete() {
		n, err := in.Read(buf)
		if err == nil {
			err = got.take(buf[:n])
		}
		if err == io.EOF { //nolint:errorlint // as io.Reader returns it
			err = errors.New("the peer closed before all had passed")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// part is the shutdown: the client begins it, each side's close_notify is seen
// by the other.
func (a *actor) part(c *bridge.Conn, in io.Reader) error {
	if a.role == roleClient {
		if err := c.CloseWrite(); err != nil {
			return &connError{err}
		}
	}
	switch n, err := io.Copy(io.Discard, in); {
	case err != nil:
		return &connError{err}
	case n > 0:
		return fmt.Errorf("%d bytes that nobody announced", n)
	}
	if a.role == roleServer {
		if err := c.CloseWrite(); err != nil {
			return &connError{err}
		}
	}
	a.say("close_notify sent and received")
	return nil
}

// patient waits for the peer, but not for ever.
type patient struct{ *bridge.Conn }

func (p patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(demoPatience)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

func (p patient) Write(b []byte) (int, error) {
	if err := p.SetWriteDeadline(time.Now().Add(demoPatience)); err != nil {
		return 0, err
	}
	return p.Conn.Write(b)
}
