package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func init() {
	for name, f := range map[string]func(*ossl.Engine) error{
		"SetDefault":       func(e *ossl.Engine) error { return e.SetDefault(ossl.EngineMethodRand) },
		"SetDefaultString": func(e *ossl.Engine) error { return e.SetDefaultString("RAND") },
	} {
		children["engine "+name] = func() error { return withEngine(func(e *ossl.Engine) error { return seedEngine(e, f) }) }
	}
	children["engine store"] = func() error { return withEngine(searchStore) }
	children["engine SetClientCertEngine"] = func() error { return withEngine(clientWith) }
}

// TestEngineSetDefault makes an engine the default of a child process, and looks
// at what random bytes are then, and how they are seeded; and has it show a
// client's certificate, and a store say what it is asked for.
func TestEngineSetDefault(t *testing.T) {
	if !ossl.HasEngine() {
		t.Skip("this OpenSSL has no engines")
	}
	module := filepath.Join(t.TempDir(), "visible.so")
	flags, err := exec.Command("pkg-config", "--cflags", "--libs", "libcrypto").Output()
	must(t, err)
	args := append([]string{"-shared", "-fPIC", "-o", module, "testdata/engine.c"}, strings.Fields(string(flags))...)
	if out, err := exec.Command("cc", args...).CombinedOutput(); err != nil {
		t.Fatalf("cc %v: %v\n%s", args, err, out)
	}
	for _, how := range []string{"SetDefault", "SetDefaultString", "SetClientCertEngine", "store"} {
		t.Log(runChild(t, "engine "+how, func(cmd *exec.Cmd) {
			cmd.Env = append(cmd.Env, "TEST_MODULE="+module, "TEST_CERT="+testdata.Path(testdata.Client.ECDSA.Cert), "TEST_KEY="+testdata.Path(testdata.Client.ECDSA.Key))
		}))
	}
}

func withEngine(f func(*ossl.Engine) error) error {
	e, err := ossl.EngineByID("dynamic")
	if err != nil {
		return err
	}
	defer e.Close()
	if err := errors.Join(e.CtrlCmdString("SO_PATH", os.Getenv("TEST_MODULE"), false), e.CtrlCmd("LIST_ADD", 1, false), e.CtrlCmdString("LOAD", "", false)); err != nil {
		return err
	}
	if e.GetID() != "visible" || e.GetName() != "an engine to be seen" {
		return fmt.Errorf("%q, %q", e.GetID(), e.GetName())
	}
	return f(e)
}

// seedEngine comes before the first random bytes of the process: libcrypto asks
// once whose they are.
func seedEngine(e *ossl.Engine, makeDefault func(*ossl.Engine) error) error {
	if err := errors.Join(e.Init(), makeDefault(e)); err != nil {
		return err
	}
	if err := randomIs("unseeded", bytes.Repeat([]byte{0xee}, 16)); err != nil {
		return err
	}
	ossl.RandSeed([]byte("first"))
	ossl.RandAdd([]byte("-second"), 0.5)
	if err := randomIs("seeded", []byte("first-secondfirs")); err != nil {
		return err
	}
	if err := ossl.RandPoll(); err != nil {
		return err
	}
	after := make([]byte, 64)
	if err := ossl.RandBytes(after); err != nil || bytes.Equal(after[12:], bytes.Repeat([]byte("first-second"), 6)[12:64]) || bytes.Count(after, []byte{0}) > 30 {
		return fmt.Errorf("RandPoll brought nothing: %q, %w", after, err)
	}
	return nil
}

// randomIs compares what random bytes are.
func randomIs(when string, want []byte) error {
	got := make([]byte, 16)
	if err := ossl.RandBytes(got); err != nil {
		return err
	}
	if bytes.Equal(got, want) {
		return nil
	}
	return fmt.Errorf("%s: random bytes are %q", when, got)
}

// clientWith has e show a certificate to a server that demands one.
func clientWith(e *ossl.Engine) error {
	client, err := ossl.NewCtx(ossl.TLSClientMethod())
	if err != nil {
		return err
	}
	defer client.Close()
	server, err := ossl.NewCtx(ossl.TLSServerMethod())
	if err != nil {
		return err
	}
	defer server.Close()
	if err := errors.Join(client.SetClientCertEngine(e), identity(testdata.ECDSA)(server), demand(server)); err != nil {
		return err
	}
	// An engine gives the certificate without its chain, so the server trusts what
	// is in the middle.
	trust, err := server.GetCertStore()
	if err != nil {
		return err
	}
	defer trust.Close()
	if err := errors.Join(server.LoadVerifyFile(os.Getenv("TEST_CERT")), trust.SetFlags(ossl.FlagPartialChain)); err != nil {
		return err
	}
	c, err := client.NewSSL()
	if err != nil {
		return err
	}
	defer c.Close()
	s, err := server.NewSSL()
	if err != nil {
		return err
	}
	defer s.Close()
	one, two, err := ossl.NewBIOPair(0, 0)
	if err != nil {
		return err
	}
	defer one.Close()
	defer two.Close()
	if err := errors.Join(c.SetBio(one, one), s.SetBio(two, two)); err != nil {
		return err
	}
	for cw, sw := ossl.WantRead, ossl.WantRead; cw != ossl.WantNothing || sw != ossl.WantNothing; {
		var cerr, serr error
		cw, cerr = c.Connect()
		sw, serr = s.Accept()
		if err := errors.Join(cerr, serr); err != nil {
			return err
		}
	}
	if len(s.ConnectionState().PeerCertificates) == 0 {
		return errors.New("the client showed no certificate")
	}
	return nil
}
