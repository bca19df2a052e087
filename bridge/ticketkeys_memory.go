package bridge

import (
	"context"
	"sync"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

// DefaultTicketPeriod is how long a ticket key seals if nothing else is said.
const DefaultTicketPeriod = 12 * time.Hour

// MemoryTicketKeys is a TicketKeySource for one process: random keys, each of
// which seals for a period and opens for some periods more. It holds no
// goroutine. What is out of date is wiped when Keys is next called.
type MemoryTicketKeys struct {
	period time.Duration
	kept   int

	mu    sync.Mutex
	start time.Time // of the period of keys[0]
	keys  []ossl.TicketKey
	ages  []int // in periods, of each of keys
}

// NewMemoryTicketKeys changes keys after each period, 0 for
// DefaultTicketPeriod, and keeps as many old ones, at least 0 and at most
// ossl.MaxTicketKeys-1. A ticket is good for kept periods at least, unless the
// session's own timeout ends before. With kept 0 a client whose ticket is from
// the period before shakes hands in full.
func NewMemoryTicketKeys(period time.Duration, kept int) *MemoryTicketKeys {
	if period <= 0 {
		period = DefaultTicketPeriod
	}
	return &MemoryTicketKeys{period: period, kept: min(max(kept, 0), ossl.MaxTicketKeys-1)}
}

// Keys is TicketKeySource's. It does not wait, and never fails.
func (m *MemoryTicketKeys) Keys(context.Context) (keys []ossl.TicketKey, next time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if len(m.keys) == 0 {
		m.start = now
		m.keys, m.ages = []ossl.TicketKey{ossl.NewTicketKey()}, []int{0}
	}
	if n := int(now.Sub(m.start) / m.period); n > 0 {
		m.start = m.start.Add(time.Duration(n) * m.period)
		m.turn(n)
	}
	return append([]ossl.TicketKey(nil), m.keys...), m.start.Add(m.period), nil
}

// turn puts a new key in front, n periods after the last.
func (m *MemoryTicketKeys) turn(n int) {
	keys, ages := []ossl.TicketKey{ossl.NewTicketKey()}, []int{0}
	for i, age := range m.ages {
		if age+n <= m.kept {
			keys, ages = append(keys, m.keys[i]), append(ages, age+n)
		}
	}
	clear(m.keys)
	m.keys, m.ages = keys, ages
}
