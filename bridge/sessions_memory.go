package bridge

import (
	"bytes"
	"container/list"
	"context"
	"sync"
	"time"
)

// DefaultMemorySessions is the limit of NewMemorySessions(0): OpenSSL's own for
// its internal cache.
const DefaultMemorySessions = 20 << 10

// MemorySessions is a SessionStore for one process. It holds no goroutine. When
// it is full, the session that was unused for longest makes room.
type MemorySessions struct {
	limit int

	mu     sync.Mutex
	byID   map[string]*list.Element
	recent *list.List // of *memorySession, the last used first
}

type memorySession struct {
	id      string
	session []byte
	expires time.Time
}

// NewMemorySessions keeps at most limit sessions, of 2 KiB or so each; 0 is
// DefaultMemorySessions.
func NewMemorySessions(limit int) *MemorySessions {
	if limit <= 0 {
		limit = DefaultMemorySessions
	}
	return &MemorySessions{limit: limit, byID: make(map[string]*list.Element), recent: list.New()}
}

// Get is SessionStore's. It looks at ctx no more than Put and Remove do: none of
// them waits.
func (m *MemorySessions) Get(_ context.Context, id []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byID[string(id)]
	if !ok {
		return nil, ErrNoSession
	}
	s := e.Value.(*memorySession)
	if !time.Now().Before(s.expires) {
		m.drop(e)
		return nil, ErrNoSession
	}
	m.recent.MoveToFront(e)
	return bytes.Clone(s.session), nil
}

// Take is SessionTaker's.
func (m *MemorySessions) Take(_ context.Context, id []byte) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byID[string(id)]
	if !ok {
		return nil, ErrNoSession
	}
	s := e.Value.(*memorySession)
	session, late := bytes.Clone(s.session), !time.Now().Before(s.expires)
	m.drop(e)
	if late {
		return nil, ErrNoSession
	}
	return session, nil
}

// Put is SessionStore's.
func (m *MemorySessions) Put(_ context.Context, id, session []byte, lifetime time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byID[string(id)]; ok {
		m.drop(e)
	}
	if lifetime <= 0 {
		return nil
	}
	if m.recent.Len() >= m.limit {
		m.drop(m.recent.Back())
	}
	s := &memorySession{id: string(id), session: bytes.Clone(session), expires: time.Now().Add(lifetime)}
	m.byID[s.id] = m.recent.PushFront(s)
	return nil
}

// Remove is SessionStore's.
func (m *MemorySessions) Remove(_ context.Context, id []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byID[string(id)]; ok {
		m.drop(e)
	}
	return nil
}

// Len is how many sessions it holds, those included that are out of date and
// that nobody has asked for since.
func (m *MemorySessions) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.recent.Len()
}

func (m *MemorySessions) drop(e *list.Element) {
	s := m.recent.Remove(e).(*memorySession)
	delete(m.byID, s.id)
	clear(s.session)
}
