package ossl_test

import (
	"errors"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// What a key that is elsewhere costs the server, in CPU time of its thread for
// a handshake: with an ordinary key, with the same in a job, and with a signer
// that answers at once. The three take turns, so that a busy machine slows them
// all. go-sign is the part that is the signer's own work.
func BenchmarkSignerHandshake(b *testing.B) {
	async := func(c *ossl.Ctx) error {
		c.SetMode(ossl.ModeAsync)
		return nil
	}
	kinds := []struct {
		name string
		ctx  *ossl.Ctx
		used time.Duration
	}{
		{name: "ordinary", ctx: serverCtx(b, testdata.ECDSA)},
		{name: "async", ctx: serverCtx(b, testdata.ECDSA, async)},
		{name: "signer", ctx: newCtx(b, byElsewhere(b, testdata.ECDSA, goKey(b, testdata.ECDSA)))},
	}
	client := clientCtx(b, testdata.ECDSA)
	cfd, sfd := socketpair(b)
	var signing time.Duration
	n := 0
	_ = onThread(func() error {
		for b.Loop() {
			n++
			for i := range kinds {
				k := &kinds[i]
				c, err := client.NewSSL()
				must(b, err)
				s, err := k.ctx.NewSSL()
				must(b, err)
				must(b, errors.Join(c.SetFd(cfd), s.SetFd(sfd)))
				s.SetAcceptState()
				accept := asking(s, func() error {
					req, err := s.AskedKey()
					must(b, err)
					start := threadTime(b)
					data, err := req.Do(nil)
					must(b, err)
					signing += threadTime(b) - start
					return s.Answer(ossl.AskKey, ossl.Answer{Data: data})
				})
				must(b, errors.Join(lockstep(b, c.Connect, func() (ossl.Want, error) {
					start := threadTime(b)
					w, err := accept()
					k.used += threadTime(b) - start
					return w, err
				})...))
				c.Close()
				s.Close()
				drainFD(b, cfd)
			}
		}
		return nil
	})
	micros := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 / float64(n) }
	for _, k := range kinds {
		b.ReportMetric(micros(k.used), k.name+"-µs")
	}
	b.ReportMetric(micros(signing), "go-sign-µs")
	b.ReportMetric(float64(kinds[2].used)/float64(kinds[0].used), "ratio")
	b.ReportMetric(float64(kinds[2].used-signing)/float64(kinds[0].used), "ratio-without-go-sign")
}

// threadTime is the CPU time that this thread has used.
func threadTime(b *testing.B) time.Duration {
	var ts unix.Timespec
	must(b, unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts))
	return time.Duration(ts.Nano())
}
