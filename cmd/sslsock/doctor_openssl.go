package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// examine runs every check. A library of another major release would make the
// rest meaningless, or worse.
func examine() []check {
	checks := []check{checkProgram(), checkLibrary()}
	if ossl.CheckVersion() != nil {
		return checks
	}
	return append(checks,
		checkConfig(),
		checkProviders(),
		checkLegacy(),
		checkFIPS(),
		checkModules(),
		checkSecurityLevel(),
		checkHandshake(),
		checkTrust(),
		checkEntropy(),
		checkKTLS(),
		checkEpoll(),
		checkFiles(),
	)
}

func checkProgram() check {
	return check{
		ID: "program", Name: "sslsock", Status: statusOK,
		Value: fmt.Sprintf("%s, %s, %s/%s, %s", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, plural(runtime.NumCPU(), "processor")),
		Data:  map[string]any{"version": programVersion(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH},
	}
}

func checkLibrary() check {
	header, library := ossl.HeaderVersionNum(), ossl.OpenSSLVersionNum()
	c := check{
		ID: "openssl", Name: "OpenSSL", Status: statusOK,
		Value: ossl.OpenSSLVersion() + ", headers and library the same",
		Data: map[string]any{
			"header": ossl.HeaderVersion(), "library": ossl.OpenSSLVersion(),
			"header_number": fmt.Sprintf("%#x", header), "library_number": fmt.Sprintf("%#x", library),
			"cpu": ossl.CPUInfo(),
		},
	}
	if header == library {
		return c
	}
	c.Value = fmt.Sprintf("%s, built with the headers of %s", ossl.OpenSSLVersion(), ossl.HeaderVersion())
	switch {
	case ossl.CheckVersion() != nil:
		c.Status, c.Hint = statusFail, "rebuild sslsock here, or install the libssl it was built for"
	case library>>20 < header>>20: // major and minor; an older patch release lacks fixes, but no functions
		c.Status, c.Hint = statusWarn, "the library is older than the headers: functions may be missing; upgrade it"
	}
	return c
}

func checkConfig() check {
	file := ossl.DefaultConfigFile()
	c := check{ID: "config", Name: "configuration", Status: statusOK, Value: file, Data: map[string]any{"file": file, "dir": ossl.OpenSSLDir()}}
	if env := os.Getenv("OPENSSL_CONF"); env != "" {
		c.Value += ", named by OPENSSL_CONF"
	}
	f, err := os.Open(file)
	if err == nil {
		_ = f.Close()
		return c
	}
	c.Status, c.Value = statusWarn, c.Value+": "+reason(err)
	c.Hint = "OpenSSL runs on built-in defaults; " + install(packages{debian: "openssl", fedora: "openssl-libs", alpine: "openssl", arch: "openssl", suse: "openssl"})
	if os.Getenv("OPENSSL_CONF") != "" {
		c.Hint = "correct OPENSSL_CONF, or unset it"
	}
	return c
}

func checkProviders() check {
	list := ossl.Providers()
	c := check{ID: "providers", Name: "providers", Status: statusOK, Data: list}
	var words []string
	running := 0
	for _, p := range list {
		word := strings.TrimSpace(p.Name + " " + p.Version)
		if p.Running {
			running++
		} else {
			word += " (not running)"
			c.Status = statusWarn
		}
		words = append(words, word)
	}
	c.Value = strings.Join(words, ", ")
	if running == 0 {
		c.Status, c.Value = statusFail, "none is running"
		c.Hint = "no provider, no algorithms: see the [provider_sect] of " + ossl.DefaultConfigFile()
	}
	return c
}

func checkLegacy() check {
	c := check{ID: "legacy", Name: "legacy provider", Status: statusOK, Value: "installed (RC4, DES, MD4, …, for old keys and peers)"}
	if loaded("legacy") {
		c.Value = "loaded: old algorithms are on"
	} else if err := ossl.TryProvider("legacy"); err != nil {
		c.Status = statusInfo
		c.Value = "not installed; for old keys and peers: " +
			install(packages{debian: "openssl-provider-legacy", fedora: "openssl-libs", alpine: "openssl", arch: "openssl", suse: "libopenssl3"})
	}
	return c
}

func checkFIPS() check {
	on, live := ossl.DefaultPropertiesIsFIPSEnabled(), loaded("fips")
	module := filepath.Join(modulesDir(), "fips.so")
	_, err := os.Stat(module)
	c := check{
		ID: "fips", Name: "FIPS", Status: statusOK,
		Data: map[string]any{"enabled": on, "provider_loaded": live, "module_installed": err == nil, "kernel": kernelFIPS()},
	}
	switch {
	case on && live:
		c.Value = "on: algorithms come from the FIPS provider"
	case on:
		c.Status, c.Value = statusFail, "asked for, but the FIPS provider is not loaded: nothing can be fetched"
		c.Hint = "run `openssl fipsinstall`, and name the provider in " + ossl.DefaultConfigFile() + " (fips_module(7))"
	case live:
		c.Status, c.Value = statusInfo, "off, the provider is loaded beside others"
	case err == nil:
		c.Status, c.Value = statusInfo, "off, the provider is installed but not configured (fips_module(7))"
	default:
		c.Status = statusInfo
		c.Value = "off, the provider is not installed; if you need it: " +
			install(packages{debian: "openssl-provider-fips (from Debian 13 on)", fedora: "openssl-fips-provider", alpine: "openssl (built with enable-fips)", arch: "openssl (built with enable-fips)", suse: "libopenssl-3-fips-provider"})
	}
	if kernelFIPS() && !on {
		c.Status, c.Hint = statusWarn, "the kernel is in FIPS mode, OpenSSL is not"
	}
	return c
}

func checkModules() check {
	dir := modulesDir()
	c := check{ID: "modules", Name: "modules folder", Status: statusOK}
	entries, err := os.ReadDir(dir)
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".so"))
	}
	slices.Sort(names)
	c.Data = map[string]any{"dir": dir, "modules": names}
	switch {
	case err != nil:
		c.Value = dir + ": " + reason(err) + "; the default provider is built in"
	case len(names) == 0:
		c.Value = dir + ": empty; the default provider is built in"
	default:
		c.Value = dir + ": " + strings.Join(names, ", ")
	}
	return c
}

func checkSecurityLevel() check {
	c := check{ID: "security_level", Name: "security level", Status: statusOK}
	ctx, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		c.Status, c.Value = statusFail, oneLine(err)
		c.Hint = "a damaged configuration file is the usual cause: see " + ossl.DefaultConfigFile()
		return c
	}
	defer ctx.Close()
	level := ctx.GetSecurityLevel()
	c.Value, c.Data = fmt.Sprintf("%d, %s", level, levelText(level)), map[string]any{"level": level}
	if level == 0 {
		c.Status, c.Hint = statusWarn, "the configuration file lowers it (@SECLEVEL=0) for every program that uses OpenSSL"
	}
	return c
}

// levelText is what SSL_CTX_set_security_level(3) says of a level.
func levelText(level int) string {
	bits := []string{"anything goes", "at least 80 bits", "at least 112 bits: RSA keys from 2048 on", "at least 128 bits: RSA keys from 3072 on", "at least 192 bits", "at least 256 bits"}
	return bits[min(max(level, 0), len(bits)-1)]
}

func loaded(name string) bool {
	return slices.ContainsFunc(ossl.Providers(), func(p ossl.Provider) bool { return p.Name == name && p.Running })
}

func modulesDir() string {
	if dir := os.Getenv("OPENSSL_MODULES"); dir != "" {
		return dir
	}
	return ossl.ModulesDir()
}

func kernelFIPS() bool {
	b, err := os.ReadFile("/proc/sys/crypto/fips_enabled")
	return err == nil && strings.TrimSpace(string(b)) == "1"
}
