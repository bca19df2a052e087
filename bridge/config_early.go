package bridge

import (
	"errors"

	"github.com/sslsock/sslsock/ossl"
)

var (
	errEarlyNoTickets = errors.New("early data needs a session to resume, and SessionTicketsDisabled or NumTickets allow none")
	errEarlyStore     = errors.New("Hooks.Sessions is no SessionTaker, so that early data could be sent again: give it a Take, or set OpNoAntiReplay in Options")
)

// recvDefault is how much early data libssl skips or takes unless told: as much
// as a record holds.
const recvDefault = 16 << 10

// setEarlyData is for servers.
func (c *Config) setEarlyData(ctx *ossl.Ctx) error {
	if c.MaxEarlyData == 0 {
		return nil
	}
	err := errEarlyNoTickets
	if c.tickets() > 0 {
		err = ctx.SetMaxEarlyData(c.MaxEarlyData)
	}
	if err == nil && c.MaxEarlyData > recvDefault {
		err = ctx.SetRecvMaxEarlyData(c.MaxEarlyData)
	}
	if err == nil && c.Hooks != nil && c.Hooks.Sessions != nil && c.Options&ossl.OpNoAntiReplay == 0 {
		if _, ok := c.Hooks.Sessions.(SessionTaker); !ok {
			err = errEarlyStore
		}
	}
	if err != nil {
		return &ConfigError{Field: "MaxEarlyData", Err: err}
	}
	return nil
}

// sessionCache is libssl's own, which early data needs: a ticket counts as used
// once its session has been taken out of there.
func (c *Config) sessionCache() ossl.SessCacheMode {
	if c.MaxEarlyData > 0 && c.Options&ossl.OpNoAntiReplay == 0 {
		return ossl.SessCacheServer
	}
	return ossl.SessCacheOff
}
