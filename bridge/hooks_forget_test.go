package bridge

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// spoil has the server end the connection with a fatal alert: it gets a record
// that nobody has encrypted.
func spoil(t *testing.T, c *Conn) {
	t.Helper()
	_, err := c.NetConn().Write([]byte{23, 3, 3, 0, 32, 32: 0, 36: 0})
	must(t, err)
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Fatal("the server took it")
	}
}

// TestHookSessionsForgotten resumes a session, unless its connection has died of
// a fatal alert: a full one's, and a resumed one's.
func TestHookSessionsForgotten(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		for _, c := range []struct {
			name string
			end  func(t *testing.T, c *Conn)
			want bool
		}{
			{"close_notify", func(t *testing.T, c *Conn) { must(t, c.Close()) }, true},
			{"cut", func(t *testing.T, c *Conn) { must(t, c.NetConn().Close()) }, true},
			{"fatal alert", spoil, false},
		} {
			store := NewMemorySessions(16)
			s := h.serve(&Hooks{Sessions: store})
			ctx, err := (&Config{InsecureSkipVerify: true, MinVersion: h.version, MaxVersion: h.version}).NewClientCtx()
			must(t, err)
			dial := func(sess *ossl.Session) *Conn {
				nc, err := net.Dial("tcp", s.addr)
				must(t, err)
				conn, err := Client(nc, ctx, &ClientOptions{InsecureSkipVerify: true, Session: sess})
				must(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				must(t, conn.SetDeadline(time.Now().Add(patience)))
				must(t, echoByte(conn))
				must(t, s.outcome())
				return conn
			}
			until := func(what string, ok func() bool) {
				t.Helper()
				for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
					if time.Now().After(end) {
						t.Fatalf("%s: %s, with %d sessions in the store", c.name, what, store.Len())
					}
				}
			}
			first := dial(nil)
			der := sessionDER(t, first)
			until("nothing kept", func() bool { return store.Len() == 1 })
			// The copy is what a client offers that does not care how it ended.
			again := sessionOf(t, der)
			second := dial(again)
			if !second.ConnectionState().Resumed {
				t.Errorf("%s: not resumed to begin with", c.name)
			}
			if h.version == ossl.TLS1_3Version {
				until("no second ticket", func() bool { return store.Len() == 2 })
			}
			c.end(t, second)
			if !c.want {
				until("not forgotten", func() bool { return store.Len() == 0 })
			}
			if resumed := dial(sessionOf(t, der)).ConnectionState().Resumed; resumed != c.want {
				t.Errorf("%s: resumed %v", c.name, resumed)
			}
			ctx.Close()
		}
	})
}

func sessionDER(t *testing.T, c *Conn) []byte {
	t.Helper()
	sess, err := c.Session()
	must(t, err)
	defer sess.Close()
	der, err := sess.I2D()
	must(t, err)
	return der
}

func sessionOf(t *testing.T, der []byte) *ossl.Session {
	t.Helper()
	sess, err := ossl.D2ISession(der)
	must(t, err)
	t.Cleanup(sess.Close)
	return sess
}

// slowStore keeps what it is given once it is told to.
type slowStore struct {
	*MemorySessions
	proceed chan struct{}
	removed chan error
}

func (s *slowStore) Put(ctx context.Context, id, session []byte, lifetime time.Duration) error {
	<-s.proceed
	return s.MemorySessions.Put(ctx, id, session, lifetime)
}

func (s *slowStore) Remove(ctx context.Context, id []byte) error {
	err := s.MemorySessions.Remove(ctx, id)
	s.removed <- err
	return errors.Join(err, ctx.Err())
}

// TestHookSessionsForgottenLate has the store still be at it when the connection
// dies: what is removed must not come after.
func TestHookSessionsForgottenLate(t *testing.T) {
	eachHooked(t, func(t *testing.T, h hooked) {
		store := &slowStore{NewMemorySessions(16), make(chan struct{}), make(chan error, 1)}
		s := h.serve(&Hooks{Sessions: store})
		c := clientConn(t, s.addr, &Config{MinVersion: h.version, MaxVersion: h.version}, ClientOptions{ServerName: "localhost"})
		must(t, echoByte(c))
		must(t, s.outcome())
		spoil(t, c)
		select {
		case <-store.removed:
			t.Error("removed before it was there")
		case <-time.After(50 * time.Millisecond):
		}
		close(store.proceed)
		must(t, soon(t, "removal", store.removed))
		if n := store.Len(); n != 0 {
			t.Errorf("%d sessions left", n)
		}
	})
}
