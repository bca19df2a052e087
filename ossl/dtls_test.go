package ossl_test

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// udpPair is two datagram sockets on the loopback interface, each connected to
// the other.
func udpPair(t *testing.T) (fds [2]int, addrs [2]ossl.Addr) {
	t.Helper()
	var names [2]unix.Sockaddr
	for i := range fds {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		t.Cleanup(func() { _ = unix.Close(fd) })
		must(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		names[i], err = unix.Getsockname(fd)
		must(t, err)
		fds[i] = fd
		addrs[i] = ossl.Addr{IP: []byte{127, 0, 0, 1}, Port: uint16(names[i].(*unix.SockaddrInet4).Port)}
	}
	must(t, unix.Connect(fds[0], names[1]))
	must(t, unix.Connect(fds[1], names[0]))
	return fds, addrs
}

func dtlsCtx(t *testing.T, m ossl.Method, sets ...setup) *ossl.Ctx {
	t.Helper()
	c, err := ossl.NewCtx(m)
	must(t, err)
	t.Cleanup(c.Close)
	for _, set := range sets {
		must(t, set(c))
	}
	return c
}

// dtlsPair is a client and a server of DTLS, on sockets that are connected.
func dtlsPair(t *testing.T, client, server *ossl.Ctx) (p *pair, bios [2]*ossl.BIO) {
	t.Helper()
	fds, addrs := udpPair(t)
	p = &pair{t: t, cfd: fds[0], sfd: fds[1]}
	for i, c := range []*ossl.Ctx{client, server} {
		b, err := ossl.NewBIODgram(fds[i])
		must(t, err)
		t.Cleanup(b.Close)
		must(t, b.CtrlSetConnected(addrs[1-i]))
		s, err := c.NewSSL()
		must(t, err)
		t.Cleanup(s.Close)
		must(t, s.SetBio(b, b))
		bios[i] = b
		if i == 0 {
			p.client = s
			s.SetConnectState()
		} else {
			p.server = s
			s.SetAcceptState()
		}
	}
	return p, bios
}

// TestDTLSMessages puts two messages into one datagram, as RFC 6347, section
// 4.1.1, allows. They stay two.
func TestDTLSMessages(t *testing.T) {
	p, _ := dtlsPair(t, dtlsCtx(t, ossl.DTLSClientMethod()), dtlsCtx(t, ossl.DTLSServerMethod(), identity(testdata.ECDSA)))
	p.handshake()
	var datagram []byte
	for _, text := range []string{"one", "two"} {
		_, _, err := p.client.Write([]byte(text))
		must(t, err)
		buf := make([]byte, 1<<16)
		n, err := unix.Read(p.sfd, buf)
		must(t, err)
		datagram = append(datagram, buf[:n]...)
	}
	_, err := unix.Write(p.cfd, datagram)
	must(t, err)
	for _, text := range []string{"one", "two"} {
		buf := make([]byte, 100)
		if n, w, err := p.server.Read(buf); string(buf[:n]) != text || w != ossl.WantNothing || err != nil {
			t.Errorf("read %q, %v, %v; want %q", buf[:n], w, err, text)
		}
	}
}

func TestDTLS(t *testing.T) {
	srtp := func(c *ossl.Ctx) error {
		return c.SetTlsextUseSRTP("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM")
	}
	server := dtlsCtx(t, ossl.DTLSServerMethod(), identity(testdata.ECDSA), srtp)
	p, bios := dtlsPair(t, dtlsCtx(t, ossl.DTLSClientMethod(), trust(testdata.ECDSA.Roots)), server)
	must(t, p.client.SetTlsextUseSRTP("SRTP_AEAD_AES_128_GCM"))
	p.client.SetOptions(ossl.OpNoQueryMTU)
	if n := p.client.GetLinkMinMTU(); n < 200 || n > 300 {
		t.Error(n)
	}
	must(t, p.client.SetLinkMTU(1400))
	if err := p.client.SetLinkMTU(10); err == nil {
		t.Error("took a tiny MTU")
	}
	if _, running := p.client.DTLSv1GetTimeout(); running {
		t.Error("a timer before the handshake")
	}
	if w, err := p.client.DoHandshake(); w != ossl.WantRead || err != nil {
		t.Fatal(w, err)
	}
	left, running := p.client.DTLSv1GetTimeout()
	if !running || left <= 0 {
		t.Error(left, running)
	}
	if sent, err := p.client.DTLSv1HandleTimeout(); sent || err != nil {
		t.Error("sent again before it was time", sent, err)
	}
	p.handshake()
	p.echo()
	if !p.client.IsDTLS() || p.client.Version() != ossl.DTLS1_2Version {
		t.Error(p.client.IsDTLS(), p.client.GetVersion())
	}
	if n := p.client.GetDataMTU(); n < 1200 || n > 1400 {
		t.Error(n)
	}
	must(t, p.client.SetMTU(600))
	if n := p.client.GetDataMTU(); n > 600 {
		t.Error(n)
	}
	if peer, ok := bios[1].DgramGetPeer(); !ok || !bytes.Equal(peer.IP, []byte{127, 0, 0, 1}) || peer.Port == 0 {
		t.Error(peer, ok)
	}
	elsewhere := ossl.Addr{IP: []byte{127, 0, 0, 2}, Port: 9}
	spare, err := ossl.NewBIODgram(p.cfd)
	must(t, err)
	defer spare.Close()
	must(t, spare.DgramSetPeer(elsewhere))
	if peer, ok := spare.DgramGetPeer(); !ok || peer.Port != 9 || !bytes.Equal(peer.IP, elsewhere.IP) {
		t.Error(peer, ok)
	}
	if err := spare.DgramSetPeer(ossl.Addr{IP: []byte("odd")}); err == nil {
		t.Error("took an address that is none")
	}
	if n := bios[0].DgramQueryMTU(); n < 500 || bios[0].DgramGetMTU() < 0 {
		t.Error(n, bios[0].DgramGetMTU())
	}
	if got := p.server.GetSRTPProfiles(); len(got) != 2 || got[0].Name != "SRTP_AES128_CM_SHA1_80" || got[0].ID != 1 {
		t.Error(got)
	}
	if got := p.client.GetSelectedSRTPProfile(); got.ID != 7 || got != p.server.GetSelectedSRTPProfile() {
		t.Error(got)
	}
	if err := server.SetTlsextUseSRTP("NONE_SUCH"); err == nil {
		t.Error("took a profile that is none")
	}
}

// A server that keeps nothing until the client has shown its address.
func TestDTLSListen(t *testing.T) {
	server := dtlsCtx(t, ossl.DTLSMethod(), identity(testdata.ECDSA), func(c *ossl.Ctx) error { return c.SetCookieSecret([]byte("secret of the server")) })
	p, _ := dtlsPair(t, dtlsCtx(t, ossl.DTLSMethod(), trust(testdata.ECDSA.Roots)), server)
	if _, ok, err := p.server.DTLSv1Listen(); ok || err != nil {
		t.Fatal(ok, err)
	}
	rounds := 0
	var peer ossl.Addr
	listen := func() (ossl.Want, error) {
		rounds++
		addr, ok, err := p.server.DTLSv1Listen()
		if err != nil || !ok {
			return ossl.WantRead, err
		}
		peer = addr
		return ossl.WantNothing, nil
	}
	once := func() (ossl.Want, error) {
		w, err := p.client.DoHandshake()
		if peer.Port != 0 { // the rest needs the server's Accept
			return ossl.WantNothing, err
		}
		return w, err
	}
	for _, err := range lockstep(t, once, listen) {
		must(t, err)
	}
	if rounds < 2 || !bytes.Equal(peer.IP, []byte{127, 0, 0, 1}) {
		t.Errorf("%d rounds, from %v", rounds, peer)
	}
	p.handshake()
	p.echo()
	plain := dtlsCtx(t, ossl.DTLSMethod(), identity(testdata.ECDSA))
	q, _ := dtlsPair(t, dtlsCtx(t, ossl.DTLSMethod()), plain)
	_, _ = q.client.DoHandshake()
	if _, _, err := q.server.DTLSv1Listen(); err == nil {
		t.Error("listened without a way to make cookies")
	} else {
		t.Log(err)
	}
}

// The same for TLS 1.3.
func TestStateless(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA, func(c *ossl.Ctx) error { return c.SetCookieSecret([]byte("secret of the server")) })
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	_, err := p.client.DoHandshake()
	must(t, err)
	if ok, w, err := p.server.Stateless(); ok || w != ossl.WantNothing || err != nil {
		t.Fatal(ok, w, err)
	}
	_, err = p.client.DoHandshake()
	must(t, err)
	// Another SSL takes the second ClientHello.
	second := newSSL(t, server, p.sfd)
	ok := false
	for range 3 { // a ChangeCipherSpec comes before it
		good, w, err := second.Stateless()
		if w != ossl.WantNothing || err != nil {
			t.Fatal(w, err)
		}
		if ok = good; ok {
			break
		}
	}
	if !ok {
		t.Fatal("the cookie was not taken")
	}
	p.server = second
	p.handshake()
	p.echo()
}

// A method of one version pins it.
func TestMethodsOfOld(t *testing.T) {
	for name, tt := range map[string]struct {
		m    ossl.Method
		only int
	}{
		"SSLv23": {ossl.SSLv23Method(), 0}, "SSLv23Client": {ossl.SSLv23ClientMethod(), 0}, "SSLv23Server": {ossl.SSLv23ServerMethod(), 0},
		"TLSv1": {ossl.TLSv1Method(), ossl.TLS1Version}, "TLSv1Client": {ossl.TLSv1ClientMethod(), ossl.TLS1Version}, "TLSv1Server": {ossl.TLSv1ServerMethod(), ossl.TLS1Version},
		"TLSv1_1": {ossl.TLSv1_1Method(), ossl.TLS1_1Version}, "TLSv1_1Client": {ossl.TLSv1_1ClientMethod(), ossl.TLS1_1Version}, "TLSv1_1Server": {ossl.TLSv1_1ServerMethod(), ossl.TLS1_1Version},
		"TLSv1_2": {ossl.TLSv1_2Method(), ossl.TLS1_2Version}, "TLSv1_2Client": {ossl.TLSv1_2ClientMethod(), ossl.TLS1_2Version}, "TLSv1_2Server": {ossl.TLSv1_2ServerMethod(), ossl.TLS1_2Version},
		"DTLSv1": {ossl.DTLSv1Method(), ossl.DTLS1Version}, "DTLSv1Client": {ossl.DTLSv1ClientMethod(), ossl.DTLS1Version}, "DTLSv1Server": {ossl.DTLSv1ServerMethod(), ossl.DTLS1Version},
		"DTLSv1_2": {ossl.DTLSv1_2Method(), ossl.DTLS1_2Version}, "DTLSv1_2Client": {ossl.DTLSv1_2ClientMethod(), ossl.DTLS1_2Version}, "DTLSv1_2Server": {ossl.DTLSv1_2ServerMethod(), ossl.DTLS1_2Version},
	} {
		c := dtlsCtx(t, tt.m)
		if tt.only != 0 && (c.GetMinProtoVersion() != tt.only || c.GetMaxProtoVersion() != tt.only) {
			t.Errorf("%s: %x to %x", name, c.GetMinProtoVersion(), c.GetMaxProtoVersion())
		}
		s := newSSL(t, c, -1)
		if s.GetSSLMethod() != c.GetSSLMethod() {
			t.Errorf("%s: the SSL has another method", name)
		}
	}
	c := dtlsCtx(t, ossl.TLSClientMethod())
	s := newSSL(t, c, -1)
	must(t, s.SetSSLMethod(ossl.TLSMethod()))
	if s.GetSSLMethod() != ossl.TLSMethod() || c.GetSSLMethod() != ossl.TLSClientMethod() {
		t.Error("SetSSLMethod")
	}
	must(t, c.SetSSLVersion(ossl.TLSv1_2Method()))
	if c.GetSSLMethod() != ossl.TLSMethod() || c.GetMaxProtoVersion() != ossl.TLS1_2Version {
		t.Error("SetSSLVersion")
	}
	if s.SetSSLMethod(ossl.Method{}) == nil || c.SetSSLVersion(ossl.Method{}) == nil {
		t.Error("took the zero Method")
	}
}
