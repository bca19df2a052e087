package bridge

import (
	"errors"
	"net"
	"testing"

	"github.com/sslsock/sslsock/ossl"
)

// TestConnWithSSL has one side change its keys by way of the SSL, while the other
// waits in Read, and both go on.
func TestConnWithSSL(t *testing.T) {
	c, s := ourPair(t, settings{})
	got := result(func() string {
		buf := make([]byte, 100)
		n, err := s.Read(buf)
		if err != nil {
			t.Error(err)
		}
		return string(buf[:n])
	})
	must(t, c.WithSSL(func(ssl *ossl.SSL) error {
		if err := ssl.KeyUpdate(ossl.KeyUpdateRequested); err != nil {
			return err
		}
		if kind := ssl.GetKeyUpdateType(); kind != ossl.KeyUpdateRequested {
			t.Errorf("pending: %v", kind)
		}
		_, err := ssl.DoHandshake()
		if kind := ssl.GetKeyUpdateType(); kind != ossl.KeyUpdateNone {
			t.Errorf("still pending: %v", kind)
		}
		return err
	}))
	_, err := c.Write([]byte("under new keys"))
	must(t, err)
	if text := soon(t, "data", got); text != "under new keys" {
		t.Errorf("%q came", text)
	}

	wrong := errors.New("from f")
	if err := c.WithSSL(func(*ossl.SSL) error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("%v instead of the function's error", err)
	}
	must(t, c.Close())
	called := false
	err = c.WithSSL(func(*ossl.SSL) error { called = true; return nil })
	if called || !errors.Is(err, net.ErrClosed) {
		t.Errorf("after Close: called: %v, %v", called, err)
	}
}
