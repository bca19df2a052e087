package bridge

import (
	"context"
	"sync"
	"time"
)

// hookContext is what a hook on a Loop is given. The loop's own timer watches its
// deadline. Most hooks answer without a look at it, so that what can be waited
// for is made only when somebody asks for it.
type hookContext struct {
	at time.Time // zero for no deadline

	mu     sync.Mutex // guards what follows
	over   bool
	inner  context.Context
	cancel context.CancelFunc
}

// Deadline is context.Context's, as are the other three.
func (c *hookContext) Deadline() (time.Time, bool) { return c.at, !c.at.IsZero() }

func (c *hookContext) Done() <-chan struct{} { return c.made().Done() }

func (c *hookContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return context.Canceled
	}
	return nil
}

// Value lets package context find a context of its own here, so that those made
// from this one take no goroutine.
func (c *hookContext) Value(key any) any { return c.made().Value(key) }

func (c *hookContext) made() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inner == nil {
		c.inner, c.cancel = context.WithCancel(context.Background())
		if c.over {
			c.cancel()
		}
	}
	return c.inner
}

// end ends it; of nil, and a second time, it does nothing.
func (c *hookContext) end() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if c.cancel != nil {
		c.cancel()
	}
}
