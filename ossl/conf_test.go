package ossl_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

func TestConfCtx(t *testing.T) {
	cc, err := ossl.NewConfCtx()
	must(t, err)
	defer cc.Close()
	c := newCtx(t)
	if got := cc.SetFlags(ossl.ConfFlagFile | ossl.ConfFlagServer | ossl.ConfFlagCertificate | ossl.ConfFlagShowErrors); got&ossl.ConfFlagFile == 0 {
		t.Error(got)
	}
	must(t, cc.SetSSLCtx(c))
	if n, err := cc.Cmd("MinProtocol", "TLSv1.3"); n != 2 || err != nil || c.GetMinProtoVersion() != ossl.TLS1_3Version {
		t.Error(n, err, c.GetMinProtoVersion())
	}
	if _, err := cc.Cmd("Certificate", testdata.Path(testdata.RSA.Cert)); err != nil {
		t.Error(err)
	}
	var unknown *ossl.UnknownCommandError
	if _, err := cc.Cmd("NoSuchThing", "x"); !errors.As(err, &unknown) || unknown.Command != "NoSuchThing" {
		t.Error(err)
	}
	if _, err := cc.Cmd("MinProtocol", "TLSv9"); err == nil || errors.As(err, &unknown) {
		t.Error(err)
	}
	for cmd, want := range map[string]ossl.ConfType{
		"CipherString": ossl.ConfTypeString, "Certificate": ossl.ConfTypeFile, "VerifyCAPath": ossl.ConfTypeDir,
		"VerifyCAStore": ossl.ConfTypeStore, "NoSuchThing": ossl.ConfTypeUnknown,
	} {
		if got := cc.CmdValueType(cmd); got != want {
			t.Errorf("%s: %v, want %v", cmd, got, want)
		}
	}
	must(t, cc.Set1Prefix("TLS."))
	if _, err := cc.Cmd("MaxProtocol", "TLSv1.3"); !errors.As(err, &unknown) {
		t.Error("a command without the prefix", err)
	}
	if n, err := cc.Cmd("TLS.MaxProtocol", "TLSv1.3"); n != 2 || err != nil || c.GetMaxProtoVersion() != ossl.TLS1_3Version {
		t.Error(n, err)
	}
	must(t, cc.Finish())
}

// A certificate without a key has its own file looked into for one, at the end.
func TestConfFinish(t *testing.T) {
	both := tempFile(t, "both.pem", append(readFile(t, testdata.RSA.Cert), readFile(t, testdata.RSA.Key)...))
	cc, err := ossl.NewConfCtx()
	must(t, err)
	defer cc.Close()
	c := newCtx(t)
	cc.SetFlags(ossl.ConfFlagFile | ossl.ConfFlagServer | ossl.ConfFlagCertificate | ossl.ConfFlagRequirePrivate)
	must(t, cc.SetSSLCtx(c))
	_, err = cc.Cmd("Certificate", both)
	must(t, err)
	wantErr(t, c.CheckPrivateKey(), ossl.ReasonNoPrivateKeyAssigned)
	must(t, cc.Finish())
	must(t, c.CheckPrivateKey())
}

// A command line for one SSL.
func TestConfArgv(t *testing.T) {
	cc, err := ossl.NewConfCtx()
	must(t, err)
	defer cc.Close()
	s := newUnused(t)
	cc.SetFlags(ossl.ConfFlagCmdline | ossl.ConfFlagClient | ossl.ConfFlagFile)
	if got := cc.ClearFlags(ossl.ConfFlagFile); got&ossl.ConfFlagFile != 0 || got&ossl.ConfFlagCmdline == 0 {
		t.Error(got)
	}
	must(t, cc.SetSSL(s))
	args := []string{"-min_protocol", "TLSv1.2", "-no_ticket", "file"}
	for _, want := range []int{2, 1, 0} {
		n, err := cc.CmdArgv(args)
		if n != want || err != nil {
			t.Fatalf("%v: %d words, want %d: %v", args, n, want, err)
		}
		args = args[n:]
	}
	if s.GetMinProtoVersion() != ossl.TLS1_2Version || s.GetOptions()&ossl.OpNoTicket == 0 {
		t.Error(s.GetMinProtoVersion(), s.GetOptions())
	}
	if cc.CmdValueType("-no_ticket") != ossl.ConfTypeNone {
		t.Error(cc.CmdValueType("-no_ticket"))
	}
	must(t, cc.Finish())
	gone := newCtx(t)
	must(t, cc.SetSSLCtx(gone))
	gone.Close()
	if _, err := cc.Cmd("-no_ticket", ""); err != ossl.ErrClosed {
		t.Error(err)
	}
	if _, err := cc.CmdArgv(args); err != ossl.ErrClosed {
		t.Error(err)
	}
	if err := cc.Finish(); err != ossl.ErrClosed {
		t.Error(err)
	}
}

// Sections of a configuration file, by name.
func TestCtxConfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ssl.cnf")
	must(t, os.WriteFile(file, []byte("openssl_conf = init\n[init]\nssl_conf = names\n[names]\nmine = policy\n[policy]\nMaxProtocol = TLSv1.2\n"), 0o600))
	ossl.AddSSLModule()
	must(t, ossl.ConfModulesLoadFile(file, ""))
	c, s := newCtx(t), newUnused(t)
	must(t, c.Config("mine"))
	must(t, s.Config("mine"))
	if c.GetMaxProtoVersion() != ossl.TLS1_2Version || s.GetMaxProtoVersion() != ossl.TLS1_2Version {
		t.Error(c.GetMaxProtoVersion(), s.GetMaxProtoVersion())
	}
	for _, err := range []error{c.Config("nobody's"), s.Config("nobody's"), ossl.ConfModulesLoadFile(file+".none", "")} {
		if err == nil {
			t.Error("what is not there was applied")
		}
	}
}
