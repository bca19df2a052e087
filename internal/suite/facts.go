package suite

import "github.com/sslsock/sslsock/ossl"

// facts are what one side saw of a connection.
type facts struct {
	alertSent  ossl.Alert // the last one
	lastAlerts int        // how many sent that end a connection

	protocol              int
	ticket, sessionID     bool
	ticketKey             [16]byte // the name in front of the ticket
	compressed, resumed   bool
	npn, alpn             string
	cipher                string
	ticketAppData         string
	tmpKey                ossl.NID
	peerCert              ossl.NID
	peerHash, peerSig     ossl.NID
	peerCAs               []ossl.X509Name
	session               *ossl.Session // for the next connection, who closes it
	sentClose, peerClosed bool
}

// alert notes one that passed.
func (f *facts) alert(ev ossl.Event) {
	if !ev.Sent {
		return
	}
	f.alertSent = ev.Alert
	const closeNotify = 0
	if ev.Fatal || ev.Alert == closeNotify {
		f.lastAlerts++
	}
}

// collect asks an SSL whose connection has ended, and is not freed yet.
func (f *facts) collect(s *ossl.SSL) {
	f.protocol = s.Version()
	f.compressed = s.GetCurrentCompression() != ""
	f.resumed = s.SessionReused()
	f.npn, f.alpn = s.Get0NextProtoNegotiated(), s.Get0AlpnSelected()
	f.cipher = s.GetCipherName()
	f.peerHash, f.peerSig = s.GetPeerSignatureNID(), s.GetPeerSignatureTypeNID()
	f.peerCAs = s.Get0PeerCAList()
	shut := s.GetShutdown()
	f.sentClose, f.peerClosed = shut&ossl.SentShutdown != 0, shut&ossl.ReceivedShutdown != 0
	if key, err := s.GetPeerTmpKey(); err == nil {
		f.tmpKey = keyType(key)
	}
	if cert, err := s.Get1PeerCertificate(); err == nil {
		if key, err := cert.GetPubkey(); err == nil {
			f.peerCert = keyType(key)
		}
		cert.Close()
	}
	if sess, err := s.Get1Session(); err == nil {
		f.sessionFacts(sess)
	}
}

func (f *facts) sessionFacts(sess *ossl.Session) {
	ticket := sess.Get0Ticket()
	f.ticket, f.sessionID = len(ticket) > 0, len(sess.GetID()) > 0
	f.ticketKey, _ = ossl.TicketKeyName(ticket)
	f.ticketAppData = string(sess.Get0TicketAppdata())
	f.session = sess
}

// keyType is the curve of an EC key, and the type of any other. It closes it.
func keyType(key *ossl.PKey) ossl.NID {
	defer key.Close()
	if key.IsA("EC") {
		return ossl.OBJTxt2nid(key.GetGroupName())
	}
	return key.GetID()
}
