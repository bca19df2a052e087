package bridge

import (
	"context"
	"sync"
	"syscall"
	"testing"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// cpu is what this process has used, in microseconds.
func cpu(t testing.TB) float64 {
	t.Helper()
	var u syscall.Rusage
	must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
}

// BenchmarkHookHandshake is the CPU of both sides for a full handshake of TLS
// 1.3 between two loops, with hooks that answer at once. What a hook costs is
// the difference to none: compare medians of many counts.
func BenchmarkHookHandshake(b *testing.B) {
	at := func(context.Context, *Handshake) (*HelloAnswer, error) { return nil, nil }
	for _, c := range []struct {
		name  string
		hooks *Hooks
	}{
		{"none", nil},
		{"ClientHello", &Hooks{ClientHello: at}},
		{"ClientHello inline", &Hooks{ClientHello: at, Inline: true}},
		{"Certificate", &Hooks{Certificate: func(context.Context, *Handshake) (*KeyPair, error) { return nil, nil }}},
		{"job", &Hooks{PSK: func(context.Context, *Handshake, []byte) (*PSK, error) { return nil, nil }}},
	} {
		b.Run(c.name, func(b *testing.B) {
			cfg := &Config{
				Certificates: []Certificate{{CertFile: testdata.Path(testdata.ECDSA.Cert), KeyFile: testdata.Path(testdata.ECDSA.Key)}},
				Hooks:        c.hooks,
			}
			server, err := cfg.NewServerCtx()
			must(b, err)
			defer server.Close()
			sl, cl := startLoop(b, nil), startLoop(b, nil)
			ln, err := sl.Listen("tcp", "127.0.0.1:0", server, func(*Stream) Handler { return new(echo) })
			must(b, err)
			client := clientCtx(b, testdata.ECDSA)
			b.ReportAllocs()
			before := cpu(b)
			b.ResetTimer()
			dialAll(b, cl, ln.Addr().String(), client, b.N)
			b.StopTimer()
			b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-µs/op")
		})
	}
}

// dialAll makes n handshakes, a few at a time.
func dialAll(b *testing.B, l *Loop, addr string, ctx *ossl.Ctx, n int) {
	b.Helper()
	const atOnce = 16
	room := make(chan struct{}, atOnce)
	for range n {
		room <- struct{}{}
		var one sync.WaitGroup
		one.Add(1)
		must(b, l.Dial("tcp", addr, ctx, &ClientOptions{ServerName: "localhost"}, &countdown{t: b, done: &one}))
		go func() { one.Wait(); <-room }()
	}
	for range atOnce {
		room <- struct{}{}
	}
}
