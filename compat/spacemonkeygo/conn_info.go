package openssl

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// GetCtx is the Ctx that the Conn was made from.
func (c *Conn) GetCtx() *Ctx {
	if c == nil {
		return nil
	}
	return c.ctx
}

// state is what the handshake has negotiated, zero before its end.
func (c *Conn) state() ossl.ConnectionState {
	if c == nil {
		return ossl.ConnectionState{}
	}
	if b := c.started.Load(); b != nil {
		return b.ConnectionState()
	}
	return ossl.ConnectionState{}
}

// CurrentCipher is OpenSSL's name of the cipher suite.
func (c *Conn) CurrentCipher() (string, error) {
	if st := c.state(); st.HandshakeComplete {
		return st.CipherName, nil
	}
	return "", errors.New("session not established")
}

// NegotiatedProtocol is what ALPN chose, "" for nothing: see SetNextProtos. The
// original has no such method.
func (c *Conn) NegotiatedProtocol() string { return c.state().ALPN }

// open is use, with an error where there is nothing to use.
func (c *Conn) open(f func(*ossl.SSL)) error {
	if c.empty() || c.closed.Load() || !c.use(f) {
		return errConnClosed
	}
	return nil
}

// PeerCertificate is the peer's certificate, after the handshake.
func (c *Conn) PeerCertificate() (*Certificate, error) {
	var x *ossl.X509
	var err error
	if closed := c.open(func(s *ossl.SSL) { x, err = s.Get1PeerCertificate() }); closed != nil {
		return nil, closed
	}
	if err != nil {
		return nil, errors.New("no peer certificate found")
	}
	return newCert(x), nil
}

// PeerCertificateChain is what the peer has sent. On a server it begins behind
// the peer's own certificate: see PeerCertificate.
func (c *Conn) PeerCertificateChain() (rv []*Certificate, err error) {
	var chain []*ossl.X509
	if closed := c.open(func(s *ossl.SSL) { chain = s.GetPeerCertChain() }); closed != nil {
		return nil, closed
	}
	if chain == nil {
		return nil, errors.New("no peer certificates found")
	}
	for _, x := range chain {
		rv = append(rv, newCert(x))
	}
	return rv, nil
}

// ConnectionState is what ConnectionState tells.
type ConnectionState struct {
	Certificate           *Certificate
	CertificateError      error
	CertificateChain      []*Certificate
	CertificateChainError error
	SessionReused         bool
}

// ConnectionState is PeerCertificate, PeerCertificateChain and SessionReused in
// one.
func (c *Conn) ConnectionState() (rv ConnectionState) {
	rv.Certificate, rv.CertificateError = c.PeerCertificate()
	rv.CertificateChain, rv.CertificateChainError = c.PeerCertificateChain()
	rv.SessionReused = c.SessionReused()
	return rv
}

// VerifyHostname is Certificate.VerifyHostname of the peer's certificate.
func (c *Conn) VerifyHostname(host string) error {
	cert, err := c.PeerCertificate()
	if err != nil {
		return err
	}
	return cert.VerifyHostname(host)
}

// VerifyResult is what the verification of the peer's chain came to; Ok too
// where the peer has no certificate. A callback that lets a certificate pass
// does not change it.
func (c *Conn) VerifyResult() VerifyResult {
	if c.empty() {
		return Ok
	}
	c.mu.Lock()
	result := c.result
	c.mu.Unlock()
	if result != nil {
		return VerifyResult(*result)
	}
	if st := c.state(); st.HandshakeComplete {
		return VerifyResult(st.VerifyResult)
	}
	return value(c.SSL, func(s *ossl.SSL) VerifyResult { return VerifyResult(s.GetVerifyResult()) })
}

// SessionReused says whether the session was resumed.
func (c *Conn) SessionReused() bool { return c.state().Resumed }

// GetSession is the session, for DialSession, with its secrets. Under TLS 1.3 it
// can be resumed only once something has been read after the handshake.
func (c *Conn) GetSession() ([]byte, error) {
	var sess *ossl.Session
	var err error
	if closed := c.open(func(s *ossl.SSL) { sess, err = s.Get1Session() }); closed != nil {
		return nil, closed
	}
	if err != nil {
		return nil, fmt.Errorf("failed to get session: %w", err)
	}
	defer sess.Close()
	return sess.I2D()
}

func (c *Conn) setSession(session []byte) error {
	sess, err := ossl.D2ISession(session)
	if err != nil {
		return fmt.Errorf("unable to load session: %w", err)
	}
	defer sess.Close()
	if closed := c.open(func(s *ossl.SSL) { err = s.SetSession(sess) }); closed != nil {
		return closed
	}
	return named("unable to set session", err)
}

// SetTlsExtHostName sets the host name that a client asks for, before the
// handshake.
func (c *Conn) SetTlsExtHostName(name string) error {
	var err error
	if closed := c.open(func(s *ossl.SSL) { err = s.SetTlsextHostName(name) }); closed != nil {
		return closed
	}
	return err
}

// LocalAddr is the address of the connection beneath.
func (c *Conn) LocalAddr() net.Addr {
	if c.empty() {
		return nil
	}
	return c.conn.LocalAddr()
}

// RemoteAddr is the peer's address.
func (c *Conn) RemoteAddr() net.Addr {
	if c.empty() {
		return nil
	}
	return c.conn.RemoteAddr()
}

// SetDeadline sets the deadlines of the connection beneath.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline sets the read deadline of the connection beneath.
func (c *Conn) SetReadDeadline(t time.Time) error {
	if c.empty() || c.closed.Load() {
		return net.ErrClosed
	}
	return c.conn.SetReadDeadline(t)
}

// SetWriteDeadline sets the write deadline of the connection beneath. A Write
// that it ends may go on under a later one, with what it has not counted.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	if c.empty() || c.closed.Load() {
		return net.ErrClosed
	}
	return c.conn.SetWriteDeadline(t)
}

// UnderlyingConn is the connection beneath. Reading or writing it breaks TLS.
func (c *Conn) UnderlyingConn() net.Conn {
	if c.empty() {
		return nil
	}
	return c.conn
}

// empty says that neither Client nor Server has made it.
func (c *Conn) empty() bool { return c == nil || c.SSL == nil || c.conn == nil }
