package utils

import (
	"errors"
	"io"
	"sync"
	"testing"
)

func TestErrorGroup(t *testing.T) {
	var g ErrorGroup
	g.Add(nil)
	if err := g.Finalize(); err != nil {
		t.Error(err)
	}
	g.Add(io.EOF)
	if err := g.Finalize(); err != io.EOF {
		t.Error(err)
	}
	g.Add(io.ErrClosedPipe)
	if err := g.Finalize(); err.Error() != "EOF\nio: read/write on closed pipe" || !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
}

func TestFuture(t *testing.T) {
	f := NewFuture()
	if f.Fired() {
		t.Error("fired")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if v, err := f.Get(); v != 1 || err != io.EOF {
				t.Error(v, err)
			}
		})
	}
	f.Set(1, io.EOF)
	f.Set(2, nil)
	wg.Wait()
	if !f.Fired() {
		t.Error("not fired")
	}
}
