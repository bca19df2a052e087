package interop

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Fact is something that both sides know of a connection. What a peer says of it
// has to be what the driver knows, or the cell fails.
type Fact string

// Facts.
const (
	FactVersion    Fact = "protocol version"
	FactCipher     Fact = "cipher suite"
	FactGroup      Fact = "group"
	FactALPN       Fact = "ALPN protocol"
	FactResumed    Fact = "resumption"
	FactClientCert Fact = "client certificate"
)

var facts = []Fact{FactVersion, FactCipher, FactGroup, FactALPN, FactResumed, FactClientCert}

// Says has a regular expression for each fact that a peer writes to its log, with
// the value as its one group; of several matches the last one counts. The names
// are the peer's own: "TLSv1.3", "TLS1.3" and "1.3" are the same.
type Says map[Fact]string

// saysLine is what programs of ours write, and those whose log has a format.
var saysLine = Says{
	FactVersion: `version=(\S*)`, FactCipher: `cipher=(\S*)`, FactGroup: `group=(\S*)`, FactALPN: `alpn=(\S*)`,
	FactResumed: `resumed=(\S+)`, FactClientCert: `client=.*?interop ([\w-]+)`,
}

// without is Says but for some facts.
func (s Says) without(leave ...Fact) Says {
	left := Says{}
	for f, pattern := range s {
		left[f] = pattern
	}
	for _, f := range leave {
		delete(left, f)
	}
	return left
}

// says is what the peer tells in its role in this cell.
func (c *cell) saysFacts() Says {
	if c.server {
		return c.peer.ClientSays
	}
	return c.peer.ServerSays
}

// known is what the driver knows, in normal form. Must are the facts that a peer
// cannot leave out.
func (c *cell) known(st ossl.ConnectionState) (values map[Fact]string, must []Fact) {
	resumed := map[bool]string{true: "yes", false: "no"}[st.Resumed]
	values = map[Fact]string{FactVersion: st.VersionName, FactCipher: st.CipherName, FactALPN: st.ALPN}
	must = []Fact{FactVersion, FactCipher}
	if !c.job.PSK { // which some count as a resumption, and some do not
		values[FactResumed] = resumed
		if st.Resumed {
			must = append(must, FactResumed)
		}
	}
	if st.ALPN != "" {
		must = append(must, FactALPN)
	}
	// A session of TLS 1.2 keeps the group of its first handshake.
	if st.Group != "" && (st.Version == ossl.TLS1_3Version || !st.Resumed) {
		values[FactGroup] = st.Group
		if !strings.HasPrefix(st.Group, "ffdhe") { // which many call "DH"
			must = append(must, FactGroup)
		}
	}
	if !c.server && c.job.ClientAuth != "" && c.job.ClientCert != "" && !c.job.PostHandshake && !st.Resumed {
		values[FactClientCert] = c.job.ClientCert
		must = append(must, FactClientCert)
	}
	for f, v := range values {
		values[f] = normal(f, v)
	}
	return values, must
}

// agree compares what the peer has written of the connection with what the driver
// knows.
func (c *cell) agree(ctx context.Context, st ossl.ConnectionState, end *peerEnd) error {
	patterns := c.saysFacts()
	if len(patterns) == 0 {
		return nil
	}
	ours, must := c.known(st)
	theirs := c.hear(ctx, end, patterns, must)
	var heard []string
	for _, f := range facts {
		want, known := ours[f]
		got, said := theirs[f]
		if !known || !said {
			continue
		}
		if got != want {
			return fmt.Errorf("%s says %s %q, and %s has %q", c.peer.Name, f, got, c.driver.Name(), want)
		}
		heard = append(heard, string(f)+" "+got)
	}
	if len(heard) == 0 {
		return nil
	}
	c.rec.note("%s agrees: %s", c.peer.Name, strings.Join(heard, ", "))
	return nil
}

// hear reads the facts out of the peer's log. It waits for those that must be
// there, but not twice in a run for what a peer never says: its version may put
// it otherwise.
func (c *cell) hear(ctx context.Context, end *peerEnd, patterns Says, must []Fact) map[Fact]string {
	ctx, cancel := context.WithTimeout(ctx, sayPatience)
	defer cancel()
	tick := time.NewTicker(readyStep)
	defer tick.Stop()
	for {
		theirs := map[Fact]string{}
		text := end.log.since(end.mark)
		for f, pattern := range patterns {
			if all := regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1); len(all) > 0 {
				value := normal(f, all[len(all)-1][1])
				if f == FactGroup && (value == "" || value == "dh") {
					continue
				}
				theirs[f] = value
			}
		}
		var missing []Fact
		for _, f := range must {
			_, said := theirs[f]
			if _, silent := c.run.silent.Load(c.silence(f)); !said && !silent && patterns[f] != "" {
				missing = append(missing, f)
			}
		}
		if len(missing) == 0 {
			return theirs
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			for _, f := range missing {
				c.run.silent.Store(c.silence(f), true)
				c.rec.note("%s says nothing of its %s", c.peer.Name, f)
			}
			return theirs
		}
	}
}

func (c *cell) silence(f Fact) string { return fmt.Sprint(c.peer.Name, c.server, c.job.Version, f) }

var (
	versionDigits = regexp.MustCompile(`1(\.\d)?$`)
	affirmative   = regexp.MustCompile(`(?i)^(yes|true|r|1|reused|resumed|previous session reused)$`)
	groupPrefix   = regexp.MustCompile(`^(group-|ecdhe?[-, ]+)`)
)

var cipherWords = strings.NewReplacer("TLS1-3-", "TLS_", "TLS13-", "TLS_", "AES128", "AES_128", "AES256", "AES_256", "-", "_")

// normal is a value in the words that all sides share.
func normal(f Fact, value string) string {
	if value == "-" || value == "(null)" || value == "(none)" {
		value = ""
	}
	switch f {
	case FactVersion:
		digits := versionDigits.FindString(value)
		if digits == "1" {
			return "1.0"
		}
		return digits
	case FactCipher:
		if strings.HasPrefix(value, "TLS1") || strings.HasPrefix(value, "TLS-") { // of Mbed TLS and wolfSSL
			value = cipherWords.Replace(value)
		}
		if name := ossl.CipherName(value); name != "(NONE)" && name != "" {
			return name
		}
	case FactGroup:
		name := groupPrefix.ReplaceAllString(strings.ToLower(value), "")
		if canonical, ok := groupNames[name]; ok {
			return canonical
		}
		return name
	case FactResumed:
		return map[bool]string{true: "yes", false: "no"}[affirmative.MatchString(value)]
	}
	return value
}

// groupNames are other names of groups than those of RFC 8446.
var groupNames = map[string]string{
	"p-256": "secp256r1", "prime256v1": "secp256r1", "curvep256": "secp256r1", "p-384": "secp384r1", "curvep384": "secp384r1",
	"p-521": "secp521r1", "curvep521": "secp521r1",
}
