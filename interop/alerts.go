package interop

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// Alerts that rows expect: RFC 8446, section 6.
const (
	alertUnexpectedMessage     ossl.Alert = 10
	alertHandshakeFailure      ossl.Alert = 40
	alertBadCertificate        ossl.Alert = 42
	alertCertificateExpired    ossl.Alert = 45
	alertCertificateUnknown    ossl.Alert = 46
	alertIllegalParameter      ossl.Alert = 47
	alertAccessDenied          ossl.Alert = 49
	alertDecodeError           ossl.Alert = 50
	alertUnknownCA             ossl.Alert = 48
	alertProtocolVersion       ossl.Alert = 70
	alertInternalError         ossl.Alert = 80 // of programs that verify names themselves
	alertInsufficientSecurity  ossl.Alert = 71
	alertNoRenegotiation       ossl.Alert = 100
	alertUnrecognizedName      ossl.Alert = 112
	alertCertificateRequired   ossl.Alert = 116
	alertNoApplicationProtocol ossl.Alert = 120
)

// refused is a connection that must fail on both sides, by one of these alerts:
// the first is what the side under test sends, the others are what peers may send
// instead.
func refused(name string, s Setup, alerts ...ossl.Alert) Row {
	return Row{Name: name, Setup: s, play: func(ctx context.Context, c *cell) error { return c.playRefused(ctx, alerts) }}
}

func (c *cell) playRefused(ctx context.Context, alerts []ossl.Alert) error {
	end, err := c.attempt(ctx)
	if skip := new(skipError); errors.As(err, &skip) || ctx.Err() != nil {
		return err
	}
	if err == nil {
		return errors.New("the connection was made, which should have failed")
	}
	c.rec.note("as it should, it failed: %v", err)
	alert, ok := c.rec.fatal()
	switch {
	case c.peer.Silent != nil && c.peer.Silent(c.job):
		c.rec.note("%s sends no alert when it refuses", c.peer.Name)
	case !ok:
		return fmt.Errorf("it failed without an alert: %w", err)
	case !slices.Contains(slices.Concat(alerts, c.peer.Alerts), alert.alert) || alert.sent && alert.alert != alerts[0]:
		return fmt.Errorf("it failed by alert %s (%d), not %v: %w", alert.alert, alert.alert, alerts, err)
	}
	if end == nil || end.running == nil {
		return nil
	}
	return c.peerRefused(ctx, end, alert)
}

// peerRefused checks that the peer knows of the failure, and where it names the
// alert that it got, that it is ours.
func (c *cell) peerRefused(ctx context.Context, end *peerEnd, alert heard) error {
	if c.server && end.launch.Data != Forward {
		if err := end.wait(ctx); err == nil && !matches(c.peer.Tells.Refused, end.log.String()) {
			return fmt.Errorf("%s takes it for a success", c.peer.Name)
		}
	} else if err := c.says(ctx, end, c.peer.Tells.Refused, "a failure"); err != nil {
		return err
	}
	if !alert.sent {
		return nil
	}
	numbers := alertNumber.FindAllStringSubmatch(end.log.String(), -1)
	for _, m := range numbers {
		if n, _ := strconv.Atoi(m[1]); ossl.Alert(n) == alert.alert {
			return nil
		}
	}
	if len(numbers) > 0 {
		return fmt.Errorf("%s got alert %s, and %d was sent", c.peer.Name, numbers[0][1], alert.alert)
	}
	return nil
}

// alertNumber is how programs on OpenSSL name an alert that they got.
var alertNumber = regexp.MustCompile(`SSL alert number (\d+)`)

// sayPatience is how long a server may take to write its log.
const sayPatience = 5 * time.Second

// says waits until the peer's log matches; a peer that never says such a thing
// has no pattern, and is believed.
func (c *cell) says(ctx context.Context, end *peerEnd, pattern, what string) error {
	if pattern == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, sayPatience)
	defer cancel()
	tick := time.NewTicker(readyStep)
	defer tick.Stop()
	for !matches(pattern, end.log.String()) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s says nothing of %s", c.peer.Name, what)
		}
	}
	return nil
}

func matches(pattern, text string) bool {
	return pattern != "" && regexp.MustCompile(pattern).MatchString(text)
}
