package utils

import "sync"

// Future is one result that any number of goroutines wait for. NewFuture makes
// one. Only the first Set counts.
type Future struct {
	once sync.Once
	done chan struct{}
	val  interface{}
	err  error
}

// NewFuture makes a Future without a result.
func NewFuture() *Future { return &Future{done: make(chan struct{})} }

// Get waits for the result.
func (f *Future) Get() (interface{}, error) {
	<-f.done
	return f.val, f.err
}

// Fired says whether the result is there, so that Get does not wait.
func (f *Future) Fired() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// Set is the result; a second one is passed over.
func (f *Future) Set(val interface{}, err error) {
	f.once.Do(func() {
		f.val, f.err = val, err
		close(f.done)
	})
}
