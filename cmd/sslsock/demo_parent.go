package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
	"github.com/sslsock/sslsock/ossl"
)

// perform starts the two processes, shows what they report, and waits for
// both. None is left when it returns.
func perform(ctx context.Context, plan *demoPlan, st *stage) error {
	events, writer, err := os.Pipe()
	if err != nil {
		return err
	}
	defer events.Close()
	inner, cancel := context.WithCancelCause(ctx)
	cast := &cast{ctx: inner, cancel: cancel, plan: plan}
	defer cast.leave()
	err = errors.Join(cast.enter(roleServer, writer), cast.enter(roleClient, writer))
	// From now on only the children hold it, and their end is the pipe's.
	_ = writer.Close()
	if err != nil {
		return err
	}
	cast.tell(roleServer, plan)
	if err := cast.follow(events, st); err != nil {
		return err
	}
	return st.finish()
}

// cast is the processes that have been started.
type cast struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc // kills what still runs
	plan     *demoPlan
	members  []*member
	prompted []string // roles that have had their first want
}

// member is one process.
type member struct {
	role  string
	tell  *os.File // the plan first, then cues
	ended chan struct{}
}

// enter starts a process, which waits for the plan. When one ends badly, the
// others are of no use any more.
func (c *cast) enter(role string, events *os.File) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	cmd := exec.CommandContext(c.ctx, self, "demo", role)
	cmd.Env = append(os.Environ(), demoEnv+"="+role)
	cmd.Stderr = os.Stderr
	cmd.ExtraFiles = []*os.File{r, events} // planFd and eventFd
	if err := cmd.Start(); err != nil {
		_ = w.Close()
		return fmt.Errorf("starting the %s: %w", role, err)
	}
	m := &member{role: role, tell: w, ended: make(chan struct{})}
	c.members = append(c.members, m)
	go func() {
		defer close(m.ended)
		if err := cmd.Wait(); err != nil {
			c.cancel(fmt.Errorf("the %s ended with %w", role, err))
		}
	}()
	return nil
}

// tell sends v to the process with a role. An error means that it has ended,
// which is noticed elsewhere.
func (c *cast) tell(role string, v any) {
	for _, m := range c.members {
		if m.role == role {
			_ = json.NewEncoder(m.tell).Encode(v)
		}
	}
}

// leave ends the processes that still run, and waits for all.
func (c *cast) leave() {
	c.cancel(nil)
	for _, m := range c.members {
		<-m.ended
		_ = m.tell.Close()
	}
}

// follow shows the events until both processes have ended. They share one
// pipe, and a short write to a pipe is never split (pipe(7), PIPE_BUF), so the
// order of the lines is the order of what happened. What an event sets off is
// not held up by the pace of showing it.
func (c *cast) follow(events io.Reader, st *stage) error {
	lines := make(chan event, 1024)
	go func() {
		defer close(lines)
		s := bufio.NewScanner(events)
		for s.Scan() {
			var ev event
			if json.Unmarshal(s.Bytes(), &ev) == nil {
				c.react(ev)
				lines <- ev
			}
		}
	}()
	var failed, echo error
	for ev := range lines {
		switch {
		case ev.Kind == eventFail && failed == nil:
			failed = fmt.Errorf("%s: %s", ev.Who, ev.Text)
		case ev.Kind == eventEcho && echo == nil:
			echo = fmt.Errorf("%s: %s", ev.Who, ev.Text)
		case ev.Kind == eventSum:
			st.sums = append(st.sums, ev)
		case ev.Kind == eventTrace:
			st.show(c.ctx, ev)
		}
	}
	return c.verdict(cmp.Or(failed, echo))
}

// react does what an event asks for.
func (c *cast) react(ev event) {
	switch {
	case ev.Kind == eventReady:
		forClient := *c.plan
		forClient.Addr, forClient.Key, forClient.Passphrase = ev.Text, nil, ""
		c.tell(roleClient, &forClient)
	case ev.Kind == eventTrace && strings.HasSuffix(ev.Text, wantRead) && !slices.Contains(c.prompted, ev.Who):
		c.prompted = append(c.prompted, ev.Who)
		c.tell(other(ev.Who), true)
	}
}

func other(role string) string {
	if role == roleServer {
		return roleClient
	}
	return roleServer
}

// verdict waits for the processes. What one of them said about its failure is
// better than how it ended. After an interruption none of it counts: the
// processes are killed one after the other, and the last may still say that
// its peer cut the connection.
func (c *cast) verdict(failed error) error {
	for _, m := range c.members {
		<-m.ended
	}
	cause := context.Cause(c.ctx)
	if errors.Is(cause, context.Canceled) {
		return errors.New("interrupted")
	}
	return cmp.Or(failed, cause)
}

// stage prints.
type stage struct {
	plan    *demoPlan
	w       io.Writer
	p       term.Palette
	pace    time.Duration
	begin   int64 // UnixNano of the first event
	sums    []event
	elapsed time.Duration
}

// linePace is how fast people read.
const linePace = 90 * time.Millisecond

func newStage(w io.Writer, plan *demoPlan, fast bool) *stage {
	st := &stage{w: w, plan: plan}
	if f, ok := w.(*os.File); ok {
		st.p = term.For(f)
		if !fast && term.IsTerminal(f) {
			st.pace = linePace
		}
	}
	return st
}

// open prints the title, once something has happened.
func (st *stage) open() {
	driver := "bridge.Loop (epoll)"
	if st.plan.Mode == "conn" {
		driver = "bridge.Conn (net.Conn)"
	}
	fmt.Fprintf(st.w, "%s\n\n", st.p.In(term.Bold, fmt.Sprintf("Two processes, %s on both sides, %s", driver, ossl.OpenSSLVersion())))
}

func (st *stage) show(ctx context.Context, ev event) {
	if st.begin == 0 {
		st.begin = ev.At
		st.open()
	}
	style := term.Cyan
	if strings.HasPrefix(strings.ToLower(ev.Text), roleClient) {
		style = term.Yellow
	}
	text := st.p.In(style, ev.Text)
	if strings.HasSuffix(ev.Text, "SSL_done!") {
		text = st.p.In(term.Green, ev.Text)
	}
	st.elapsed = time.Duration(ev.At - st.begin)
	fmt.Fprintf(st.w, "%s  %s\n", st.p.In(term.Dim, fmt.Sprintf("%9.3f ms", float64(st.elapsed.Nanoseconds())/1e6)), text)
	if st.pace > 0 {
		select {
		case <-ctx.Done():
		case <-time.After(st.pace):
		}
	}
}

// finish compares what was sent with what arrived.
func (st *stage) finish() error {
	plan := st.plan
	if plan.Payload != "" {
		if len(st.sums) != 4 {
			return fmt.Errorf("--payload %s: %d of 4 checksums came", plan.Payload, len(st.sums))
		}
		for _, s := range st.sums[1:] {
			if s.Text != st.sums[0].Text || s.Size != st.sums[0].Size {
				return fmt.Errorf("--payload %s: %s has %s, %s has %s: was the file changed meanwhile?",
					plan.Payload, st.sums[0].Who, st.sums[0].Text, s.Who, s.Text)
			}
		}
		fmt.Fprintf(st.w, "\n%s the same %d bytes both ways, SHA-256 %s\n", st.p.In(term.Green, "payload ok:"), plan.Size, st.sums[0].Text)
	}
	fmt.Fprintf(st.w, "\n%s handshake, transfer and two-way shutdown in %.1f ms\n", st.p.In(term.Green, "ok:"), float64(st.elapsed.Microseconds())/1e3)
	return nil
}
