package peers

import (
	"strings"
	"testing"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/certs"
	"github.com/sslsock/sslsock/cmd/sslbench/internal/proc"
)

// installed gives a web server as Build does, or skips the test.
func installed(t *testing.T, w *web) Peer {
	t.Helper()
	program, err := w.find()
	if err != nil {
		t.Skip(err)
	}
	return Peer{Name: w.program, HTTP: true, web: w, program: program, out: t.TempDir()}
}

func startOptions(t *testing.T) Options {
	t.Helper()
	pair, err := certs.Make(t.TempDir(), certs.ECDSA)
	if err != nil {
		t.Fatal(err)
	}
	cpus, err := proc.Processors()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Pair: pair, Tickets: 1, HTTP: true, Processors: cpus}
}

func TestWebServersAnswer(t *testing.T) {
	for _, w := range []*web{nginx, haproxy} {
		for _, tickets := range []int{0, 1} {
			t.Run(w.program, func(t *testing.T) {
				p, o := installed(t, w), startOptions(t)
				o.Tickets = tickets
				s, err := p.Start(t.Context(), o) // which makes a request
				if err != nil {
					t.Fatal(err)
				}
				s.Stop()
				if err := probe(t.Context(), o.Pair, s.Port); err == nil {
					t.Error("it answers after its end")
				}
			})
		}
	}
}

func TestWebServerThatRefusesItsConfigurationSaysWhy(t *testing.T) {
	for _, w := range []*web{nginx, haproxy} {
		t.Run(w.program, func(t *testing.T) {
			p, o := installed(t, w), startOptions(t)
			bad := *w
			bad.configure = func(Options, string, int) string { return "nonsense;\n" }
			p.web = &bad
			s, err := p.Start(t.Context(), o)
			if err == nil {
				s.Stop()
				t.Fatal("it started")
			}
			if !strings.Contains(err.Error(), "nonsense") {
				t.Errorf("error %v does not say what is wrong", err)
			}
		})
	}
}

func TestWebServerThatIsNotInstalled(t *testing.T) {
	missing := &web{program: "no-such-program", debian: "some-package"}
	_, skipped, err := Build(t.Context(), "", t.TempDir(), []Peer{{Name: "missing", HTTP: true, web: missing}})
	if err != nil || len(skipped) != 1 || !strings.Contains(skipped[0].Reason, "apt-get install some-package") {
		t.Errorf("skipped %v, error %v", skipped, err)
	}
}
