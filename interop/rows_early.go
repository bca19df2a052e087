package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// EarlyLink is a Link that can have early data. A Link that is none skips the rows
// with Setup.EarlyData.
type EarlyLink interface {
	Link
	// EarlyDataStatus says what has become of what a client sent early.
	EarlyDataStatus() ossl.EarlyDataStatus
	// EarlyData is what a server has been sent early; Read brings it first.
	EarlyData() []byte
}

// earlyBytes are how many bytes a client sends before the handshake is done.
const earlyBytes = 1000

// playEarly makes two connections, and the client sends data early on the second.
// Unless it is nil, between is called between them. The server echoes it with the rest; where it is rejected our client sends it
// again, and a program most often drops it.
func playEarly(between func(c *cell, ctx context.Context) error) func(context.Context, *cell) error {
	return func(ctx context.Context, c *cell) error {
		link, end, err := c.connect(ctx, nil)
		if err != nil {
			return err
		}
		session, err := c.exchangeForSession(ctx, link, end)
		if err != nil {
			return fmt.Errorf("first connection: %w", err)
		}
		if session != nil {
			defer session.Close()
		}
		_ = link.Close()
		if between != nil {
			if err := between(c, ctx); err != nil {
				return err
			}
		}
		accepted := !c.row.Setup.EarlyRejected
		c.end.EarlyBytes = pattern(earlyBytes)
		if link, end, err = c.connect(ctx, session); err != nil {
			return fmt.Errorf("second connection: %w", err)
		}
		early, ok := link.(EarlyLink)
		if !ok {
			return skip("%s has no early data", c.driver.Name())
		}
		if err := c.checkEarly(early, accepted); err != nil {
			return fmt.Errorf("second connection: %w", err)
		}
		if err := c.exchangeEarly(ctx, early, end, accepted); err != nil {
			return fmt.Errorf("second connection: %w", err)
		}
		return nil
	}
}

// forgetSessions makes the server one that has just been started.
func (c *cell) forgetSessions(ctx context.Context) error {
	if c.server {
		c.end.Ctx.FlushSessions(time.Now().AddDate(1, 0, 0))
		return nil
	}
	if c.wire != nil {
		c.wire.close()
		c.wire = nil
	}
	return c.onFreePort(&c.job.Addr, func() error { return c.startServer(ctx) })
}

func (c *cell) checkEarly(link EarlyLink, accepted bool) error {
	status, got := link.EarlyDataStatus(), link.EarlyData()
	want := ossl.EarlyDataRejected
	if accepted {
		want = ossl.EarlyDataAccepted
	}
	switch {
	case (accepted || !c.server) && status != want:
		return fmt.Errorf("the status of early data is %v, not %v", status, want)
	case link.State().EarlyData != accepted:
		return fmt.Errorf("early data accepted: %t", !accepted)
	case c.server && !accepted && len(got) > 0:
		return fmt.Errorf("%d bytes of early data that was rejected", len(got))
	case c.server && accepted && !bytes.Equal(got, c.end.EarlyBytes):
		return fmt.Errorf("early data of %d bytes, or others than were sent: %.40q", len(got), got)
	}
	return nil
}

// exchangeEarly is exchange after the echo of what was sent early.
func (c *cell) exchangeEarly(ctx context.Context, link EarlyLink, end *peerEnd, accepted bool) error {
	early, data := c.end.EarlyBytes, pattern(c.job.bytes())
	if !c.server {
		if !accepted {
			if _, err := link.Write(early); err != nil {
				return err
			}
		}
		if accepted && c.peer.DropsEarly {
			c.rec.note("%s accepts early data, and drops it", c.peer.Name)
			return c.exchange(ctx, link, end)
		}
		return errors.Join(expect(link, early), c.exchange(ctx, link, end))
	}
	err := c.served(link, func() error { return serveEcho(link) }, func() error {
		if accepted {
			if err := expect(end, early); err != nil {
				return err
			}
		}
		return ask(end, end.CloseWrite, data)
	})
	if err != nil {
		return err
	}
	return end.wait(ctx)
}

// playRenegotiate has the driver begin another handshake between two halves of the
// data.
func playRenegotiate(ctx context.Context, c *cell) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	again, ok := link.(interface{ Renegotiate() error })
	if !ok {
		return skip("%s does not renegotiate", c.driver.Name())
	}
	if err := again.Renegotiate(); err != nil {
		return err
	}
	if err := c.exchange(ctx, link, end); err != nil {
		return err
	}
	if n := c.rec.messages(msgClientHello, !c.server); n != 2 {
		return fmt.Errorf("%d ClientHello, not 2", n)
	}
	return nil
}
