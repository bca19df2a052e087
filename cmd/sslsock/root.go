package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sslsock/sslsock/ossl"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "sslsock",
		Short: "OpenSSL on sockets that a Go program owns",
		Long: `sslsock runs OpenSSL's state machine (SSL_connect, SSL_accept, SSL_get_error) over
non-blocking sockets, driven by an epoll loop or by Go's own poller.

Where to begin:

  sslsock demo                        watch two processes shake hands and transfer
  sslsock doctor                      is everything here that it needs?
  sslsock serve --www                 a TLS server to point a browser or curl at
  sslsock connect example.org:443     what does that server offer, and is it to be trusted?
  sslsock port src/                   what do the OpenSSL calls of a C program become?
  sslsock interop --only openssl      does it get along with other TLS implementations?`,
		Version:           programVersion(),
		SilenceUsage:      true,
		SilenceErrors:     true,
		Args:              knownCommand,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Name() == doctorName || cmd.Name() == portName {
				return nil // the one reports it in its own way, the other needs no library
			}
			return ossl.CheckVersion()
		},
	}
	root.SetVersionTemplate(versionText())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newDemo(), newConnect(), newServe(), newDoctor(), newPort(), newInterop())
	root.InitDefaultCompletionCmd()
	return root
}

// knownCommand says in one line that there is no such subcommand.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("unknown command %q; did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return fmt.Errorf("unknown command %q; see sslsock --help", args[0])
}

// noArgs refuses arguments that are not flags.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unexpected argument %q; see %s --help", args[0], cmd.CommandPath())
	}
	return nil
}

// programVersion is the module's version, or the commit it was built from.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	version := info.Main.Version
	if version == "" || version == "(devel)" {
		version = "devel"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				version += " " + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return version
}

func versionText() string {
	return fmt.Sprintf("sslsock %s\nbuilt with  %s, %s\nruns on     %s, %s/%s\n",
		programVersion(), ossl.HeaderVersion(), runtime.Version(), ossl.OpenSSLVersion(), runtime.GOOS, runtime.GOARCH)
}
