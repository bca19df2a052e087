package interop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/sslsock/sslsock/ossl"
)

func sizeRows() []Row {
	var rows []Row
	for _, s := range []struct {
		name  string
		bytes int
	}{{"1B", 1}, {"16KiB", 16 << 10}, {"16KiB+1", 16<<10 + 1}, {"1MiB", 1 << 20}, {"64MiB", 64 << 20}} {
		rows = append(rows, Row{Name: "transfer/" + s.name, Setup: Setup{Bytes: s.bytes}})
	}
	rows = append(rows, Row{Name: "transfer/tls1.2/1MiB", Setup: Setup{Version: ossl.TLS1_2Version, Bytes: 1 << 20}})
	// 512 is the least that SSL_CTX_set_max_send_fragment(3) takes.
	return append(rows, Row{Name: "transfer/records-of-512B", Setup: Setup{Bytes: 200_000, RecordSize: 512}})
}

func endRows() []Row {
	return []Row{
		{Name: "end/half-close", Setup: Setup{HalfClose: true}, play: playHalfClose},
		{Name: "end/peer-cut", Setup: Setup{}, play: playPeerCut},
		{Name: "end/ours-cut", Setup: Setup{Cut: true}, play: playOursCut},
	}
}

// playHalfClose has the server answer only after the client's close_notify.
func playHalfClose(ctx context.Context, c *cell) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	data := pattern(c.job.bytes())
	late := func(rw io.ReadWriter, closeWrite func() error) error {
		got, err := io.ReadAll(rw)
		if err != nil {
			return err
		}
		if _, err := rw.Write(got); err != nil {
			return err
		}
		return closeWrite()
	}
	early := func(rw io.ReadWriter, closeWrite func() error) error {
		if _, err := rw.Write(data); err != nil {
			return err
		}
		if err := closeWrite(); err != nil {
			return err
		}
		if err := expect(rw, data); err != nil {
			return err
		}
		return atEnd(rw)
	}
	if !c.server {
		return early(link, link.CloseWrite) // such a server echoes when it has read all
	}
	return c.served(link, func() error { return late(link, link.CloseWrite) }, func() error { return early(end, end.CloseWrite) })
}

// playPeerCut kills the peer in the middle of a connection.
func playPeerCut(ctx context.Context, c *cell) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	if end.launch.Run != nil {
		return skip("%s is a part of this process, and cannot be killed", c.peer.Name)
	}
	if c.peer.Orderly {
		return skip("%s ends its connections in good order when it is killed", c.peer.Name)
	}
	if c.peer.NoCloseNotify {
		return skip("%s ends every connection without close_notify", c.peer.Name)
	}
	end.stop()
	switch _, err := io.Copy(io.Discard, link); {
	case err == nil:
		return errors.New("reading ended in good order, not with io.ErrUnexpectedEOF")
	case !errors.Is(err, io.ErrUnexpectedEOF) && !isReset(err):
		return fmt.Errorf("reading ended not with io.ErrUnexpectedEOF, but %w", err)
	}
	return nil
}

// playOursCut closes the driver's socket without close_notify: the peer must
// tell it from an orderly end.
func playOursCut(ctx context.Context, c *cell) error {
	link, end, err := c.connect(ctx, nil)
	if err != nil {
		return err
	}
	if !c.server {
		// A server has to be reading application data when it happens.
		if _, err := io.WriteString(link, "a line\n"); err != nil {
			return err
		}
		if end.launch.Data != HTTP {
			if err := readWord(link, "a line\n"); err != nil {
				return err
			}
		}
	}
	if err := link.Cut(); err != nil {
		return fmt.Errorf("cut: %w", err)
	}
	if c.server && end.launch.Data != Forward && c.peer.Tells.Cut == "" {
		if err := end.wait(ctx); err == nil {
			return fmt.Errorf("%s takes it for an orderly end", c.peer.Name)
		}
		return nil
	}
	return c.says(ctx, end, c.peer.Tells.Cut, "a connection cut off")
}

// isReset says whether the kernel has cut the connection, for want of a reader.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

func startTLSRows() []Row {
	var rows []Row
	for _, p := range []string{"smtp", "imap", "postgres"} {
		rows = append(rows, Row{Name: "starttls/" + p, Setup: Setup{StartTLS: p}})
	}
	return rows
}

func refuseRows() []Row {
	tls12, tls13 := ossl.TLS1_2Version, ossl.TLS1_3Version
	rows := []Row{}
	for _, version := range []int{tls13, tls12} {
		name := "refuse/tls" + VersionName(version) + "/"
		rows = append(rows,
			refused(name+"untrusted-ca", Setup{Version: version, Cert: CertStranger, Trust: TrustCA},
				alertUnknownCA, alertBadCertificate),
			refused(name+"expired", Setup{Version: version, Cert: CertExpired, Trust: TrustCA},
				alertCertificateExpired, alertBadCertificate),
			refused(name+"wrong-name", Setup{Version: version, Cert: CertOtherName, Trust: TrustCA},
				alertBadCertificate, alertCertificateUnknown, alertInternalError),
		)
	}
	return append(rows,
		refused("refuse/version/ours-1.3-peers-1.2", Setup{Version: tls13, PeerVersion: tls12}, alertProtocolVersion, alertHandshakeFailure),
		refused("refuse/version/ours-1.2-peers-1.3", Setup{Version: tls12, PeerVersion: tls13}, alertProtocolVersion, alertHandshakeFailure),
		refused("refuse/cipher/tls1.2", Setup{Version: tls12, Cipher: "ECDHE-ECDSA-AES128-GCM-SHA256", PeerCipher: "ECDHE-ECDSA-AES256-GCM-SHA384"},
			alertHandshakeFailure, alertInsufficientSecurity),
		refused("refuse/cipher/tls1.3", Setup{Version: tls13, Cipher: "TLS_AES_128_GCM_SHA256", PeerCipher: "TLS_AES_256_GCM_SHA384"},
			alertHandshakeFailure, alertIllegalParameter),
		refused("refuse/group/tls1.3", Setup{Version: tls13, Groups: []string{"P-256"}, PeerGroups: []string{"P-384"}}, alertHandshakeFailure),
		refused("refuse/group/tls1.2", Setup{Version: tls12, Groups: []string{"P-256"}, PeerGroups: []string{"P-384"}}, alertHandshakeFailure),
	)
}
