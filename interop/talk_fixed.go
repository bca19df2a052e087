package interop

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Line is a step of a talk with a program that does not carry data of our
// choosing. A driver that is the client sends and then waits for what it expects;
// one that is the server waits first. What is to come may have other text around
// it; what is empty is left out.
type Line struct{ Send, Expect string }

// talkLimit bounds how much is read until what is expected comes, in bytes.
const talkLimit = 1 << 20

// followTalk is the client of a Talk, whose last line has the server say goodbye.
func followTalk(link Link, lines []Line) error {
	for _, l := range lines {
		if _, err := io.WriteString(link, l.Send); err != nil {
			return err
		}
		if err := readUntil(link, l.Expect); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, link); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the peer ended without close_notify")
		}
		return fmt.Errorf("instead of close_notify: %w", err)
	}
	_ = link.CloseWrite() // the peer may be gone by now
	return nil
}

// serveTalk is the server of a Talk.
func serveTalk(link Link, lines []Line) error {
	for _, l := range lines {
		if err := readUntil(link, l.Expect); err != nil {
			return err
		}
		if _, err := io.WriteString(link, l.Send); err != nil {
			return err
		}
	}
	return link.CloseWrite()
}

// takeTalk reads all that a client writes, into its log, and looks for what the
// server has said last.
func takeTalk(end *peerEnd, lines []Line) error {
	if _, err := end.log.ReadFrom(end); err != nil {
		return err
	}
	words := strings.TrimSpace(lines[len(lines)-1].Send)
	words = words[strings.LastIndexByte(words, '\n')+1:]
	if !strings.Contains(end.log.since(end.mark), words) {
		return fmt.Errorf("it has not written %q, which was sent to it", words)
	}
	return nil
}

// readUntil reads until a text has come, and all that came with it.
func readUntil(r io.Reader, text string) error {
	var got []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(got, []byte(text)) {
		n, err := r.Read(buf)
		got = append(got, buf[:n]...)
		if bytes.Contains(got, []byte(text)) {
			break
		}
		if err != nil {
			return fmt.Errorf("%.100q instead of %q: %w", got, text, err)
		}
		if len(got) > talkLimit {
			return fmt.Errorf("no %q in %d bytes", text, len(got))
		}
	}
	return nil
}
