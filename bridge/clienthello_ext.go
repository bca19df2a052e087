package bridge

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Extensions that are read: RFC 8446, section 4.2, and the RFCs it names.
const (
	extServerName              = 0
	extStatusRequest           = 5
	extSupportedGroups         = 10
	extPointFormats            = 11
	extSignatureAlgorithms     = 13
	extALPN                    = 16
	extSessionTicket           = 35
	extPreSharedKey            = 41
	extEarlyData               = 42
	extSupportedVersions       = 43
	extCookie                  = 44
	extPSKModes                = 45
	extCertificateAuthorities  = 47
	extSignatureAlgorithmsCert = 50
	extKeyShare                = 51
	extQUICParameters          = 57
)

var extensionNames = [64]string{
	extServerName:              "server_name",
	extStatusRequest:           "status_request",
	extSupportedGroups:         "supported_groups",
	extPointFormats:            "ec_point_formats",
	extSignatureAlgorithms:     "signature_algorithms",
	extALPN:                    "application_layer_protocol_negotiation",
	extSessionTicket:           "session_ticket",
	extPreSharedKey:            "pre_shared_key",
	extEarlyData:               "early_data",
	extSupportedVersions:       "supported_versions",
	extCookie:                  "cookie",
	extPSKModes:                "psk_key_exchange_modes",
	extCertificateAuthorities:  "certificate_authorities",
	extSignatureAlgorithmsCert: "signature_algorithms_cert",
	extKeyShare:                "key_share",
}

func extensionName(typ uint16) string {
	if int(typ) < len(extensionNames) && extensionNames[typ] != "" {
		return extensionNames[typ]
	}
	return "extension " + strconv.Itoa(int(typ))
}

// extension reads the body of one extension, to its last byte where it is known.
func (p *helloParser) extension(typ uint16, r *helloReader) {
	h := p.info
	if int(typ) < len(extensionNames) {
		p.field = extensionNames[typ]
	}
	switch typ {
	case extServerName:
		p.serverName(r)
	case extStatusRequest:
		p.statusRequest(r)
	case extSupportedGroups:
		h.SupportedGroups = r.list(2, 2, 1<<16-2)
	case extPointFormats:
		h.PointFormats = r.vector(1, 1, 255).rest()
	case extSignatureAlgorithms:
		h.SignatureAlgorithms = r.list(2, 2, 1<<16-2)
	case extALPN:
		p.alpn(r)
	case extSessionTicket: // the whole body, without a length: RFC 5077, appendix A
		h.TicketOffered = true
		h.Ticket = r.take(r.left()).rest()
	case extPreSharedKey:
		p.preSharedKey(r)
	case extEarlyData:
		h.EarlyData = true
	case extSupportedVersions:
		h.SupportedVersions = r.list(1, 2, 254)
	case extCookie:
		h.Cookie = r.vector(2, 1, 1<<16-1).rest()
	case extPSKModes:
		h.PSKModes = r.vector(1, 1, 255).rest()
	case extCertificateAuthorities:
		names := r.vector(2, 3, 1<<16-1)
		for names.left() > 0 {
			h.CertificateAuthorities = append(h.CertificateAuthorities, names.vector(2, 1, 1<<16-1).rest())
		}
	case extSignatureAlgorithmsCert:
		h.SignatureAlgorithmsCert = r.list(2, 2, 1<<16-2)
	case extKeyShare:
		p.keyShare(r)
	default:
		return
	}
	r.done()
}

// serverName takes the one host name of the list. The form of other kinds of
// name is nowhere defined: they are read as host names are, and passed over.
func (p *helloParser) serverName(r *helloReader) {
	list := r.vector(2, 1, 1<<16-1)
	found := false
	for list.left() > 0 {
		kind := list.number(1)
		name := list.vector(2, 1, 1<<16-1)
		if kind != 0 {
			continue
		}
		if found {
			list.fail("has two host names")
		}
		found = true
		p.info.ServerName = hostName(name.rest())
	}
}

// hostName is the name if RFC 6066, section 3, lets it be one, and empty if not.
func hostName(b []byte) string {
	if len(b) > 254 {
		return ""
	}
	name := strings.ToLower(strings.TrimSuffix(string(b), "."))
	if checkName(name) != nil || strings.Contains(name, ":") {
		return ""
	}
	if last := name[len(name)-1]; '0' <= last && last <= '9' {
		if _, err := netip.ParseAddr(name); err == nil {
			return ""
		}
	}
	return name
}

// statusRequest knows OCSP only: RFC 6066, section 8.
func (p *helloParser) statusRequest(r *helloReader) {
	if r.number(1) != 1 {
		r.take(r.left())
		return
	}
	responders := r.vector(2, 0, 1<<16-1)
	for responders.left() > 0 {
		responders.vector(2, 1, 1<<16-1)
	}
	r.vector(2, 0, 1<<16-1)
	p.info.StatusRequest = true
}

// alpn makes one string of all names, and each name a part of it.
func (p *helloParser) alpn(r *helloReader) {
	list := r.vector(2, 2, 1<<16-1)
	all, start := string(list.rest()), list.at
	p.info.ALPN = make([]string, 0, min(len(all)/2, 4))
	for list.left() > 0 {
		name := list.vector(1, 1, 255)
		from := name.at - start
		p.info.ALPN = append(p.info.ALPN, all[from:from+name.left()])
	}
}

// preSharedKey reads the identities, and counts the proofs that go with them.
func (p *helloParser) preSharedKey(r *helloReader) {
	list := r.vector(2, 7, 1<<16-1)
	for list.left() > 0 {
		identity := list.vector(2, 1, 1<<16-1).rest()
		p.info.PSKIdentities = append(p.info.PSKIdentities, PSKIdentity{identity, uint32(list.number(4))})
	}
	binders := r.vector(2, 33, 1<<16-1)
	n := 0
	for ; binders.left() > 0; n++ {
		binders.vector(1, 32, 255)
	}
	if n != len(p.info.PSKIdentities) {
		binders.fail(fmt.Sprintf("has %d binders for %d identities", n, len(p.info.PSKIdentities)))
	}
}

// keyShare may be empty: the client then asks the server to choose.
func (p *helloParser) keyShare(r *helloReader) {
	list := r.vector(2, 0, 1<<16-1)
	start := len(p.values)
	for list.left() > 0 {
		p.values = append(p.values, uint16(list.number(2)))
		list.vector(2, 1, 1<<16-1)
	}
	p.info.KeyShareGroups = p.since(start)
}
