package interop

import (
	"context"
	"errors"
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

func resumeRows() []Row {
	// A key belongs to a hash, and to the cipher suites that have it.
	psk13 := Setup{Version: ossl.TLS1_3Version, PSK: true, Cipher: "TLS_AES_128_GCM_SHA256"}
	psk12 := Setup{Version: ossl.TLS1_2Version, PSK: true, Cipher: "ECDHE-PSK-CHACHA20-POLY1305"}
	early := Setup{Version: ossl.TLS1_3Version, Tickets: true, EarlyData: true}
	rejected := early
	rejected.EarlyRejected = true
	retry := rejected
	retry.Groups, retry.ServerGroups = []string{"X25519", "P-256"}, []string{"P-256"}
	return []Row{
		{Name: "resume/tls1.3/ticket", Setup: Setup{Version: ossl.TLS1_3Version, Tickets: true}, play: playResumed},
		{Name: "resume/tls1.3/id", Setup: Setup{Version: ossl.TLS1_3Version, SessionIDs: true}, play: playResumed},
		{Name: "resume/tls1.2/ticket", Setup: Setup{Version: ossl.TLS1_2Version, Tickets: true}, play: playResumed},
		{Name: "resume/tls1.2/id", Setup: Setup{Version: ossl.TLS1_2Version, SessionIDs: true}, play: playResumed},
		{Name: "psk/tls1.3", Setup: psk13, check: checkPSK},
		{Name: "psk/tls1.2", Setup: psk12, check: checkPSK},
		{Name: "early-data/accepted", Setup: early, play: playEarly(nil)},
		{Name: "early-data/rejected", Setup: rejected, play: playEarly((*cell).forgetSessions)},
		{Name: "early-data/hello-retry", Setup: retry, play: playEarly(nil)},
	}
}

// playResumed makes two connections, of which the second one resumes the first.
func playResumed(ctx context.Context, c *cell) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	if err := c.checkState(link.State()); err != nil {
		return err
	}
	if link.State().Resumed {
		return errors.New("the first connection resumes something")
	}
	session, err := c.exchangeForSession(ctx, link, end)
	if err != nil {
		return fmt.Errorf("first connection: %w", err)
	}
	if session != nil {
		defer session.Close()
	}
	_ = link.Close()
	if link, end, err = c.connect(ctx, session); err != nil {
		return fmt.Errorf("second connection: %w", err)
	}
	if !link.State().Resumed {
		return errors.New("the second connection does not resume the first")
	}
	if err := c.checkState(link.State()); err != nil {
		return fmt.Errorf("second connection: %w", err)
	}
	if err := c.exchange(ctx, link, end); err != nil {
		return fmt.Errorf("second connection: %w", err)
	}
	return nil
}

// exchangeForSession is exchange, and what a client of the driver's has to offer
// the next time. Tickets of TLS 1.3 come with the data, if there is any.
func (c *cell) exchangeForSession(ctx context.Context, link Link, end *peerEnd) (*ossl.Session, error) {
	if c.server && end.launch.Twice {
		return nil, errors.Join(atEnd(link), link.CloseWrite())
	}
	if err := c.exchange(ctx, link, end); err != nil || c.server {
		return nil, err
	}
	session, err := link.Session()
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	if !session.IsResumable() {
		session.Close()
		return nil, errors.New("the server gave no session that could be resumed")
	}
	return session, nil
}

// checkPSK: under TLS 1.3 a pre-shared key counts as a resumption, and where one
// is used no certificate is shown.
func checkPSK(c *cell, st ossl.ConnectionState) error {
	if !c.server && len(st.PeerCertificates) > 0 {
		return errors.New("the server has shown a certificate")
	}
	if st.Version == ossl.TLS1_3Version && !st.Resumed {
		return errors.New("the key was not used")
	}
	return nil
}

func renewRows() []Row {
	tls13 := Setup{Version: ossl.TLS1_3Version, KeyUpdate: true}
	asked := tls13
	asked.Interactive = true
	reneg := Setup{Version: ossl.TLS1_2Version, Renegotiation: true, Interactive: true}
	return []Row{
		{Name: "key-update/ours", Setup: tls13, play: func(ctx context.Context, c *cell) error {
			return c.playUpdate(ctx, ossl.KeyUpdateNotRequested, 0)
		}},
		{Name: "key-update/ours-requesting", Setup: tls13, play: func(ctx context.Context, c *cell) error {
			return c.playUpdate(ctx, ossl.KeyUpdateRequested, 1)
		}},
		{Name: "key-update/peer", Setup: asked, play: told("k", "k")},
		{Name: "key-update/peer-requesting", Setup: asked, play: told("K", "K")},
		{Name: "renegotiation/peer", Setup: reneg, play: told("R", "r")},
		{Name: "renegotiation/ours", Setup: Setup{Version: ossl.TLS1_2Version, Renegotiation: true}, play: playRenegotiate},
	}
}

// told is playTold with the letter for the peer's client and for its server.
func told(client, server string) func(context.Context, *cell) error {
	return func(ctx context.Context, c *cell) error {
		letter, brings := client, messageKind{msgKeyUpdate, false}
		if !c.server {
			letter = server
		}
		if c.job.Renegotiation {
			brings = messageKind{msgClientHello, !c.server}
		}
		return c.playTold(ctx, letter, brings)
	}
}

// playUpdate has the driver change its keys between two halves of the data.
func (c *cell) playUpdate(ctx context.Context, kind ossl.KeyUpdateType, answers int) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	if c.server && end.launch.Data == HTTP || !c.server && end.launch.Data == HTTP {
		return skip("%s speaks HTTP alone, and closes after one request", c.peer.Name)
	}
	update := func() error {
		return link.SSL(func(s *ossl.SSL) error {
			if err := s.KeyUpdate(kind); err != nil {
				return err
			}
			_, err := s.DoHandshake()
			return err
		})
	}
	if err := update(); err != nil {
		return fmt.Errorf("SSL_key_update: %w", err)
	}
	if err := c.exchange(ctx, link, end); err != nil {
		return err
	}
	if n := c.rec.messages(msgKeyUpdate, true); n != 1 {
		return fmt.Errorf("%d KeyUpdate sent, not 1", n)
	}
	// A client may have sent all it has before it sees what it is asked for.
	if n := c.rec.messages(msgKeyUpdate, false); n != answers && (!c.server || n > answers) {
		return fmt.Errorf("%d KeyUpdate received, not %d", n, answers)
	}
	return nil
}
