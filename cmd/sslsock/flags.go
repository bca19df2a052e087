package main

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sslsock/sslsock/ossl"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return strings.Join(c.of, "|") }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.of, s) {
		return errors.New("must be " + orList(c.of))
	}
	c.value = s
	return nil
}

// version is a flag that takes a TLS version; 0 where it was not given.
type version struct {
	number int
	of     []string
}

var versions = map[string]int{
	"1.0": ossl.TLS1Version, "1.1": ossl.TLS1_1Version, "1.2": ossl.TLS1_2Version, "1.3": ossl.TLS1_3Version,
}

func (v *version) String() string {
	for name, n := range versions {
		if n == v.number {
			return name
		}
	}
	return ""
}

func (v *version) Type() string { return strings.Join(v.of, "|") }

func (v *version) Set(s string) error {
	if !slices.Contains(v.of, s) {
		return errors.New("must be " + orList(v.of))
	}
	v.number = versions[s]
	return nil
}

func modernVersion() *version { return &version{of: []string{"1.2", "1.3"}} }
func anyVersion() *version    { return &version{of: slices.Sorted(maps.Keys(versions))} }

// varFlag adds a flag whose values the shell can complete.
func varFlag(cmd *cobra.Command, v pflag.Value, name, usage string, of []string) {
	cmd.Flags().Var(v, name, usage)
	// An error here would mean that the flag above does not exist.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(of, cobra.ShellCompDirectiveNoFileComp))
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// checkAddr says what is wrong with the address that flag was given, before
// anything is made with it. An address without a port is the usual mistake.
func checkAddr(flag, addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		why := err.Error()
		if ae := new(net.AddrError); errors.As(err, &ae) {
			why = ae.Err
		}
		return fmt.Errorf("%s %s: %s; give it as HOST:PORT, such as 127.0.0.1:8443", flag, addr, why)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return fmt.Errorf("%s %s: %q is not a port; give a number from 0 to 65535", flag, addr, port)
	}
	return nil
}

// splitList splits "a,b" and leaves out what is empty.
func splitList(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// noneIsNegative turns the command line's "0 is no limit" into what the
// library's configurations say for it.
func noneIsNegative(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}
