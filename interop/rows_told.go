package interop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// dialogue is a connection to a peer that takes commands on its standard input,
// and mixes what it says of itself with the data that it writes. So nobody
// echoes here: each side sends words that the other waits for.
type dialogue struct {
	c    *cell
	link Link
	end  *peerEnd
	out  *listener
}

// Words, and who says them.
const (
	wordFirst  = "first word"
	wordSecond = "second word"
	byPeer     = " of the peer\n"
	byDriver   = " of ours\n"
)

// startDialogue connects and has both sides say their first word.
func (c *cell) startDialogue(ctx context.Context) (*dialogue, error) {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return nil, err
	}
	d := &dialogue{c: c, link: link, end: end, out: listenTo(end)}
	return d, d.words(ctx, wordFirst)
}

// playTold has the peer do something between two words, by the command letter
// that openssl's programs have for it.
func (c *cell) playTold(ctx context.Context, letter string, brings messageKind) error {
	d, err := c.startDialogue(ctx)
	if err != nil {
		return err
	}
	return d.command(ctx, letter, brings)
}

// command tells the peer a command, waits for the message that it brings, and
// has both sides say their second word.
func (d *dialogue) command(ctx context.Context, letter string, brings messageKind) error {
	before := d.c.rec.messages(brings.typ, brings.sent)
	d.c.rec.note("%s is told %q", d.c.peer.Name, letter)
	// The driver reads meanwhile, or it would see nothing of what follows.
	heard := make(chan error, 1)
	go func() { heard <- readWord(d.link, wordSecond+byPeer) }()
	if _, err := io.WriteString(d.end, letter+"\n"); err != nil {
		return err
	}
	// A command has to be all that the program finds when it reads.
	if err := until(ctx, func() bool { return d.c.rec.messages(brings.typ, brings.sent) > before }); err != nil {
		return fmt.Errorf("%q has brought no %s: %w", letter, messageName(brings.typ), err)
	}
	if _, err := io.WriteString(d.end, wordSecond+byPeer); err != nil {
		return err
	}
	if err := <-heard; err != nil {
		return fmt.Errorf("after %q: %w", letter, err)
	}
	return d.tell(ctx, wordSecond)
}

// words has both sides say a word.
func (d *dialogue) words(ctx context.Context, word string) error {
	if _, err := io.WriteString(d.end, word+byPeer); err != nil {
		return err
	}
	if err := readWord(d.link, word+byPeer); err != nil {
		return err
	}
	return d.tell(ctx, word)
}

// tell has the driver say a word.
func (d *dialogue) tell(ctx context.Context, word string) error {
	if _, err := io.WriteString(d.link, word+byDriver); err != nil {
		return err
	}
	return d.out.wait(ctx, word+byDriver)
}

// until waits for what the recorder is to see.
func until(ctx context.Context, seen func() bool) error {
	tick := time.NewTicker(readyStep)
	defer tick.Stop()
	for !seen() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

func readWord(r io.Reader, word string) error {
	got := make([]byte, len(word))
	if n, err := io.ReadFull(r, got); err != nil {
		return fmt.Errorf("%q instead of %q: %w", got[:n], word, err)
	}
	if string(got) != word {
		return fmt.Errorf("%q instead of %q", got, word)
	}
	return nil
}

// listener waits for text in a program's output.
type listener struct {
	mu    sync.Mutex
	text  bytes.Buffer
	more  chan struct{} // closed and made anew whenever there is more
	ended bool
}

// listenLimit bounds what a listener keeps.
const listenLimit = 1 << 20

func listenTo(r io.Reader) *listener {
	l := &listener{more: make(chan struct{})}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := r.Read(buf)
			l.mu.Lock()
			if l.text.Len() < listenLimit {
				l.text.Write(buf[:n])
			}
			l.ended = err != nil
			close(l.more)
			l.more = make(chan struct{})
			l.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return l
}

func (l *listener) wait(ctx context.Context, text string) error {
	for {
		l.mu.Lock()
		found, ended, more := strings.Contains(l.text.String(), text), l.ended, l.more
		l.mu.Unlock()
		switch {
		case found:
			return nil
		case ended:
			return fmt.Errorf("the peer has ended without saying %q", text)
		}
		select {
		case <-more:
		case <-ctx.Done():
			return fmt.Errorf("the peer has not said %q: %w", text, context.Cause(ctx))
		}
	}
}

// playPostHandshake has the server ask for the client's certificate when both
// have spoken.
func playPostHandshake(ctx context.Context, c *cell) error {
	d, err := c.startDialogue(ctx)
	if err != nil {
		return err
	}
	if n := c.rec.messages(msgCertificateRequest, c.server); n != 0 {
		return errors.New("the server has asked for a certificate in the handshake")
	}
	if !c.server {
		return d.command(ctx, "c", messageKind{msgCertificateRequest, false})
	}
	if err := d.link.SSL(func(s *ossl.SSL) error {
		if err := s.VerifyClientPostHandshake(); err != nil {
			return err
		}
		_, err := s.DoHandshake()
		return err
	}); err != nil {
		return fmt.Errorf("SSL_verify_client_post_handshake: %w", err)
	}
	if err := d.words(ctx, wordSecond); err != nil {
		return err
	}
	return d.checkPeer()
}

// checkPeer checks the certificate that the client has shown by now.
func (d *dialogue) checkPeer() error {
	var shown []byte
	err := d.link.SSL(func(s *ossl.SSL) error {
		cert, err := s.Get1PeerCertificate()
		if err != nil {
			return err
		}
		defer cert.Close()
		shown, err = cert.I2D()
		return err
	})
	if err != nil {
		return fmt.Errorf("no certificate was shown: %w", err)
	}
	return checkShown(d.c.run.certs, CertClient, [][]byte{shown})
}
