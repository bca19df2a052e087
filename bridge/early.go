package bridge

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// What cannot be done with early data. Nothing has been sent then.
var (
	// ErrNoEarlyData says that early data cannot be sent or read: there is no
	// session, or none that allows it, or it is too late. Do the handshake, and
	// send the data after it.
	ErrNoEarlyData = errors.New("bridge: no early data is possible here: go on with the handshake, and send the data after it")
	// ErrEarlyDataLimit says that the session allows less early data. Send the rest
	// after the handshake.
	ErrEarlyDataLimit = errors.New("bridge: more early data than the session allows (ossl.Session.GetMaxEarlyData): send the rest after the handshake")
	// ErrEarlyDataUnread says that ReadEarlyData has begun, and not come to io.EOF.
	ErrEarlyDataUnread = errors.New("bridge: the client may still be sending early data: call ReadEarlyData until io.EOF first")
)

// startEarly readies the SSL of a client for n bytes of early data, and says how
// much its session allows in all. libssl itself would send some also under a
// ticket that is too old to be offered, or under TLS 1.2.
//
// It counts bytes again each time they are tried, so that what is allowed would
// not go out over a socket that takes it bit by bit. Its limit is lifted until
// restoreEarly, on a copy of the session, and the callers here count.
func startEarly(ssl *ossl.SSL, n int) (allowed int, err error) {
	sess, err := ssl.Get1Session()
	if err != nil {
		return 0, ErrNoEarlyData
	}
	defer sess.Close()
	newest := ssl.GetMaxProtoVersion()
	hint := sess.GetTicketLifetimeHint()
	allowed = int(min(sess.GetMaxEarlyData(), math.MaxInt32))
	switch {
	case allowed == 0, newest != 0 && newest < ossl.TLS1_3Version, !sess.IsResumable(), hint > 0 && time.Since(sess.GetTime()) > hint:
		return 0, ErrNoEarlyData
	case n > allowed:
		return allowed, fmt.Errorf("%w: %d bytes are, of %d", ErrEarlyDataLimit, allowed, n)
	}
	lifted, err := sess.Dup()
	if err != nil {
		return allowed, err
	}
	defer lifted.Close()
	if err := lifted.SetMaxEarlyData(math.MaxUint32); err != nil {
		return allowed, err
	}
	return allowed, ssl.SetSession(lifted)
}

// restoreEarly is for a session that is to be used again, once all is sent.
func restoreEarly(ssl *ossl.SSL, allowed int) error {
	sess, err := ssl.Get1Session()
	if err != nil {
		return err
	}
	defer sess.Close()
	return sess.SetMaxEarlyData(uint32(allowed))
}

// givenEarly is what startEarly has said of these options.
func (o *ClientOptions) givenEarly() int {
	return int(min(o.Session.GetMaxEarlyData(), math.MaxInt32))
}
