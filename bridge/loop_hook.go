package bridge

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
)

// asking is what a stream with hooks has besides. While busy, the loop leaves
// its SSL alone.
type asking struct {
	*asker
	begun    bool // the first step has been taken, or what comes before it asked
	out      bool // a task is
	task     task
	ctx      *hookContext // the task's; nil with Hooks.Inline
	first    hookContext  // of the first task, so that most handshakes allocate none
	before   bool         // there has been a task
	pace     *pace        // of the hook that the task asks
	worker   *worker
	stepping bool // the worker has the SSL
	paused   bool // a job is, on the worker
	reported bool
	since    int64 // loop time of a question after the handshake
}

func (a *asking) busy() bool { return a != nil && (a.out || a.stepping) }

// interest is what epoll should watch for while busy.
func (a *asking) interest() uint32 {
	switch {
	case a.stepping:
		return 0 // what happens on the socket is for the worker to find
	case a.task.early():
		return unix.EPOLLRDHUP
	default:
		return unix.EPOLLPRI // never comes, but errors and hang-ups do with it
	}
}

// hook gives the stream its hooks, if the Ctx has any.
func (s *Stream) hook(set *hookSet, insecure bool) {
	if set != nil {
		both := new(struct {
			asking asking
			asker  asker
		})
		s.ask = &both.asking
		s.ask.asker = &both.asker
		s.ask.init(set, s.server, s.LocalAddr(), s.RemoteAddr())
		s.ask.insecure = set.insecure || insecure
		s.ask.dtls = s.dtls
	}
}

// handshakes takes a step of a handshake that has hooks, unless that is for the
// round's batch to do.
func (s *Stream) handshakes() bool {
	a := s.ask
	if a == nil {
		return false
	}
	if !a.begun {
		a.begun = true
		if t, ok := a.ahead(); ok {
			s.put(t)
			return true
		}
	}
	if !a.jobs {
		return false
	}
	s.stepAside()
	return true
}

// stepAside has the worker take the step.
func (s *Stream) stepAside() {
	a, ssl := s.ask, s.ssl
	if a.worker == nil {
		a.worker = chooseWorker()
		ssl.SetMode(ossl.ModeAsync)
	}
	a.stepping = true
	s.rearm()
	fd, early := s.fd, s.early
	if !early.due() {
		early = nil
	} else if early.buf == nil {
		early.buf = make([]byte, maxRecord)
	}
	a.worker.do(func() {
		var op ossl.Op
		if early != nil {
			early.step(ssl, early.buf)
			op.Want = early.want
		} else {
			op.Want, op.Err = ssl.DoHandshake()
		}
		if s.loop.Post(func() { s.steppedAside(&op, early != nil) }) != nil {
			abandon(ssl)
			ssl.Close()
			unix.Close(fd)
		}
	})
}

func (s *Stream) steppedAside(op *ossl.Op, early bool) {
	a := s.ask
	a.stepping = false
	a.paused = op.Want == ossl.WantAsync
	if s.state == stateClosed {
		s.letGo()
		return
	}
	if early {
		s.steppedEarly()
		return
	}
	if op.Want == ossl.WantNothing && op.Err == nil {
		s.ssl.ClearMode(ossl.ModeAsync)
		op.Pending = s.ssl.HasPending()
	}
	s.stepped(op)
}

// asked says whether w is a question, and has it asked.
func (s *Stream) asked(w ossl.Want) bool {
	switch w {
	case ossl.WantClientHello, ossl.WantX509Lookup, ossl.WantRetryVerify, ossl.WantAsync:
	default:
		return false
	}
	if s.ask == nil {
		return false
	}
	t, err := s.ask.question(s.ssl, w)
	if err != nil {
		s.fail(s.opError("handshake", err))
		return true
	}
	s.put(t)
	return true
}

// put has the hook asked: by the loop's goroutine at the end of the round if it
// never waits or has been quick so far, else by one of its own.
func (s *Stream) put(t task) {
	a, l := s.ask, s.loop
	a.out, a.task, a.since = true, t, l.now
	if a.set.Inline {
		l.here = append(l.here, s)
		return
	}
	a.pace = a.set.paceOf(t.q)
	a.ctx = &a.first
	if a.before { // the first one has ended, and may have been kept
		a.ctx = new(hookContext)
	}
	a.before = true
	if at := s.deadline(); at != 0 {
		a.ctx.at = l.begin.Add(time.Duration(at))
	}
	if a.pace.proved() {
		l.here = append(l.here, s)
		return
	}
	s.callElsewhere()
}

// letAnswer lets the hooks of this round run. Most answer at once, and the next
// round has it already; only for the others epoll has to be told. It says whether
// the loop is still this goroutine's.
func (l *Loop) letAnswer() bool {
	if !l.callHere() {
		return false
	}
	if len(l.asked) == 0 {
		return true
	}
	runtime.Gosched()
	l.runPosted()
	for i, s := range l.asked {
		l.asked[i] = nil
		if s.state != stateClosed {
			s.rearm()
		}
	}
	l.asked = l.asked[:0]
	l.bury()
	return true
}

// answered takes what a hook decided, unless that is too late.
func (s *Stream) answered(a *asking, t task, answer apply, err error) {
	a.out = false
	a.ctx.end()
	if s.state == stateClosed {
		return
	}
	if err := a.settle(s.ssl, t, answer, err); err != nil {
		s.fail(s.opError("handshake", err))
		return
	}
	s.readAgain()
	s.writeAgain()
	s.rearm()
}

// told hands on what libssl has told during an operation, and what the operation
// means for sessions that the store has. A panic of the hooks is the end.
func (s *Stream) told(err error) {
	a := s.ask
	if a == nil {
		return
	}
	if failed := a.events(s.ssl); failed != nil {
		s.failed = true
		s.fail(s.opError("handshake", failed))
	}
	if err != nil {
		a.forget(s.ssl, err)
	}
}

// because is err, of an operation after the handshake, or its reason where a hook
// is that.
func (s *Stream) because(err error) error {
	if s.ask != nil {
		return because(s.ask.asker, s.ssl, err)
	}
	return because(nil, s.ssl, err)
}

// handshakeEnded reports to the hooks, and forgets them if it can.
func (s *Stream) handshakeEnded(err error) {
	a := s.ask
	if a == nil || a.reported {
		return
	}
	a.reported = true
	var needed bool
	var failed error
	if a.stepping || a.paused {
		failed = a.report(ossl.ConnectionState{}, err)
	} else {
		needed, failed = a.finished(s.ssl, err)
	}
	switch {
	case failed != nil:
		s.fail(s.opError("handshake", failed)) // unless that is why we are here
	case !needed && err == nil:
		s.ask = nil
	}
}

// letGo gives the SSL and the socket back once nobody else has them, and says
// whether that was now.
func (s *Stream) letGo() bool {
	a := s.ask
	if a != nil {
		a.ctx.end()
	}
	if a != nil && a.stepping {
		return false // steppedAside comes back to it
	}
	ssl, fd := s.ssl, s.fd
	if a != nil && a.paused {
		a.worker.do(func() {
			abandon(ssl)
			ssl.Close()
			unix.Close(fd)
		})
		return false
	}
	if ssl != nil {
		ssl.Close()
	}
	if fd >= 0 {
		unix.Close(fd)
	}
	return true
}
