package bridge

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestHookCustomExt has a hook answer an extension by what the client says in
// it, on a Loop; the client, a Conn, hears it.
func TestHookCustomExt(t *testing.T) {
	const typ, context13 = 65280, ossl.ExtClientHello | ossl.ExtEncryptedExtensions
	hooks := &Hooks{ClientHello: func(_ context.Context, hs *Handshake) (*HelloAnswer, error) {
		for _, e := range hs.ClientHello.Extensions {
			if e.Type == typ {
				return &HelloAnswer{CustomExts: map[uint16][]byte{typ: append([]byte("re: "), e.Data...)}}, nil
			}
		}
		return nil, nil
	}}
	server, err := (&Config{
		Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
		Hooks:        hooks,
	}).NewServerCtx()
	must(t, err)
	defer server.Close()
	must(t, server.AddCustomExt(typ, context13, nil))
	client, err := (&Config{RootCAs: Trust{File: testdata.Path(testdata.ECDSA.Roots)}}).NewClientCtx()
	must(t, err)
	defer client.Close()
	must(t, client.AddCustomExt(typ, context13, []byte("question")))

	h := newHandler(t)
	heard := make(chan []ossl.CustomExt, 1)
	h.open = func(s *Stream) { heard <- s.CustomExts() }
	ln, err := startLoop(t, nil).Listen("tcp", "127.0.0.1:0", server, func(*Stream) Handler { return h })
	must(t, err)
	nc, err := net.Dial("tcp", ln.Addr().String())
	must(t, err)
	c, err := Client(nc, client, &ClientOptions{ServerName: "localhost"})
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(patience)))
	must(t, c.Handshake())
	if got := c.CustomExts(); len(got) != 1 || string(got[0].Data) != "re: question" {
		t.Errorf("the client heard %+v", got)
	}
	select {
	case got := <-heard:
		if len(got) != 1 || string(got[0].Data) != "question" {
			t.Errorf("the server heard %+v", got)
		}
	case <-time.After(patience):
		t.Error("no handshake on the server")
	}
}
