package suite

import (
	"fmt"
	"strings"

	"github.com/sslsock/sslsock/ossl"
)

// contexts are what a connection is made from. server2 is nil without a
// ServerNameCallback, narrow without the one that narrows the versions.
type contexts struct {
	client, server, server2 *ossl.Ctx
	narrow                  *ossl.Ctx // what the callback goes on with for the first server
}

func (c *contexts) close() {
	for _, ctx := range []*ossl.Ctx{c.client, c.server, c.server2, c.narrow} {
		if ctx != nil {
			ctx.Close()
		}
	}
}

// contexts makes those of the first connection, or of the one that resumes,
// which has no names.
func (t *Test) contexts(resume bool) (*contexts, error) {
	c := new(contexts)
	if err := c.make(t, resume); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

func (c *contexts) make(t *Test, resume bool) (err error) {
	prefix := ""
	if resume {
		prefix = "resume-"
	}
	if c.server, err = t.context(prefix+"server", false); err != nil {
		return err
	}
	if c.client, err = t.context(prefix+"client", true); err != nil {
		return err
	}
	if t.opts.server.nameCallback == "" || resume {
		return nil
	}
	if c.server2, err = t.context("server2", false); err != nil {
		return err
	}
	switch t.opts.server.nameCallback {
	case "IgnoreMismatch", "RejectMismatch":
		// OpenSSL calls these when it has passed a ticket by that the first context
		// does not want; a hook comes before, and its context decides on all options.
		c.server2.SetOptions(c.server.GetOptions() & ossl.OpNoTicket)
	case "ClientHelloNoV12":
		// The answer to a ClientHello brings the versions of its context along.
		if c.narrow, err = t.context("server", false); err != nil {
			return err
		}
		for _, ctx := range []*ossl.Ctx{c.narrow, c.server2} {
			if err = ctx.SetMaxProtoVersion(ossl.TLS1_1Version); err != nil {
				return err
			}
		}
	}
	return nil
}

// openssl3_2 is the release that has raised the default security level to 2. The
// tests of older ones are made for level 1, which some distributions raise.
const openssl3_2 = 0x30200000

// context is one as SSL_CTX_config(3) makes it.
func (t *Test) context(section string, client bool) (_ *ossl.Ctx, err error) {
	commands, ok := t.sections[section]
	if !ok {
		return nil, fmt.Errorf("the test has no section for its %s", section)
	}
	method := map[string]map[bool]ossl.Method{
		"TLS":  {true: ossl.TLSClientMethod(), false: ossl.TLSServerMethod()},
		"DTLS": {true: ossl.DTLSClientMethod(), false: ossl.DTLSServerMethod()},
	}[t.opts.method][client]
	ctx, err := ossl.NewCtx(method)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			ctx.Close()
			err = fmt.Errorf("%s: %w", section, err)
		}
	}()
	role := ossl.ConfFlagClient
	if !client {
		role = ossl.ConfFlagServer
		ctx.SetOptions(ossl.OpAllowClientRenegotiation)
	}
	if err = ctx.SetMaxProtoVersion(0); err != nil {
		return nil, err
	}
	if ossl.OpenSSLVersionNum() < openssl3_2 {
		ctx.SetSecurityLevel(1)
	}
	if err = configure(ctx, role, commands); err != nil {
		return nil, err
	}
	if !client {
		if err = ctx.SetDHAuto(1); err != nil {
			return nil, err
		}
	}
	if err = ctx.SetMaxSendFragment(t.opts.maxFragment); err != nil {
		return nil, err
	}
	return ctx, nil
}

// configure runs the commands of a section.
func configure(ctx *ossl.Ctx, role ossl.ConfFlags, commands []ossl.NConfValue) error {
	conf, err := ossl.NewConfCtx()
	if err != nil {
		return err
	}
	defer conf.Close()
	conf.SetFlags(ossl.ConfFlagFile | ossl.ConfFlagShowErrors | ossl.ConfFlagCertificate | ossl.ConfFlagRequirePrivate | role)
	if err := conf.SetSSLCtx(ctx); err != nil {
		return err
	}
	for _, c := range commands {
		// What stands before a dot tells lines apart that are the same command.
		name := c.Name[strings.Index(c.Name, ".")+1:]
		if _, err := conf.Cmd(name, c.Value); err != nil {
			return fmt.Errorf("%s = %s: %w", c.Name, c.Value, err)
		}
	}
	return conf.Finish()
}
