package bridge

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/sslsock/sslsock/ossl"
)

// worker steps handshakes that libssl suspends by an asynchronous job: the
// thread that began a job has to go on with it (ASYNC_start_job(3)), so a worker
// keeps its thread. Any number of paused jobs wait on one worker, and none of
// them holds it up.
type worker struct {
	mu   sync.Mutex
	todo []func()
	wake chan struct{}
}

// workers are made when the first handshake needs one, and stay. There are as
// many as processors, because what they run never waits.
var workers = sync.OnceValue(func() []*worker {
	list := make([]*worker, runtime.GOMAXPROCS(0))
	for i := range list {
		list[i] = &worker{wake: make(chan struct{}, 1)}
		go list[i].work()
	}
	return list
})

var nextWorker atomic.Uint32

func chooseWorker() *worker {
	list := workers()
	return list[int(nextWorker.Add(1))%len(list)]
}

func (w *worker) work() {
	runtime.LockOSThread() //nolint:forbidigo // a job belongs to the thread that began it
	for range w.wake {
		w.mu.Lock()
		list := w.todo
		w.todo = nil
		w.mu.Unlock()
		for _, f := range list {
			f()
		}
	}
}

// do has f run on the worker, after what it was given before. It does not wait.
func (w *worker) do(f func()) {
	w.mu.Lock()
	w.todo = append(w.todo, f)
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// wait is do, and waits.
func (w *worker) wait(f func()) {
	done := make(chan struct{})
	w.do(func() { defer close(done); f() })
	<-done
}

// abandon runs a paused job to its end, on its worker, so that the SSL can be
// freed: whatever it has asked is refused, even where the answer has come just
// now.
func abandon(ssl *ossl.SSL) {
	for w, err := ossl.WantAsync, error(nil); w == ossl.WantAsync && err == nil; {
		ssl.RefuseAsync()
		w, err = ssl.DoHandshake()
	}
}
