package interop

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Peer is an implementation of TLS to talk to, most often a program. A new one
// takes a file of some 20 lines: see docs/interop.md.
//
// Server and Client say how it is run for a Job; nil is a role that it does not
// have. The runner has checked the features that the Job needs by then.
type Peer struct {
	Name        string
	Programs    []string // names to look for on PATH, the first found wins; none for a peer inside this process
	VersionArgs []string // has the program print its version

	ServerCan, ClientCan []Feature
	// Refuses says why it cannot do this Job, and "" when it can. Optional.
	Refuses func(j *Job) string

	// Adapt changes the Peer, a copy, to what its version can do and does.
	// Optional.
	Adapt func(p *Peer)

	Server, Client func(j *Job) (*Launch, error)

	// Tells has regular expressions for what the peer writes to its log, standard
	// error, on certain occasions. Where one is empty the peer is believed.
	Tells Tells
	// ServerSays and ClientSays are what it writes there of every connection.
	ServerSays, ClientSays Says

	// StartTLS is the protocol that it always speaks before TLS, as in
	// Setup.StartTLS.
	StartTLS string
	// Orderly is for peers whose connections end in good order when their first
	// process is killed.
	Orderly bool
	// NoCloseNotify is for peers that end a connection without close_notify.
	NoCloseNotify bool
	// DropsEarly is for servers that accept early data and do not pass it on.
	DropsEarly bool
	// Alerts are what it refuses by where others have a better alert.
	Alerts []ossl.Alert
	// Silent says whether it refuses this Job's connection without an alert.
	// Optional.
	Silent func(j *Job) bool

	command []string
	version string
}

// Tells is how a peer's log shows what happened to it.
type Tells struct {
	Refused string // a handshake that failed
	Cut     string // a connection that ended without close_notify
	Staple  string // a client: a stapled OCSP response
}

// Job is what a peer is to do in one cell.
type Job struct {
	*Setup
	Certs *Certs
	Peer  *Peer

	Server     bool   // the peer is the server
	Addr       string // where the server is, or is to be: 127.0.0.1:PORT
	Plain      string // where a client that forwards is to take plain connections
	Dir        string // a folder of the cell's own
	Connection int    // counts a client's connections, from 0
	Kept       any    // whatever the peer wants to find again at the next one
}

// Launch is how a program is run.
type Launch struct {
	Program []string // instead of the peer's command
	Args    []string // after the command
	Env     []string // in addition to this process's
	Data    Data
	Talk    []Line // where Data is Talk
	Ready   string // a regular expression for what a server logs when it serves; "" is that it listens
	// Twice is for clients that make two connections by themselves, the second one
	// with the session of the first, over which they send nothing.
	Twice bool
	// Run is the peer's part where it lives inside this process. It ends when ctx
	// does, and must not look at the Job.
	Run func(ctx context.Context, p *Pipes) error
}

// Data is the way that a connection's data takes through a program.
type Data int

const (
	// Stdio is for programs that send their standard input and write what they
	// receive to standard output. As a server they are made to echo.
	Stdio Data = iota
	// Echo is for servers that send back what they receive.
	Echo
	// Forward is for programs that pass connections on: a server to Job.Plain,
	// a client from there.
	Forward
	// HTTP is for servers and clients of HTTP/1.1. A server has /data in its
	// document root, which is Job.Dir; a client writes the body of its answer to
	// standard output.
	HTTP
	// Talk is for programs that say something of their own: Launch.Talk. A client
	// writes what it receives to standard output.
	Talk
)

// Version is what the program says of itself: the first line, as a rule.
func (p *Peer) Version() string { return p.version }

// Command is the program that was found, with the words that come before
// Launch.Args; nil for a peer inside this process.
func (p *Peer) Command() []string { return p.command }

// AtLeast says whether the version is that or a newer one. A version without a
// number is new enough.
func (p *Peer) AtLeast(major, minor int) bool {
	m := versionNumber.FindStringSubmatch(p.version)
	if m == nil {
		return true
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	return a > major || a == major && b >= minor
}

var versionNumber = regexp.MustCompile(`(\d+)\.(\d+)`)

// Port is the port of Addr.
func (j *Job) Port() string {
	_, port, _ := net.SplitHostPort(j.Addr)
	return port
}

// PlainPort is the port of Plain.
func (j *Job) PlainPort() string {
	_, port, _ := net.SplitHostPort(j.Plain)
	return port
}

// File writes a file into Dir and returns its path. An error comes back from the
// program that cannot read it.
func (j *Job) File(name, content string) string {
	path := filepath.Join(j.Dir, name)
	_ = os.WriteFile(path, []byte(content), 0o600)
	return path
}

// CertFile and KeyFile are what this side shows of itself; "" is nothing.
func (j *Job) CertFile() string { return j.own(j.Certs.Cert) }

// KeyFile is the key of CertFile.
func (j *Job) KeyFile() string { return j.own(j.Certs.Key) }

func (j *Job) own(file func(string) string) string {
	switch {
	case j.Server:
		return file(j.cert())
	case j.ClientCert != "":
		return file(j.ClientCert)
	}
	return ""
}

// CAFile is what this side trusts.
func (j *Job) CAFile() string {
	if j.Trust != "" && !j.Server {
		return j.Certs.CA(j.Trust)
	}
	return j.Certs.CA(TrustCA)
}

// HostName is the name that a client asks for and verifies.
func (j *Job) HostName() string { return j.serverName() }

// find makes a copy of the peer that knows its command and its version. The
// error says why it cannot be used.
func (p Peer) find(ctx context.Context, command []string) (*Peer, error) {
	if len(p.Programs) == 0 {
		return &p, nil
	}
	if len(command) == 0 {
		for _, name := range p.Programs {
			// Servers live where PATH does not always lead.
			for _, try := range []string{name, "/usr/sbin/" + name, "/usr/local/sbin/" + name} {
				if path, err := exec.LookPath(try); err == nil {
					command = []string{path}
					break
				}
			}
			if command != nil {
				break
			}
		}
		if command == nil {
			return nil, fmt.Errorf("%s not found on PATH", strings.Join(p.Programs, " or "))
		}
	} else if _, err := exec.LookPath(command[0]); err != nil {
		return nil, fmt.Errorf("%s: %w", command[0], err)
	}
	p.command = command
	version, err := askVersion(ctx, append(slices.Clone(command), p.VersionArgs...))
	if err != nil {
		return nil, err
	}
	p.version = version
	if p.Adapt != nil {
		p.Adapt(&p)
	}
	return &p, nil
}

// versionPatience is how long a program may think about its version.
const versionPatience = 20 * time.Second

func askVersion(ctx context.Context, command []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, versionPatience)
	defer cancel()
	p, err := startProcess(command, nil)
	if err != nil {
		return "", err
	}
	defer p.stop()
	p.closeInput()
	text, said := newTail(), p.log.size() // below the command, which may have a number too
	go func() { _, _ = text.ReadFrom(p.stdout) }()
	if err := p.wait(ctx); err != nil {
		return "", fmt.Errorf("%s does not tell its version: %w", command[0], err)
	}
	p.stop() // both outputs are at their end
	for _, line := range strings.Split(p.log.since(said)+"\n"+text.String(), "\n") {
		if versionNumber.MatchString(line) {
			return strings.TrimSpace(line), nil
		}
	}
	return "", nil
}
