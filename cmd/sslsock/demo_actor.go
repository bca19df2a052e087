package main

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sslsock/sslsock/bridge"
	"github.com/sslsock/sslsock/ossl"
)

const (
	roleServer = "server"
	roleClient = "client"

	// demoEnv has the role, so that nobody starts one by hand.
	demoEnv = "SSLSOCK_DEMO"

	// What exec.Cmd makes of ExtraFiles.
	planFd  = 3
	eventFd = 4

	greeting = "Hello, world!"
	answer   = "Hello yourself!"

	wantRead = "want to read"

	// demoPatience is how long a side waits for the other to do anything.
	demoPatience = 20 * time.Second
)

type eventKind string

const (
	eventTrace eventKind = ""
	eventReady eventKind = "ready" // Text is the server's address
	eventFail  eventKind = "fail"
	eventEcho  eventKind = "echo" // of the other side's failure
	eventSum   eventKind = "sum"  // Text is a SHA-256, Size its number of bytes
)

// event is a line from a child to its parent.
type event struct {
	At   int64     `json:"at"`
	Who  string    `json:"who"`
	Kind eventKind `json:"kind,omitempty"`
	Text string    `json:"text"`
	Size int64     `json:"size,omitempty"`
}

// actor is one of the two processes.
type actor struct {
	role string
	plan *demoPlan
	out  *os.File
	cue  chan struct{} // the parent: the other side has had its first want
}

// await waits for the cue. A server that reads the client's first bytes, or a
// client the server's, while the other is still within its own step would let
// that step find an answer instead of a want.
func (a *actor) await() { <-a.cue }

// maxText keeps an event below PIPE_BUF, so that it is written in one piece.
const maxText = 1500

func (a *actor) event(ev event) {
	ev.At, ev.Who = time.Now().UnixNano(), a.role
	ev.Text = strings.ToValidUTF8(ev.Text[:min(len(ev.Text), maxText)], "")
	line, err := json.Marshal(ev)
	if err != nil {
		return
	}
	// An error means that the parent has gone, which ends this process too.
	_, _ = a.out.Write(append(line, '\n'))
}

// say reports a step in the words of the side that took it.
func (a *actor) say(format string, args ...any) {
	a.event(event{Text: strings.ToUpper(a.role) + ": " + fmt.Sprintf(format, args...)})
}

// step reports a step that is the socket's and not libssl's.
func (a *actor) step(what string) {
	a.event(event{Text: strings.ToUpper(a.role[:1]) + a.role[1:] + " " + what})
}

// trace reports a step of the state machine as the tracers of both drivers
// tell it.
func (a *actor) trace(op string, w ossl.Want, err error) {
	a.say("%s", op)
	switch {
	case err != nil: // which the end of the connection tells
	case w != ossl.WantNothing:
		a.say("want to %s", w)
	case op != "SSL_shutdown":
		a.say("SSL_done!")
	}
}

// introduce reports what was negotiated, and who the peer is.
func (a *actor) introduce(st *ossl.ConnectionState) {
	if len(st.PeerCertificates) > 0 {
		leaf := certificate(st.PeerCertificates[0])
		a.say("peer certificate: version %d", leaf.Version)
		a.say("peer certificate: subject %s", leaf.Subject)
		a.say("peer certificate: issuer %s", leaf.Issuer)
	}
	a.say("protocol %s, cipher %s, group %s", st.VersionName, st.CipherName, orNone(st.Group))
}

// connError is what ended a connection, in few words.
type connError struct{ err error }

func (e *connError) Error() string { return cause(e.err) }
func (e *connError) Unwrap() error { return e.err }

// isEcho says whether a failure is only what the other side's looks like from
// here: an alert, or a connection that was cut.
func isEcho(err error) bool {
	var e *ossl.Error
	if errors.As(err, &e) && slices.ContainsFunc(e.Queue, func(q ossl.Entry) bool { _, is := q.Reason.Alert(); return is }) {
		return true
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// goodbye reports the end, and is an error if it was not an orderly one: both
// close_notify have to have passed.
func (a *actor) goodbye(state ossl.ShutdownState) error {
	const both = ossl.SentShutdown | ossl.ReceivedShutdown
	if state&both != both {
		return errors.New("the connection ended without close_notify from both sides")
	}
	a.say("close_notify sent and received")
	return nil
}

func (a *actor) serverConfig() *bridge.Config {
	return &bridge.Config{
		Certificates: []bridge.Certificate{{CertPEM: a.plan.Cert, KeyPEM: a.plan.Key, Passphrase: a.plan.Passphrase}},
		MinVersion:   a.plan.Version, MaxVersion: a.plan.Version,
	}
}

// clientCtx trusts what the plan says, be it a root or not.
func (a *actor) clientCtx() (*ossl.Ctx, error) {
	cfg := &bridge.Config{RootCAs: bridge.Trust{PEM: a.plan.CA}, MinVersion: a.plan.Version, MaxVersion: a.plan.Version}
	ctx, err := cfg.NewClientCtx()
	if err != nil {
		return nil, err
	}
	st, err := ctx.GetCertStore()
	if err == nil {
		err = st.SetFlags(ossl.FlagPartialChain)
		st.Close()
	}
	if err != nil {
		ctx.Close()
		return nil, err
	}
	return ctx, nil
}

// payloadHead is the number of bytes that follow, in eight.
const payloadHead = 8

// outbound is the file on its way out.
type outbound struct {
	file *os.File
	left int64
	sum  hash.Hash
	head []byte
}

func (a *actor) openPayload() (*outbound, error) {
	f, err := os.Open(a.plan.Payload)
	if err != nil {
		return nil, &flagError{"--payload", a.plan.Payload, err}
	}
	head := binary.BigEndian.AppendUint64(nil, uint64(a.plan.Size))
	return &outbound{file: f, left: a.plan.Size, sum: sha256.New(), head: head}, nil
}

// Read is first the head and then the file, which must have as many bytes as
// the head says.
func (o *outbound) Read(p []byte) (int, error) {
	if len(o.head) > 0 {
		n := copy(p, o.head)
		o.head = o.head[n:]
		return n, nil
	}
	if o.left == 0 {
		return 0, io.EOF
	}
	n, err := o.file.Read(p[:min(int64(len(p)), o.left)])
	o.left -= int64(n)
	o.sum.Write(p[:n])
	if err == io.EOF { //nolint:errorlint // as io.Reader returns it
		err = errors.New("--payload: the file has become shorter meanwhile")
	}
	return n, err
}

// inbound is the file on its way in.
type inbound struct {
	head []byte
	left int64
	size int64
	sum  hash.Hash
}

func newInbound() *inbound { return &inbound{sum: sha256.New()} }

// take takes the next bytes of the stream.
func (i *inbound) take(p []byte) error {
	if n := min(payloadHead-len(i.head), len(p)); n > 0 {
		i.head = append(i.head, p[:n]...)
		p = p[n:]
		if len(i.head) < payloadHead {
			return nil
		}
		i.size = int64(binary.BigEndian.Uint64(i.head))
		i.left = i.size
	}
	if int64(len(p)) > i.left {
		return fmt.Errorf("%d bytes more than announced", int64(len(p))-i.left)
	}
	i.sum.Write(p)
	i.left -= int64(len(p))
	return nil
}

func (i *inbound) complete() bool { return len(i.head) == payloadHead && i.left == 0 }

// account reports the checksums of both directions.
func (a *actor) account(out *outbound, in *inbound) {
	sent, got := hex.EncodeToString(out.sum.Sum(nil)), hex.EncodeToString(in.sum.Sum(nil))
	a.event(event{Kind: eventSum, Text: sent, Size: a.plan.Size})
	a.event(event{Kind: eventSum, Text: got, Size: in.size})
	a.say("payload: sent %d bytes, received %d bytes, SHA-256 %s", a.plan.Size, in.size, got)
}
