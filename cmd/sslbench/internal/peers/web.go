package peers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/wire"
)

// web is a web server that is installed. It runs as one process with one thread, and answers with a text from its
// configuration.
type web struct {
	program string
	debian  string   // the package
	args    []string // {dir} is the folder of its files
	// configure gives the text of the file server.conf.
	configure func(o Options, dir string, port int) string
}

var nginx = &web{
	program: "nginx", debian: "nginx-light",
	args: []string{"-e", "stderr", "-p", "{dir}", "-c", "{dir}/server.conf"},
	configure: func(o Options, dir string, port int) string {
		temporary := ""
		for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
			temporary += fmt.Sprintf("%s_temp_path \"%s/%s\";\n", kind, dir, kind)
		}
		tickets := "ssl_session_tickets off;"
		if o.Tickets > 0 {
			tickets = fmt.Sprintf("ssl_conf_command NumTickets %d;", o.Tickets)
		}
		return fmt.Sprintf(`
daemon off;
master_process off;
pid "%[1]s/pid";
error_log stderr;
events { worker_connections 4096; }
http {
	%[2]s
	access_log off;
	keepalive_timeout 1h;
	keepalive_requests 1000000000;
	default_type text/plain;
	server {
		listen 127.0.0.1:%[3]d ssl;
		ssl_certificate "%[4]s";
		ssl_certificate_key "%[5]s";
		ssl_protocols TLSv1.2 TLSv1.3;
		ssl_ecdh_curve X25519;
		ssl_session_cache off;
		%[6]s
		location = %[7]s { return 200 "%[8]s"; }
	}
}
`, dir, temporary, port, o.Pair.Cert, o.Pair.Key, tickets, wire.Path, wire.Body)
	},
}

var haproxy = &web{
	program: "haproxy", debian: "haproxy",
	args: []string{"-db", "-f", "{dir}/server.conf"},
	configure: func(o Options, dir string, port int) string {
		tickets := ""
		if o.Tickets == 0 {
			tickets = "no-tls-tickets"
		}
		return fmt.Sprintf(`
global
	nbthread 1
	maxconn 4096
	tune.ssl.cachesize 0
defaults
	mode http
	timeout client 1h
	timeout connect 1h
	timeout server 1h
frontend all
	bind 127.0.0.1:%d ssl crt "%s/cert-and-key.pem" curves X25519 %s
	http-request return status 200 content-type text/plain string %s if { path %s }
`, port, dir, tickets, wire.Body, wire.Path)
	},
}

// find looks for the program where a user's PATH has it, and where Debian installs it.
func (w *web) find() (string, error) {
	program, err := exec.LookPath(w.program)
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/" + w.program)
	}
	if err != nil {
		return "", fmt.Errorf("%s is not installed (on Debian: apt-get install %s)", w.program, w.debian)
	}
	return program, nil
}

// startWeb starts the server on a port that was free a moment before, and returns when it answers a request.
func (p Peer) startWeb(ctx context.Context, o Options) (*Server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := p.web.files(p.out, o, port)
	if err != nil {
		return nil, err
	}
	s := &Server{Peer: p, Port: port, cmd: exec.CommandContext(ctx, p.program), lines: make(chan string, 1)}
	for _, arg := range p.web.args {
		s.cmd.Args = append(s.cmd.Args, strings.ReplaceAll(arg, "{dir}", dir))
	}
	s.cmd.Stderr = &s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.start(out, o.Processors); err != nil {
		return nil, err
	}
	if err := s.untilItAnswers(ctx, o.Pair); err != nil {
		return nil, fmt.Errorf("%w: %s", err, s.Stop())
	}
	return s, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// untilItAnswers tries again while nobody listens: these servers do not tell when they do.
func (s *Server) untilItAnswers(ctx context.Context, pair certs.Pair) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := probe(ctx, pair, s.Port)
		if !errors.Is(err, unix.ECONNREFUSED) {
			return err
		}
		select {
		case _, ok := <-s.lines:
			if !ok {
				return errors.New("the server ended")
			}
		case <-again.C:
		case <-ctx.Done():
			return err
		}
	}
}

// files makes a folder with the server's files.
func (w *web) files(out string, o Options, port int) (string, error) {
	dir, err := os.MkdirTemp(out, w.program+"-")
	if err != nil {
		return "", err
	}
	cert, err := os.ReadFile(o.Pair.Cert)
	if err != nil {
		return "", err
	}
	key, err := os.ReadFile(o.Pair.Key)
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "cert-and-key.pem"), append(cert, key...), 0o600); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "server.conf"), []byte(w.configure(o, dir, port)), 0o600)
}

// probe makes one request.
func probe(ctx context.Context, pair certs.Pair, port int) error {
	pem, err := os.ReadFile(pair.Cert)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://127.0.0.1:"+strconv.Itoa(port)+wire.Path, http.NoBody)
	if err != nil {
		return err
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || !bytes.Equal(body, []byte(wire.Body))) {
		err = fmt.Errorf("it answered %s with %d bytes", answer.Status, len(body))
	}
	return err
}
