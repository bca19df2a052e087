package interop

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Row is one thing to prove of every driver with every peer in both roles.
type Row struct {
	Name  string // words with slashes, from the general to the particular
	Setup Setup
	// Legacy rows run only where a pattern of Options.Only names them.
	Legacy bool

	// Only says in which role the driver takes part; "" is both.
	Only Role

	check func(c *cell, st ossl.ConnectionState) error // after the handshake, in addition
	play  func(ctx context.Context, c *cell) error     // nil is playOnce
}

// Role is what the side under test is.
type Role string

// Roles.
const (
	Client Role = "client"
	Server Role = "server"
)

// Rows are all that there are, in the order of a report. The cipher suites are
// those of the OpenSSL at hand.
func Rows() ([]Row, error) {
	ciphers, err := cipherRows()
	if err != nil {
		return nil, err
	}
	return slices.Concat(versionRows(), ciphers, groupRows(), certRows(), clientCertRows(), resumeRows(),
		nameRows(), renewRows(), sizeRows(), endRows(), startTLSRows(), refuseRows()), nil
}

// playOnce makes a connection, checks what was negotiated, and uses it.
func playOnce(ctx context.Context, c *cell) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	if err := c.checkState(link.State()); err != nil {
		return err
	}
	return c.exchange(ctx, link, end)
}

// checkState compares what the driver knows with what the row asked for.
func (c *cell) checkState(st ossl.ConnectionState) error {
	s := c.end.Setup
	if s.Version != 0 && st.Version != s.Version {
		return fmt.Errorf("version %s, not TLS %s", st.VersionName, VersionName(s.Version))
	}
	if s.Cipher != "" && st.CipherName != s.Cipher {
		return fmt.Errorf("cipher suite %s, not %s", st.CipherName, s.Cipher)
	}
	if !c.server && !s.PSK && st.VerifyResult != ossl.VerifyOK {
		return fmt.Errorf("verified: %w", st.VerifyResult)
	}
	if c.row.check != nil {
		return c.row.check(c, st)
	}
	return nil
}

// attempt makes a connection that is to fail, and says how it did: a refusal of
// TLS 1.3 comes to a client only after its handshake.
func (c *cell) attempt(ctx context.Context) (*peerEnd, error) {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return end, err
	}
	// What the driver sends now could make the peer's kernel drop the alert.
	ended := make(chan error, 1)
	go func() { ended <- c.readOne(link) }()
	late := time.NewTimer(refusalPatience)
	defer late.Stop()
	select {
	case err = <-ended:
		return end, err
	case <-late.C:
		_ = link.Cut()
		<-ended
		return end, nil
	}
}

// refusalPatience is how long a connection that was made must last to count.
const refusalPatience = 3 * time.Second

func (c *cell) readOne(link Link) error {
	_, err := link.Read(make([]byte, 1))
	return err
}

func versionRows() []Row {
	row := func(version int, legacy bool) Row {
		return Row{Name: "version/tls" + VersionName(version), Setup: Setup{Version: version}, Legacy: legacy}
	}
	old := row(ossl.TLS1Version, true)
	older := row(ossl.TLS1_1Version, true)
	// Without TLS 1.2 the peers know fewer kinds of certificates.
	old.Setup.Cert, older.Setup.Cert = CertRSA, CertRSA
	return []Row{row(ossl.TLS1_3Version, false), row(ossl.TLS1_2Version, false), older, old}
}
