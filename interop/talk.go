package interop

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// exchange carries the row's bytes in both directions, and ends the connection
// in order.
func (c *cell) exchange(ctx context.Context, link Link, end *peerEnd) error {
	if end.launch.Data == Talk && c.job.Bytes+c.job.RecordSize > 0 {
		return skip("%s carries no data but its own", c.peer.Name)
	}
	data := pattern(c.job.bytes())
	var err error
	switch {
	case !c.server && end.launch.Data == Talk:
		err = followTalk(link, end.launch.Talk)
	case end.launch.Data == Talk:
		lines := end.launch.Talk
		err = c.served(link, func() error { return serveTalk(link, lines) }, func() error { return takeTalk(end, lines) })
	case !c.server && end.launch.Data == HTTP:
		err = askHTTP(link, data)
	case !c.server:
		err = ask(link, link.CloseWrite, data)
	case end.launch.Data == HTTP:
		err = c.served(link, func() error { return serveHTTP(link, data) }, func() error { return takeBody(end, data) })
	default:
		err = c.served(link, func() error { return serveEcho(link) }, func() error { return ask(end, end.CloseWrite, data) })
	}
	if err != nil {
		return err
	}
	if end.launch.Data != Talk {
		c.rec.note("%d bytes in each direction", len(data))
	}
	if c.server && end.launch.Data != Forward {
		if err := end.wait(ctx); err != nil {
			return fmt.Errorf("%s: %w", c.peer.Name, err)
		}
	}
	return c.agree(ctx, link.State(), end)
}

// served runs the driver's side as a server, and what the peer's client has to
// do. The first error is mostly why there is a second one.
func (c *cell) served(link Link, ours, theirs func() error) error {
	done := make(chan error, 1)
	go func() {
		err := ours()
		if err != nil {
			_ = link.Cut() // the peer's client must not wait
		}
		done <- err
	}()
	err := theirs()
	if err != nil {
		err = fmt.Errorf("%s: %w", c.peer.Name, err)
		_ = link.Cut()
	}
	own := <-done
	if own != nil && err != nil {
		return fmt.Errorf("%w; %s: %w", err, c.driver.Name(), own)
	}
	return errors.Join(err, own)
}

// ask is the client of an echo: it writes while it reads, says goodbye, and takes
// the server's.
func ask(rw io.ReadWriter, closeWrite func() error, data []byte) error {
	wrote := make(chan error, 1)
	go func() {
		_, err := rw.Write(data)
		wrote <- err
	}()
	if err := expect(rw, data); err != nil {
		return err
	}
	if err := <-wrote; err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := closeWrite(); err != nil {
		return fmt.Errorf("close_notify: %w", err)
	}
	return atEnd(rw)
}

// expect reads data, and nothing else, but not to the end.
func expect(r io.Reader, data []byte) error {
	buf := make([]byte, 64<<10)
	for done := 0; done < len(data); {
		n, err := r.Read(buf[:min(len(buf), len(data)-done)])
		if !bytes.Equal(buf[:n], data[done:done+n]) {
			return fmt.Errorf("after %d of %d bytes came others than were sent: %.40q", done, len(data), buf[:n])
		}
		if done += n; err != nil && done < len(data) {
			return fmt.Errorf("read after %d of %d bytes: %w", done, len(data), err)
		}
	}
	return nil
}

// atEnd reads close_notify.
func atEnd(r io.Reader) error {
	n, err := r.Read(make([]byte, 1))
	switch {
	case n > 0:
		return errors.New("bytes came that nobody sent")
	case err == io.EOF:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the peer ended without close_notify")
	}
	return fmt.Errorf("instead of close_notify: %w", err)
}

// serveEcho sends back what comes until the client says goodbye, and answers
// that.
func serveEcho(link Link) error {
	if err := echo(link, link); err != nil {
		return err
	}
	return link.CloseWrite()
}

func askHTTP(link Link, data []byte) error {
	if _, err := io.WriteString(link, "GET /data HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(link), nil)
	if err != nil {
		return fmt.Errorf("response: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("response: %s", answer.Status)
	}
	if err := takeBody(answer.Body, data); err != nil {
		return err
	}
	if err := link.CloseWrite(); err != nil {
		return fmt.Errorf("close_notify: %w", err)
	}
	return atEnd(link)
}

// takeBody reads data to its end.
func takeBody(r io.Reader, data []byte) error {
	if err := expect(r, data); err != nil {
		return err
	}
	if n, err := r.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		return fmt.Errorf("after the body: %d bytes, %w", n, err)
	}
	return nil
}

// serveHTTP answers one request. A client need not say goodbye after that.
func serveHTTP(link Link, data []byte) error {
	if _, err := http.ReadRequest(bufio.NewReader(link)); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	head := "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " + strconv.Itoa(len(data)) + "\r\n\r\n"
	if _, err := link.Write(append([]byte(head), data...)); err != nil {
		return err
	}
	// A client that has all that Content-Length says may be gone by now.
	if err := link.CloseWrite(); !errors.Is(err, io.ErrUnexpectedEOF) && !isReset(err) {
		return err
	}
	return nil
}
