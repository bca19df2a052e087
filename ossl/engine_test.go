package ossl_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

const hsmPin = "4711"

// softHSM makes a token with the key, and where pkcs11-tool is there the
// certificate, of testdata.ECDSA. It returns the module and its configuration.
func softHSM(t *testing.T) (module, conf string) {
	t.Helper()
	modules, _ := filepath.Glob("/usr/lib*/softhsm/libsofthsm2.so")
	more, _ := filepath.Glob("/usr/lib/*/softhsm/libsofthsm2.so")
	if modules = append(modules, more...); len(modules) == 0 {
		t.Skip("SoftHSM is not installed: Debian's package softhsm2 has it")
	}
	dir := t.TempDir()
	conf = tempFile(t, "softhsm2.conf", []byte("directories.tokendir = "+dir+"\nobjectstore.backend = file\nlog.level = ERROR\n"))
	tool := func(name string, args ...string) {
		t.Helper()
		cmd := exec.Command(name, args...)
		cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+conf)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	tool("softhsm2-util", "--init-token", "--free", "--label", "sslsock", "--so-pin", "1234", "--pin", hsmPin)
	tool("softhsm2-util", "--import", testdata.Path(testdata.ECDSA.Key), "--token", "sslsock", "--label", "leaf", "--id", "01", "--pin", hsmPin)
	cert := tempFile(t, "leaf.der", leafDER(t, testdata.ECDSA))
	if _, err := exec.LookPath("pkcs11-tool"); err == nil {
		tool("pkcs11-tool", "--module", modules[0], "--login", "--pin", hsmPin, "--token-label", "sslsock", "--write-object", cert, "--type", "cert", "--label", "leaf", "--id", "01")
	} else {
		t.Log("no certificate in the token: pkcs11-tool, of Debian's package opensc, is not installed")
	}
	return modules[0], conf
}

// An engine's key signs for a server and never leaves the token. It runs in a
// child, for an engine stays loaded.
func TestEnginePKCS11(t *testing.T) {
	if !ossl.HasEngine() {
		t.Skip("this OpenSSL has no engines")
	}
	if e, err := ossl.EngineByID("pkcs11"); err != nil {
		t.Skip("the engine pkcs11 is not installed: Debian's package libengine-pkcs11-openssl has it:", err)
	} else {
		e.Close()
	}
	module, conf := softHSM(t)
	_, lookErr := exec.LookPath("pkcs11-tool")
	t.Log(runChild(t, "pkcs11 engine", func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "SOFTHSM2_CONF="+conf, "TEST_MODULE="+module, fmt.Sprint("TEST_CERT=", lookErr == nil))
	}))
}

func init() {
	children["pkcs11 engine"] = engineChild
	children["pkcs11 provider"] = providerChild
}

func engineChild() error {
	e, err := ossl.EngineByID("pkcs11")
	if err != nil {
		return err
	}
	defer e.Close()
	if e.GetID() != "pkcs11" || e.GetName() == "" || !slices.Contains(ossl.Engines(), "dynamic") {
		return fmt.Errorf("%q, %q, %q", e.GetID(), e.GetName(), ossl.Engines())
	}
	if err := errors.Join(e.CtrlCmdString("MODULE_PATH", os.Getenv("TEST_MODULE"), false), e.CtrlCmdString("NO_SUCH_COMMAND", "x", true), e.Init()); err != nil {
		return err
	}
	if err := errors.Join(e.CtrlCmdString("NO_SUCH_COMMAND", "x", false)); err == nil {
		return errors.New("a command that nobody knows")
	}
	if err := e.CtrlCmd("NO_SUCH_COMMAND", 1, false); err == nil {
		return errors.New("a command that nobody knows, with a number")
	}
	const uri = "pkcs11:token=sslsock;object=leaf;type=private"
	for _, pin := range []string{"", "0000"} {
		if k, err := e.LoadPrivateKey(uri, pin); err == nil {
			k.Close()
			return fmt.Errorf("the PIN %q opens the token", pin)
		}
	}
	k, err := e.LoadPrivateKey(uri, hsmPin)
	if err != nil {
		return err
	}
	defer k.Close()
	if err := e.CtrlCmdString("PIN", hsmPin, false); err != nil {
		return err
	}
	pub, err := e.LoadPublicKey("pkcs11:token=sslsock;object=leaf;type=public", hsmPin)
	if err != nil {
		return err
	}
	defer pub.Close()
	if !pub.Eq(k) {
		return errors.New("the public key is another's")
	}
	if os.Getenv("TEST_CERT") == "true" {
		x, err := e.LoadCert("pkcs11:token=sslsock;object=leaf;type=cert")
		if err != nil {
			return err
		}
		defer x.Close()
		if err := x.CheckPrivateKey(k); err != nil {
			return err
		}
		if x, err := e.LoadCert("pkcs11:token=sslsock;object=nosuch;type=cert"); err == nil {
			x.Close()
			return errors.New("a certificate that is not there")
		}
	}
	if err := serveWith(k); err != nil {
		return err
	}
	// Whatever is the default, keys of other origin work as before. Those for the key exchange of a
	// handshake do not in 3.6, where the engine is the default for EC.
	err = errors.Join(ossl.EngineRegisterAllComplete(), e.SetDefault(ossl.EngineMethodEC), e.SetDefaultString("RSA"))
	if err != nil {
		return err
	}
	soft, err := ossl.RSAGen(2048)
	if err != nil {
		return err
	}
	defer soft.Close()
	_, err = soft.DigestSign("SHA256", nil)
	return errors.Join(err, e.Finish())
}

// serveWith shakes hands as a server that has k for its key, and a client that
// verifies it.
func serveWith(k *ossl.PKey) error {
	if err := secretIn(k); err != nil {
		return err
	}
	server, err := ossl.NewCtx(ossl.TLSServerMethod())
	if err != nil {
		return err
	}
	defer server.Close()
	client, err := ossl.NewCtx(ossl.TLSClientMethod())
	if err != nil {
		return err
	}
	defer client.Close()
	err = errors.Join(server.UseCertificateChainFile(testdata.Path(testdata.ECDSA.Cert)), server.UsePrivateKey(k), server.CheckPrivateKey(), trust(testdata.ECDSA.Roots)(client))
	if err != nil {
		return err
	}
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
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
	if err := errors.Join(c.SetFd(fds[0]), s.SetFd(fds[1])); err != nil {
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
	fmt.Println(k.GetTypeName(), c.ConnectionState().VersionName)
	return nil
}

// secretIn says by an error when the private number of testdata.ECDSA comes out
// of k. The engine makes up another one.
func secretIn(k *ossl.PKey) error {
	text, err := os.ReadFile(testdata.Path(testdata.ECDSA.Key))
	if err != nil {
		return err
	}
	real, err := ossl.PEMReadBioPrivateKey(text, "")
	if err != nil {
		return err
	}
	defer real.Close()
	n, err := real.GetBNParam("priv")
	if err != nil {
		return err
	}
	if der, err := k.I2DPKCS8PrivateKey("", ""); err == nil && bytes.Contains(der, n.Bytes()) {
		return errors.New("the key leaves the token")
	}
	return nil
}

// The same through a provider and an OSSL_STORE URI.
func TestOSSLStorePKCS11(t *testing.T) {
	if err := ossl.TryProvider("pkcs11"); err != nil {
		t.Skip("the provider pkcs11 is not installed: the package pkcs11-provider has it, in Debian from 13 on:", err)
	}
	module, conf := softHSM(t)
	cnf := tempFile(t, "openssl.cnf", []byte("openssl_conf = init\n[init]\nproviders = all\n[all]\ndefault = on\npkcs11 = token\n[on]\nactivate = 1\n[token]\nactivate = 1\npkcs11-module-path = "+module+"\n"))
	t.Log(runChild(t, "pkcs11 provider", func(cmd *exec.Cmd) {
		cmd.Env = append(cmd.Env, "SOFTHSM2_CONF="+conf, "OPENSSL_CONF="+cnf)
	}))
}

func providerChild() error {
	const uri = "pkcs11:token=sslsock;object=leaf;type=private"
	if k, err := ossl.OSSLStoreLoadPKey(uri, ""); err == nil {
		k.Close()
		return errors.New("no PIN opens the token")
	}
	k, err := ossl.OSSLStoreLoadPKey(uri, hsmPin)
	if err != nil {
		return err
	}
	defer k.Close()
	return serveWith(k)
}

// What needs no hardware: an engine of libcrypto's own.
func TestEngine(t *testing.T) {
	if !ossl.HasEngine() {
		_, err := ossl.EngineByID("dynamic")
		same(t, "no engines", []any{err, ossl.EngineRegisterAllComplete(), len(ossl.Engines())}, []any{ossl.ErrNoEngine, ossl.ErrNoEngine, 0})
		return
	}
	ossl.EngineLoadBuiltinEngines()
	e := opened[*ossl.Engine](t)(ossl.EngineByID("dynamic"))
	same(t, "dynamic", []string{e.GetID(), e.GetName()}, []string{"dynamic", "Dynamic engine loading support"})
	if !slices.Contains(ossl.Engines(), "dynamic") {
		t.Error(ossl.Engines())
	}
	must(t, errors.Join(e.CtrlCmd("LIST_ADD", 1, false), e.CtrlCmdString("ID", "x", false)))
	for name, err := range map[string]error{
		"unknown": second(ossl.EngineByID("nosuch")), "zero byte": second(ossl.EngineByID("dynamic\x00")), "not ready": e.Finish(), "method": e.SetDefaultString("NOSUCH"),
		"key": second(e.LoadPrivateKey("x", "")), "public key": second(e.LoadPublicKey("x", "")), "certificate": second(e.LoadCert("x")),
		"no path": e.CtrlCmdString("LOAD", "", false), "number": e.CtrlCmd("NOSUCH", 1, false),
	} {
		if err == nil {
			t.Error(name, "works")
		} else {
			oneLine(t, err)
		}
	}
	closedAndNil(t, e)
}
