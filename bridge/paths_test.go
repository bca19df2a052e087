package bridge

import (
	"context"
	"io"
	"testing"

	"golang.org/x/sys/unix"
)

// paths are the hot paths: what each run of op does is one operation of the
// benchmark of that name, and has its line in testdata/baseline.txt.
var paths = []struct {
	name    string
	prepare func(t testing.TB) (op func())
}{
	{"driver=loop/op=echo/size=64", func(t testing.TB) func() { return loopEcho(t, 64) }},
	{"driver=loop/op=echo/size=16384", func(t testing.TB) func() { return loopEcho(t, 16<<10) }},
	{"driver=loop/op=handshake", func(t testing.TB) func() { return loopHandshake(t, nil) }},
	{"driver=loop/op=handshake/hook=ClientHello", func(t testing.TB) func() { return loopHandshake(t, helloHook(false)) }},
	{"driver=loop/op=handshake/hook=ClientHello/inline", func(t testing.TB) func() { return loopHandshake(t, helloHook(true)) }},
	{"driver=loop/op=handshake/hook=Certificate", func(t testing.TB) func() { return loopHandshake(t, certHook()) }},
	{"driver=conn/op=echo/size=64", func(t testing.TB) func() { return connEcho(t, 64) }},
	{"driver=conn/op=echo/size=16384", func(t testing.TB) func() { return connEcho(t, 16<<10) }},
}

// BenchmarkPath is for benchstat: go test -bench Path -count 10 ./bridge.
func BenchmarkPath(b *testing.B) {
	for _, p := range paths {
		b.Run(p.name, func(b *testing.B) {
			op := p.prepare(b)
			b.ReportAllocs()
			for b.Loop() {
				op()
			}
		})
	}
}

// loopEcho sends bytes through a loop and back. The client's two crossings are
// its own.
func loopEcho(t testing.TB, size int) func() {
	l, client := steppedPair(t)
	buf := make([]byte, size)
	op := func() { echoRound(t, l, client, buf) }
	op()
	return op
}

func helloHook(inline bool) *Hooks {
	return &Hooks{Inline: inline, ClientHello: func(context.Context, *Handshake) (*HelloAnswer, error) { return nil, nil }}
}

func certHook() *Hooks {
	return &Hooks{Certificate: func(context.Context, *Handshake) (*KeyPair, error) { return nil, nil }}
}

// loopHandshake shakes hands in full and closes. The hooks have been quick for
// long, whatever the machine has made of the last one.
func loopHandshake(t testing.TB, hooks *Hooks) func() {
	p := newStepped(t)
	set := new(hookSet)
	if hooks != nil {
		must(t, hooks.Install(p.server))
		set = hooksOf(p.server)
	}
	return func() {
		for i := range set.paces {
			set.paces[i].quick.Store(trusted)
		}
		client := p.handshake(t)
		if _, _, err := client.Shutdown(); err != nil {
			t.Fatal(err)
		}
		for p.loop.streams > 0 {
			p.turn(t)
		}
		client.Close()
		unix.Close(p.fds[0])
		p.fds = p.fds[:0]
	}
}

// connEcho sends bytes from one Conn to another and back.
func connEcho(t testing.TB, size int) func() {
	c, s := ourPair(t, settings{})
	buf := make([]byte, size)
	trip := func(from, to *Conn) {
		if _, err := from.Write(buf); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(to, buf); err != nil {
			t.Fatal(err)
		}
	}
	op := func() { trip(c, s); trip(s, c) }
	for range 3 {
		op()
	}
	return op
}
