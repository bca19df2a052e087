package ossl_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

func TestProvidersHasDefault(t *testing.T) {
	list := ossl.Providers()
	i := slices.IndexFunc(list, func(p ossl.Provider) bool { return p.Name == "default" })
	if i < 0 {
		t.Skipf("the configuration of this machine loads no default provider: %v", list)
	}
	if p := list[i]; !p.Running || p.Version == "" || p.FullName == "" {
		t.Errorf("the default provider: %+v", p)
	}
}

func TestTryProvider(t *testing.T) {
	if err := ossl.TryProvider("default"); err != nil {
		t.Errorf("default: %v", err)
	}
	before := ossl.Providers()
	if err := ossl.TryProvider("base"); err != nil {
		t.Errorf("base: %v", err)
	}
	if after := ossl.Providers(); !slices.Equal(before, after) {
		t.Errorf("trying one changed what is loaded: %v, then %v", before, after)
	}
	var e *ossl.Error
	if err := ossl.TryProvider("no-such-provider"); !errors.As(err, &e) || len(e.Queue) == 0 {
		t.Errorf("a provider that does not exist: %v", err)
	}
}

func TestDefaultConfigFileFollowsEnvironment(t *testing.T) {
	if got, want := ossl.DefaultConfigFile(), filepath.Join(ossl.OpenSSLDir(), "openssl.cnf"); os.Getenv("OPENSSL_CONF") == "" && got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestGetSecurityLevelFollowsCipherList(t *testing.T) {
	ctx, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		t.Fatal(err)
	}
	defer ctx.Close()
	for level, list := range []string{"DEFAULT@SECLEVEL=0", "DEFAULT@SECLEVEL=1", "DEFAULT@SECLEVEL=2", "DEFAULT@SECLEVEL=3"} {
		if err := ctx.SetCipherList(list); err != nil {
			t.Fatal(err)
		}
		if got := ctx.GetSecurityLevel(); got != level {
			t.Errorf("after %s: %d", list, got)
		}
	}
}

func TestRandIsSeeded(t *testing.T) {
	if !ossl.RandStatus() {
		t.Error("RAND_status says that there is not enough entropy")
	}
}

// What libcrypto says of itself is what the program openssl says of it.
func TestBuildInfo(t *testing.T) {
	info := func(what string) string { return strings.TrimSpace(openssl(t, nil, "info", what)) }
	dir := info("-configdir")
	for _, tt := range []struct{ name, got, want string }{
		{"ModulesDir", ossl.ModulesDir(), info("-modulesdir")},
		{"SeedSource", ossl.SeedSource(), info("-seeds")},
		{"CPUInfo", ossl.CPUInfo(), info("-cpusettings")},
		{"DefaultCertFile", ossl.DefaultCertFile(), filepath.Join(dir, "cert.pem")},
		{"DefaultCertDir", ossl.DefaultCertDir(), filepath.Join(dir, "certs")},
		{"DefaultCertFileEnv", ossl.DefaultCertFileEnv(), "SSL_CERT_FILE"},
		{"DefaultCertDirEnv", ossl.DefaultCertDirEnv(), "SSL_CERT_DIR"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}

func init() {
	children["fips properties"] = func() error {
		if !ossl.DefaultPropertiesIsFIPSEnabled() {
			return errors.New("the configuration asks for fips=yes, and it is not enabled")
		}
		return nil
	}
}

// The configuration file of a child asks for algorithms of the FIPS provider.
func TestFIPSProperties(t *testing.T) {
	if ossl.DefaultPropertiesIsFIPSEnabled() {
		t.Log("this machine's configuration asks for fips=yes")
	}
	cnf := tempFile(t, "openssl.cnf", []byte("openssl_conf = init\n[init]\nalg_section = evp\n[evp]\ndefault_properties = fips=yes\n"))
	runChild(t, "fips properties", func(cmd *exec.Cmd) { cmd.Env = append(cmd.Env, "OPENSSL_CONF="+cnf) })
}
