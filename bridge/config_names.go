package bridge

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

var errPerName = errors.New("is the same for all ServerNames: set it in the outer Config only")

// serverNames are the names of ServerNames as they have to be, with the field
// that each stands in.
func (c *Config) serverNames() (map[string]*Config, error) {
	names := make(map[string]*Config, len(c.ServerNames))
	for _, name := range slices.Sorted(maps.Keys(c.ServerNames)) {
		other := c.ServerNames[name]
		clean := strings.ToLower(strings.TrimSuffix(name, "."))
		err := checkName(strings.TrimPrefix(clean, "*."))
		switch {
		case err != nil:
		case names[clean] != nil:
			err = errors.New("the name is there twice")
		case other == nil:
			err = errors.New("the name has no Config")
		default:
			err = c.checkPerName(other)
		}
		if err != nil {
			return nil, within(name, err)
		}
		names[clean] = other
	}
	return names, nil
}

// checkPerName refuses what would be passed over without a word: the SSL has
// taken it from the outer Ctx before the name is known.
func (c *Config) checkPerName(other *Config) error {
	switch {
	case len(other.ServerNames) > 0:
		return &ConfigError{Field: "ServerNames", Err: errors.New("must not be nested")}
	case other.Ciphersuites != "" && other.Ciphersuites != c.Ciphersuites:
		return &ConfigError{Field: "Ciphersuites", Value: other.Ciphersuites, Err: errPerName}
	case other.Groups != "" && other.Groups != c.Groups:
		return &ConfigError{Field: "Groups", Value: other.Groups, Err: errPerName}
	case other.Hooks != nil && other.Hooks != c.Hooks:
		return &ConfigError{Field: "Hooks", Err: errPerName}
	case other.LibCtx != nil && other.LibCtx != c.LibCtx:
		return &ConfigError{Field: "LibCtx", Err: errPerName}
	case other.Properties != "" && other.Properties != c.Properties:
		return &ConfigError{Field: "Properties", Value: other.Properties, Err: errPerName}
	case other.NumTickets != 0 && other.NumTickets != c.NumTickets:
		return &ConfigError{Field: "NumTickets", Err: errPerName}
	case other.MaxEarlyData != 0 && other.MaxEarlyData != c.MaxEarlyData:
		return &ConfigError{Field: "MaxEarlyData", Err: errPerName}
	}
	return nil
}

// setServerNames makes one Ctx for each Config, however many names it has. The
// outer Ctx keeps references of its own.
func (c *Config) setServerNames(ctx *ossl.Ctx, names map[string]*Config) error {
	made := make(map[*Config]*ossl.Ctx)
	defer func() {
		for _, other := range made {
			other.Close()
		}
	}()
	ctxs := make(map[string]*ossl.Ctx, len(names))
	for _, name := range slices.Sorted(maps.Keys(names)) {
		cfg := names[name]
		if made[cfg] == nil {
			named := *cfg
			named.MaxEarlyData = c.MaxEarlyData // which decides about options
			named.LibCtx, named.Properties = c.LibCtx, c.Properties
			named.Hooks = c.Hooks // or a name would be all it takes to get past them
			other, err := named.newCtx(ossl.TLSServerMethod(), (*Config).setServer)
			if err != nil {
				return within(name, err)
			}
			made[cfg] = other
		}
		ctxs[name] = made[cfg]
	}
	if err := ctx.SetServerNames(ctxs); err != nil {
		return &ConfigError{Field: "ServerNames", Err: err}
	}
	return nil
}

// within says under which name of ServerNames an error came up.
func within(name string, err error) error {
	at := fmt.Sprintf("ServerNames[%q]", name)
	if e, ok := err.(*ConfigError); ok { //nolint:errorlint // made here, unwrapped
		return &ConfigError{Field: at + "." + e.Field, Value: e.Value, Err: e.Err}
	}
	return &ConfigError{Field: at, Err: err}
}

// checkName says why a host name cannot be asked for or verified. RFC 6066,
// section 3, has ASCII only; to OpenSSL a dot in front means any name below.
func checkName(name string) error {
	switch {
	case name == "":
		return errors.New("a host name must not be empty")
	case len(name) > 253:
		return errors.New("a host name has 253 bytes at most")
	case name[0] == '.':
		return errors.New("a host name must not begin with a dot")
	}
	for i := range len(name) {
		switch b := name[i]; {
		case b >= 0x80:
			return errors.New("a host name must be ASCII: write it in its xn-- form")
		case b <= ' ' || b == 0x7f || b == '*':
			return fmt.Errorf("a host name must not hold %q", b)
		}
	}
	return nil
}
