// Package loadgen builds and drives the load generator.
package loadgen

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
)

// Options say what the load does. Sizes are in bytes.
type Options struct {
	Mode    string // full, resume, echo, down, up, idle, storm or http
	Port    int
	TLS     string // 1.2 or 1.3
	Conns   int
	Active  int // how many of them work; 0: all
	Sources int // source addresses from 127.0.0.1 on; 0: one
	Size    int
	Seconds float64
	Timeout time.Duration // bounds the set-up, and what may follow after Seconds
}

// Result is what the load measured.
type Result struct {
	Protocol   string  `json:"protocol"`
	Cipher     string  `json:"cipher"`
	Group      string  `json:"group"`
	Library    string  `json:"library"`
	Operations int64   `json:"operations"`
	Seconds    float64 `json:"seconds"`
	Bytes      int64   `json:"bytes"`
	P50        int64   `json:"p50_ns"`
	P99        int64   `json:"p99_ns"`
	Max        int64   `json:"max_ns"`
	Errors     int64   `json:"errors"`
	Resumed    int64   `json:"resumed"`
}

// Load is a running load generator whose connections are set up.
type Load struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
}

// Start starts the program on the given processors and returns when its connections are set up. Cancelling ctx kills it.
func Start(ctx context.Context, program string, o Options, processors []int) (*Load, error) {
	l := &Load{cmd: exec.CommandContext(ctx, program, o.args()...)}
	l.cmd.Stderr = &l.stderr
	in, err := l.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	l.in, l.out = in, bufio.NewReader(out)
	if err := proc.Start(l.cmd, processors); err != nil {
		return nil, err
	}
	if line, err := l.out.ReadString('\n'); err != nil || line != "ready\n" {
		return nil, errors.Join(fmt.Errorf("load %s did not get ready", o.Mode), l.Close())
	}
	return l, nil
}

func (o Options) args() []string {
	return []string{
		"--mode", o.Mode, "--port", strconv.Itoa(o.Port), "--tls", o.TLS, "--conns", strconv.Itoa(o.Conns),
		"--active", strconv.Itoa(o.Active), "--sources", strconv.Itoa(max(1, o.Sources)), "--size", strconv.Itoa(max(1, o.Size)),
		"--seconds", fmt.Sprint(o.Seconds), "--timeout", fmt.Sprint(o.Timeout.Seconds()),
	}
}

// Run lets the load begin and returns its result. Connections stay open until Close.
func (l *Load) Run() (Result, error) {
	var r Result
	if _, err := io.WriteString(l.in, "go\n"); err != nil {
		return r, errors.Join(err, l.Close())
	}
	line, err := l.out.ReadBytes('\n')
	if err != nil {
		return r, errors.Join(errors.New("load ended early"), l.Close())
	}
	return r, json.Unmarshal(line, &r)
}

// Close ends the load. Its error is what the program wrote to its standard error.
func (l *Load) Close() error {
	l.in.Close()
	err := l.cmd.Wait()
	if err == nil {
		return nil
	}
	if s := strings.TrimSpace(l.stderr.String()); s != "" {
		return errors.New(s)
	}
	return fmt.Errorf("load: %w", err)
}
