package bridge

import (
	"fmt"
	"math"
	"time"
)

// LoopConfig holds the limits of a Loop. The zero value is ready.
type LoopConfig struct {
	// HandshakeTimeout bounds the time from accept or dial to HandshakeDone.
	// 0 is 30 seconds, below 0 is none.
	HandshakeTimeout time.Duration
	// IdleTimeout ends a stream on which nothing was read or written for that
	// long. 0 is none.
	IdleTimeout time.Duration
	// WriteTimeout ends a stream whose queued bytes made no progress for that
	// long. 0 is none.
	WriteTimeout time.Duration
	// CloseTimeout bounds a graceful Close: sending what is queued, and
	// waiting for the peer's close_notify. 0 is 5 seconds.
	CloseTimeout time.Duration
	// WriteQueue is how many bytes a stream holds for a socket that takes no
	// more. 0 is 256 KiB; at least 32 KiB is needed.
	WriteQueue int
	// RoundSize is the largest number of operations in one crossing into C,
	// and with 16 KiB for each decides the loop's memory. 0 is 128.
	RoundSize int
	// OnError is told, on the loop's goroutine, of errors that belong to no
	// stream: accept(2) that fails for want of descriptors, for one. The loop
	// goes on. nil drops them.
	OnError func(error)
}

const (
	defaultHandshakeTimeout = 30 * time.Second
	defaultCloseTimeout     = 5 * time.Second
	defaultWriteQueue       = 256 << 10
	minWriteQueue           = 32 << 10 // two records: a retried one must fit
	defaultRoundSize        = 128
	maxRoundSize            = 4096
)

// withDefaults fills in what is left out, or says what cannot be.
func (c LoopConfig) withDefaults() (LoopConfig, error) {
	switch {
	case c.HandshakeTimeout == 0:
		c.HandshakeTimeout = defaultHandshakeTimeout
	case c.HandshakeTimeout < 0:
		c.HandshakeTimeout = 0
	}
	c.IdleTimeout, c.WriteTimeout = max(c.IdleTimeout, 0), max(c.WriteTimeout, 0)
	if c.CloseTimeout <= 0 {
		c.CloseTimeout = defaultCloseTimeout
	}
	if c.WriteQueue == 0 {
		c.WriteQueue = defaultWriteQueue
	}
	if c.RoundSize == 0 {
		c.RoundSize = defaultRoundSize
	}
	if c.WriteQueue < minWriteQueue || c.WriteQueue > math.MaxInt32 {
		return c, fmt.Errorf("bridge: LoopConfig.WriteQueue is %d: must be from %d to %d bytes", c.WriteQueue, minWriteQueue, math.MaxInt32)
	}
	if c.RoundSize < 1 || c.RoundSize > maxRoundSize {
		return c, fmt.Errorf("bridge: LoopConfig.RoundSize is %d: must be from 1 to %d", c.RoundSize, maxRoundSize)
	}
	return c, nil
}
