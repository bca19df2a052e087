package ossl_test

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// bioPair is a client and a server on the two ends of a BIO pair: no
// descriptor anywhere.
func bioPair(t *testing.T, client, server *ossl.Ctx) *pair {
	t.Helper()
	a, b, err := ossl.NewBIOPair(0, 0)
	must(t, err)
	defer a.Close() // the SSLs have references of their own
	defer b.Close()
	c, err := client.NewSSL()
	must(t, err)
	t.Cleanup(c.Close)
	s, err := server.NewSSL()
	must(t, err)
	t.Cleanup(s.Close)
	must(t, c.SetBio(a, a))
	must(t, s.SetBio(b, b))
	c.SetConnectState()
	s.SetAcceptState()
	return &pair{t: t, client: c, server: s, cfd: -1, sfd: -1}
}

func TestBIOPair(t *testing.T) {
	p := bioPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.handshake()
	p.echo()
	p.transfer(p.client, p.server, pattern(200_000))
	w, err := p.client.GetWbio()
	must(t, err)
	defer w.Close()
	peer, err := p.server.GetRbio()
	must(t, err)
	defer peer.Close()
	if w.GetWriteGuarantee() < 17<<10 || peer.GetReadRequest() == 0 && peer.Pending() != 0 {
		t.Error(w.GetWriteGuarantee(), peer.GetReadRequest())
	}
	write(t, p.client, []byte("waits"))
	if w.Wpending() == 0 || peer.Pending() != w.Wpending() {
		t.Errorf("%d bytes written, %d to read", w.Wpending(), peer.Pending())
	}
	w.ShutdownWr()
	buf := make([]byte, 10)
	if n, _, err := p.server.Read(buf); string(buf[:n]) != "waits" || err != nil {
		t.Fatal(n, err)
	}
	wantEOF(t, p.server, io.ErrUnexpectedEOF)
	if !peer.EOF() {
		t.Error("no end")
	}
}

// A pair tells how much the other side waits for.
func TestBIOPairRequest(t *testing.T) {
	a, b, err := ossl.NewBIOPair(10, 10)
	must(t, err)
	defer a.Close()
	defer b.Close()
	if n, w, err := a.Read(make([]byte, 7)); n != 0 || w != ossl.WantRead || err != nil {
		t.Error(n, w, err)
	}
	if b.GetReadRequest() != 7 || b.GetWriteGuarantee() != 10 {
		t.Error(b.GetReadRequest(), b.GetWriteGuarantee())
	}
	if n, w, err := b.Write(make([]byte, 30)); n != 10 || w != ossl.WantNothing || err != nil {
		t.Error(n, w, err)
	}
	if n, w, err := b.Write([]byte("x")); n != 0 || w != ossl.WantWrite || err != nil {
		t.Error(n, w, err)
	}
}

func TestBIOMem(t *testing.T) {
	b, err := ossl.NewBIOMem()
	must(t, err)
	defer b.Close()
	buf := make([]byte, 10)
	if n, w, err := b.Read(buf); n != 0 || w != ossl.WantRead || err != nil {
		t.Error(n, w, err)
	}
	if n, _, err := b.Write([]byte("hello")); n != 5 || err != nil {
		t.Error(n, err)
	}
	if w, err := b.Flush(); w != ossl.WantNothing || err != nil {
		t.Error(w, err)
	}
	if string(b.GetMemData()) != "hello" || b.Pending() != 5 || b.EOF() {
		t.Error(string(b.GetMemData()), b.Pending(), b.EOF())
	}
	must(t, b.Reset())
	if b.Pending() != 0 || !b.EOF() {
		t.Error("not empty", b.Pending())
	}
	b.SetMemEOFReturn(true)
	if _, _, err := b.Read(buf); err != io.EOF {
		t.Error(err)
	}
	fixed, err := ossl.NewBIOMemBuf([]byte("text"))
	must(t, err)
	defer fixed.Close()
	if n, _, err := fixed.Read(buf); string(buf[:n]) != "text" || err != nil {
		t.Error(n, err)
	}
	if _, _, err := fixed.Read(buf); err != io.EOF {
		t.Error(err)
	}
}

// An SSL that reads from one place and writes to another.
func TestSetRbioAndWbio(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	out, err := ossl.NewBIOMem()
	must(t, err)
	defer out.Close()
	in, err := ossl.NewBIOSocket(p.cfd)
	must(t, err)
	defer in.Close()
	must(t, p.client.Set0Wbio(out))
	must(t, p.client.Set0Rbio(in))
	if w, err := p.client.DoHandshake(); w != ossl.WantRead || err != nil {
		t.Fatal(w, err)
	}
	hello := out.GetMemData()
	if len(hello) < 100 || hello[0] != 22 || readable(t, p.sfd) {
		t.Errorf("%d bytes in the BIO, the socket has some: %v", len(hello), readable(t, p.sfd))
	}
	if err := p.client.SetBio(new(ossl.BIO), nil); err != ossl.ErrClosed {
		t.Error(err)
	}
	must(t, p.client.SetBio(nil, nil))
	if _, err := p.client.GetRbio(); err == nil {
		t.Error("there is a BIO")
	}
	must(t, p.client.SetRfd(p.cfd))
	must(t, p.client.SetWfd(p.cfd))
	if p.client.GetRfd() != p.cfd || p.client.GetWfd() != p.cfd {
		t.Error(p.client.GetRfd(), p.client.GetWfd())
	}
	if p.client.InBefore() {
		t.Error("the handshake has not begun")
	}
	must(t, p.client.Clear())
	if !p.client.InBefore() {
		t.Error("Clear leaves the handshake that had begun")
	}
	p.client.SetConnectState()
	p.handshake()
	p.echo()
}

// The filter is an SSL from both sides.
func TestBIOSSL(t *testing.T) {
	server := serverCtx(t, testdata.ECDSA)
	p := newPair(t, clientCtx(t, testdata.ECDSA), server)
	over, err := ossl.NewBIOFSSL(p.client)
	must(t, err)
	defer over.Close()
	own, err := ossl.NewBIOSSL(server, false)
	must(t, err)
	defer own.Close()
	s, err := own.GetSSL()
	must(t, err)
	defer s.Close()
	if !s.IsServer() {
		t.Error("it is a client")
	}
	sock, err := ossl.NewBIOSocket(p.sfd)
	must(t, err)
	defer sock.Close()
	must(t, s.SetBio(sock, sock))
	for _, err := range lockstep(t, over.DoHandshake, own.DoHandshake) {
		must(t, err)
	}
	if n, w, err := over.Write([]byte("through the filter")); n != 18 || w != ossl.WantNothing || err != nil {
		t.Fatal(n, w, err)
	}
	buf := make([]byte, 100)
	if n, _, err := own.Read(buf); string(buf[:n]) != "through the filter" || err != nil {
		t.Fatal(n, err)
	}
	own.SSLShutdown()
	if n, _, err := over.Read(buf); n != 0 || err != io.EOF {
		t.Error(n, err)
	}
	fresh, err := ossl.NewBIOSSL(server, true)
	must(t, err)
	defer fresh.Close()
	must(t, fresh.SSLCopySessionID(over))
	copied, err := fresh.GetSSL()
	must(t, err)
	defer copied.Close()
	if !bytes.Equal(masterKey(t, copied), masterKey(t, p.client)) {
		t.Error("SSLCopySessionID: another session")
	}
}

func masterKey(t *testing.T, s *ossl.SSL) []byte {
	t.Helper()
	sess, err := s.Get1Session()
	must(t, err)
	defer sess.Close()
	return sess.GetMasterKey()
}

// A BIO that connects by itself, without waiting: nobody answers, and yet it
// comes back.
func TestBIOConnect(t *testing.T) {
	for _, create := range []func(*ossl.Ctx) (*ossl.BIO, error){ossl.NewBIOSSLConnect, ossl.NewBIOBufferSSLConnect} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		defer ln.Close()
		b, err := create(clientCtx(t, testdata.ECDSA))
		must(t, err)
		defer b.Close()
		b.SetNbio(true)
		must(t, b.SetConnHostname(ln.Addr().String()))
		if w, err := b.DoHandshake(); w == ossl.WantNothing || err != nil {
			t.Fatal(w, err)
		}
		nc, err := ln.Accept()
		must(t, err)
		defer nc.Close()
		if w, err := b.DoHandshake(); w != ossl.WantRead || err != nil {
			t.Fatal(w, err)
		}
		first := make([]byte, 1)
		must(t, nc.SetReadDeadline(time.Now().Add(10*time.Second)))
		if _, err := io.ReadFull(nc, first); err != nil || first[0] != 22 {
			t.Error("no ClientHello:", first, err)
		}
	}
}

// What a buffering BIO has gathered goes out with Flush.
func TestBIOFlush(t *testing.T) {
	cert, err := tls.LoadX509KeyPair(testdata.Path(testdata.ECDSA.Cert), testdata.Path(testdata.ECDSA.Key))
	must(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	got := make(chan error, 1)
	go func() {
		nc, err := ln.Accept()
		if err != nil {
			got <- err
			return
		}
		defer nc.Close()
		_ = nc.SetDeadline(time.Now().Add(20 * time.Second))
		_, err = io.ReadFull(tls.Server(nc, &tls.Config{Certificates: []tls.Certificate{cert}}), make([]byte, 5))
		got <- err
	}()
	b, err := ossl.NewBIOBufferSSLConnect(clientCtx(t, testdata.ECDSA))
	must(t, err)
	defer b.Close()
	must(t, b.SetConnHostname(ln.Addr().String()))
	if w, err := b.DoHandshake(); w != ossl.WantNothing || err != nil {
		t.Fatal(w, err)
	}
	if n, w, err := b.Write([]byte("hello")); n != 5 || w != ossl.WantNothing || err != nil {
		t.Fatal(n, w, err)
	}
	if w, err := b.Flush(); w != ossl.WantNothing || err != nil {
		t.Fatal(w, err)
	}
	if err := <-got; err != nil {
		t.Error("nothing came:", err)
	}
}

func TestExData(t *testing.T) {
	ctxIdx, err := ossl.CtxGetExNewIndex()
	must(t, err)
	sslIdx, err := ossl.SSLGetExNewIndex()
	must(t, err)
	sessIdx, err := ossl.SessionGetExNewIndex()
	must(t, err)
	p := connect(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	p.echo()
	c, err := p.client.GetSSLCtx()
	must(t, err)
	defer c.Close()
	sess, err := p.client.Get1Session()
	must(t, err)
	defer sess.Close()
	type holder interface {
		SetExData(ossl.ExIndex, any) error
		GetExData(ossl.ExIndex) any
		SetAppData(any) error
		GetAppData() any
	}
	for idx, o := range map[ossl.ExIndex]holder{ctxIdx: c, sslIdx: p.client, sessIdx: sess} {
		if o.GetExData(idx) != nil || o.GetAppData() != nil {
			t.Errorf("%T has data already", o)
		}
		must(t, o.SetExData(idx, 42))
		must(t, o.SetAppData("app"))
		must(t, o.SetExData(idx, []string{"second"}[0]))
		if o.GetExData(idx) != "second" || o.GetAppData() != "app" {
			t.Errorf("%T: %v, %v", o, o.GetExData(idx), o.GetAppData())
		}
		must(t, o.SetAppData(nil))
		if o.GetAppData() != nil {
			t.Errorf("%T: %v", o, o.GetAppData())
		}
		for wrong := range map[ossl.ExIndex]bool{{}: true, ctxIdx: true, sslIdx: true, sessIdx: true} {
			if wrong != idx && (o.SetExData(wrong, 1) == nil || o.GetExData(wrong) != nil) {
				t.Errorf("%T takes an index of another type", o)
			}
		}
	}
	// A copy shares the value, and each SSL_CTX has one however many Ctxs.
	dup, err := sess.Dup()
	must(t, err)
	defer dup.Close()
	again, err := p.client.GetSSLCtx()
	must(t, err)
	defer again.Close()
	if dup.GetExData(sessIdx) != "second" || again.GetExData(ctxIdx) != "second" {
		t.Error(dup.GetExData(sessIdx), again.GetExData(ctxIdx))
	}
	must(t, sess.SetExData(sessIdx, "other"))
	if dup.GetExData(sessIdx) != "second" {
		t.Error(dup.GetExData(sessIdx))
	}
	if ossl.GetExDataX509StoreCtxIdx() < 0 {
		t.Error("no index")
	}
}

// Values of objects that are gone are forgotten.
func TestExDataIsDropped(t *testing.T) {
	before := ossl.ExItems()
	s, err := newCtx(t).NewSSL()
	must(t, err)
	must(t, s.SetAppData(pattern(10)))
	if ossl.ExItems() != before+1 {
		t.Error(ossl.ExItems())
	}
	s.Close()
	if ossl.ExItems() != before {
		t.Errorf("%d values, %d before", ossl.ExItems(), before)
	}
}

func TestDupAndUpRef(t *testing.T) {
	p := newPair(t, clientCtx(t, testdata.ECDSA), serverCtx(t, testdata.ECDSA))
	must(t, p.client.Set1Host("wrong.example"))
	dup, err := p.client.Dup()
	must(t, err)
	defer dup.Close()
	if dup.GetVerifyMode() != ossl.VerifyPeer || dup.InBefore() != p.client.InBefore() {
		t.Error(dup.GetVerifyMode(), dup.InBefore())
	}
	ref, err := p.client.UpRef()
	must(t, err)
	ref.SetVerify(ossl.VerifyNone)
	if p.client.GetVerifyMode() != ossl.VerifyNone || dup.GetVerifyMode() != ossl.VerifyPeer {
		t.Error("UpRef is a copy, or Dup is none")
	}
	ref.Close()
	p.handshake()
	p.echo()
	must(t, dup.CopySessionID(p.client))
	one, err := dup.Get1Session()
	must(t, err)
	defer one.Close()
	two, err := p.client.Get1Session()
	must(t, err)
	defer two.Close()
	if !bytes.Equal(one.GetMasterKey(), two.GetMasterKey()) {
		t.Error("another session")
	}
}

// The loaded algorithms of one LibCtx are not those of another.
func TestLibCtx(t *testing.T) {
	lib, err := ossl.NewLibCtx()
	must(t, err)
	defer lib.Close()
	if ossl.ProviderAvailable(lib, "base") {
		t.Error("base is loaded")
	}
	base, err := ossl.TryLoadProvider(lib, "base", true)
	must(t, err)
	if !ossl.ProviderAvailable(lib, "base") || base.Get0Name() != "base" || !base.SelfTest() {
		t.Error(base.Get0Name(), base.SelfTest())
	}
	base.Close()
	if _, err := ossl.LoadProvider(lib, "no such provider"); err == nil {
		t.Error("loaded nothing")
	}
	bare, err := ossl.NewLibCtx()
	must(t, err)
	defer bare.Close()
	null, err := ossl.LoadProvider(bare, "null")
	must(t, err)
	if c, err := ossl.NewCtxEx(bare, "", ossl.TLSMethod()); err == nil {
		c.Close()
		t.Error("a Ctx without algorithms")
	}
	text := readFile(t, testdata.ECDSA.Key)
	key, err := ossl.PEMReadBioPrivateKeyEx(text, "", lib, "provider=default")
	must(t, err)
	defer key.Close()
	leaf, err := ossl.PEMReadBioX509(readFile(t, testdata.ECDSA.Cert))
	must(t, err)
	defer leaf.Close()
	must(t, leaf.CheckPrivateKey(key))
	def, err := ossl.LoadProvider(lib, "default")
	must(t, err)
	client, err := ossl.NewCtxEx(lib, "provider=default", ossl.TLSClientMethod())
	must(t, err)
	null.Close()
	def.Close()
	must(t, trust(testdata.ECDSA.Roots)(client))
	p := newPair(t, client, serverCtx(t, testdata.ECDSA))
	lib.Close() // what was made with it keeps it
	client.Close()
	p.handshake()
	p.echo()

	if _, err := ossl.NewCtxEx(lib, "", ossl.TLSMethod()); err != ossl.ErrClosed {
		t.Error(err)
	}
	if _, err := ossl.PEMReadBioPrivateKeyEx(text, "", lib, ""); err != ossl.ErrClosed {
		t.Error(err)
	}
	if c, err := ossl.NewCtxEx(nil, "provider=nobody", ossl.TLSMethod()); err == nil {
		c.Close()
		t.Error("a query that nothing fulfils")
	} else {
		t.Log(err)
	}
}

// A thread that has drawn random bytes in a library context looks into it when it ends: freed by then, the process died.
func TestLibCtxOutlivedByThread(t *testing.T) {
	lib, err := ossl.NewLibCtx()
	must(t, err)
	defer lib.Close()
	const threads = 4 // one of them may be the process's first, which does not end
	var made, ended sync.WaitGroup
	closed := make(chan struct{})
	for range threads {
		made.Add(1)
		ended.Go(func() {
			runtime.LockOSThread() // without Unlock: the thread ends with the goroutine
			c, err := ossl.NewCtxEx(lib, "", ossl.TLSMethod())
			if err != nil {
				t.Error(err)
			}
			c.Close()
			made.Done()
			<-closed
		})
	}
	made.Wait()
	lib.Close()
	close(closed)
	ended.Wait()
	// Other contexts take what memory the freed one has left.
	for range threads {
		other, err := ossl.NewLibCtx()
		must(t, err)
		other.Close()
	}
}

func TestLibCtxProperties(t *testing.T) {
	lib, err := ossl.NewLibCtx()
	must(t, err)
	defer lib.Close()
	if lib.DefaultPropertiesIsFIPSEnabled() {
		t.Error("FIPS without a wish")
	}
	must(t, lib.SetDefaultProperties("fips=yes"))
	if !lib.DefaultPropertiesIsFIPSEnabled() {
		t.Error("no FIPS")
	}
	if err := lib.SetDefaultProperties("=?nonsense"); err == nil {
		t.Error("took nonsense")
	}
	var file *ossl.FileError
	if err := lib.LoadConfig("/no/such/file.cnf"); !errors.As(err, &file) {
		t.Error(err)
	}
}
