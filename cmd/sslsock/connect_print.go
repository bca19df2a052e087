package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/term"
)

// dates are in UTC, as they are in certificates.
const dateFormat = "2006-01-02 15:04 UTC"

// printReport tells people what the handshake came to.
func printReport(w io.Writer, p term.Palette, r *report) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "  %s %s\n", p.In(term.Dim, fmt.Sprintf("%-11s", name)), value)
		}
	}
	fmt.Fprintf(w, "%s %s\n", p.In(term.Bold, r.Address), p.In(term.Dim, "("+r.Remote+")"))
	line("verify", verifyText(p, r))
	line("protocol", r.Protocol)
	if r.Cipher != nil {
		line("cipher", fmt.Sprintf("%s, %d bits", r.Cipher.Name, r.Cipher.Bits))
	}
	line("group", r.Group)
	line("signature", r.Signature)
	if r.OK {
		line("ALPN", orNone(r.ALPN))
	}
	if r.Session != nil {
		line("session", sessionText(r))
	}
	for i := range r.Chain {
		printCertificate(w, p, i, &r.Chain[i])
	}
	fmt.Fprintln(w)
}

func verifyText(p term.Palette, r *report) string {
	switch {
	case r.Verify.OK && r.OK:
		return p.In(term.Green, "ok") + ", for " + r.ServerName
	case r.Verify.OK:
		return ""
	case r.Verify.Ignored:
		return p.In(term.Yellow, r.Verify.Reason) + fmt.Sprintf(" (error %d), ignored: --insecure", r.Verify.Code)
	default:
		return p.In(term.Red, r.Verify.Reason) + fmt.Sprintf(" (error %d)", r.Verify.Code)
	}
}

func sessionText(r *report) string {
	s := r.Session
	switch {
	case s.Resumed:
		return "resumed"
	case s.Resumable:
		return fmt.Sprintf("new, may be resumed for %v", time.Duration(s.Timeout)*time.Second)
	case r.Protocol == "TLSv1.3":
		return "new; tickets come after the handshake"
	default:
		return "new, cannot be resumed"
	}
}

func printCertificate(w io.Writer, p term.Palette, i int, c *certReport) {
	now := time.Now()
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, "      %s %s\n", p.In(term.Dim, fmt.Sprintf("%-7s", name)), value)
		}
	}
	fmt.Fprintf(w, "  %s %s\n", p.In(term.Dim, fmt.Sprintf("[%d]", i)), p.In(term.Bold, orNone(c.Subject)))
	line("issuer", c.Issuer)
	if c.Problem != "" {
		line("problem", p.In(term.Yellow, c.Problem))
	} else {
		line("valid", validity(p, c, now))
		line("names", strings.Join(c.Names, ", "))
		line("key", c.Key+", signed with "+c.Signature)
	}
	line("sha256", c.Fingerprint)
}

func validity(p term.Palette, c *certReport, now time.Time) string {
	text := c.NotBefore.Format(dateFormat) + " to " + c.NotAfter.Format(dateFormat)
	switch {
	case now.Before(c.NotBefore):
		return text + ", " + p.In(term.Red, "begins "+until(c.NotBefore, now))
	case now.After(c.NotAfter):
		return text + ", " + p.In(term.Red, "ended "+until(c.NotAfter, now))
	default:
		return text + ", ends " + until(c.NotAfter, now)
	}
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
