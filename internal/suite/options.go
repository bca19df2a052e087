package suite

import (
	"fmt"
	"strconv"

	"github.com/sslsock/sslsock/ossl"
)

// options are what a test's section says, by OpenSSL's names for it: see
// test/README.ssltest.md of its source tree.
type options struct {
	method      string // "TLS" or "DTLS"
	mode        mode
	keyUpdate   ossl.KeyUpdateType
	appData     int // bytes each way
	maxFragment int
	sctp        bool

	compressCerts bool
	want          expected

	client, resumeClient          clientOptions
	server, server2, resumeServer serverOptions
	resumeServer2                 serverOptions
}

// mode is what happens besides a handshake: HandshakeMode.
type mode string

const (
	modeSimple            mode = "Simple"
	modeResume            mode = "Resume"
	modeRenegotiateServer mode = "RenegotiateServer"
	modeRenegotiateClient mode = "RenegotiateClient"
	modeKeyUpdateServer   mode = "KeyUpdateServer"
	modeKeyUpdateClient   mode = "KeyUpdateClient"
	modePostHandshakeAuth mode = "PostHandshakeAuth"
)

// clientOptions are those of a client, beside the commands for its context.
type clientOptions struct {
	verify            string // VerifyCallback
	serverName        string
	npn, alpn         []string
	ct                string // CTValidation
	renegotiateCipher string
	srpUser, srpPass  string
	maxFragmentLen    ossl.MaxFragmentLength
	postHandshakeAuth bool
	noEMSAgain        bool // RenegotiateNoExtms
}

// serverOptions are those of a server.
type serverOptions struct {
	nameCallback     string // ServerNameCallback
	npn, alpn        []string
	brokenTicket     bool
	staple           string // CertStatus
	srpUser, srpPass string
	forcePHA         bool
	ticketAppData    string
}

// OpenSSL's defaults; the size of records is small so that there are many.
func newOptions() *options {
	return &options{method: "TLS", mode: modeSimple, appData: 256, maxFragment: 512, want: expected{result: success}}
}

// setter takes the value of an option.
type setter func(value string) error

func (o *options) read(conf *ossl.NConf, section string) error {
	set := o.setters()
	for name, set2 := range o.want.setters() {
		set[name] = set2
	}
	for name, nested := range map[string]map[string]setter{
		"client": o.client.setters(), "resume-client": o.resumeClient.setters(),
		"server": o.server.setters(), "resume-server": o.resumeServer.setters(),
		"server2": o.server2.setters(), "resume-server2": o.resumeServer2.setters(),
	} {
		set[name] = func(section string) error { return apply(conf, section, nested) }
	}
	return apply(conf, section, set)
}

func apply(conf *ossl.NConf, section string, set map[string]setter) error {
	list, err := conf.GetSection(section)
	if err != nil {
		return err
	}
	for _, v := range list {
		f := set[v.Name]
		if f == nil {
			return fmt.Errorf("[%s]: unknown option %s", section, v.Name)
		}
		if err := f(v.Value); err != nil {
			return fmt.Errorf("[%s]: %s: %w", section, v.Name, err)
		}
	}
	return nil
}

func (o *options) setters() map[string]setter {
	return map[string]setter{
		"Method": oneOf(&o.method, "TLS", "DTLS"),
		"HandshakeMode": oneOf(&o.mode, modeSimple, modeResume, modeRenegotiateServer, modeRenegotiateClient,
			modeKeyUpdateServer, modeKeyUpdateClient, modePostHandshakeAuth),
		"KeyUpdateType":   among(&o.keyUpdate, keyUpdateTypes),
		"ApplicationData": number(&o.appData),
		"MaxFragmentSize": number(&o.maxFragment),
		"UseSCTP":         yesNo(&o.sctp),
		// Of newer releases.
		"CompressCertificates": yesNo(&o.compressCerts),
		"FIPSversion":          text(new(string)), // of the provider, which is not used here
		// These change nothing where there is no SCTP.
		"EnableClientSCTPLabelBug": yesNo(new(bool)),
		"EnableServerSCTPLabelBug": yesNo(new(bool)),
	}
}

func (o *clientOptions) setters() map[string]setter {
	return map[string]setter{
		"VerifyCallback":     oneOf(&o.verify, "None", "AcceptAll", "RetryOnce", "RejectAll"),
		"ServerName":         oneOf(&o.serverName, "None", "server1", "server2", "invalid"),
		"NPNProtocols":       list(&o.npn),
		"ALPNProtocols":      list(&o.alpn),
		"CTValidation":       oneOf(&o.ct, "None", "Permissive", "Strict"),
		"RenegotiateCiphers": text(&o.renegotiateCipher),
		"SRPUser":            text(&o.srpUser),
		"SRPPassword":        text(&o.srpPass),
		"MaxFragmentLenExt":  among(&o.maxFragmentLen, fragmentLengths),
		"EnablePHA":          yesNo(&o.postHandshakeAuth),
		"RenegotiateNoExtms": yesNo(&o.noEMSAgain),
	}
}

func (o *serverOptions) setters() map[string]setter {
	return map[string]setter{
		"ServerNameCallback": oneOf(&o.nameCallback, "None", "IgnoreMismatch", "RejectMismatch",
			"ClientHelloIgnoreMismatch", "ClientHelloRejectMismatch", "ClientHelloNoV12"),
		"NPNProtocols":         list(&o.npn),
		"ALPNProtocols":        list(&o.alpn),
		"BrokenSessionTicket":  yesNo(&o.brokenTicket),
		"CertStatus":           oneOf(&o.staple, "None", "GoodResponse", "BadResponse"),
		"SRPUser":              text(&o.srpUser),
		"SRPPassword":          text(&o.srpPass),
		"ForcePHA":             yesNo(&o.forcePHA),
		"SessionTicketAppData": text(&o.ticketAppData),
	}
}

func number(to *int) setter {
	return func(v string) (err error) {
		*to, err = strconv.Atoi(v)
		return err
	}
}
