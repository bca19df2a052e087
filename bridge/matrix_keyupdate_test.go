package bridge

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// TestMatrixKeyUpdate has s_client change its keys while a record of ours is
// half sent, because s_client cannot get rid of what it has read. libssl answers
// by a KeyUpdate of ours, which has to wait until the record is out.
//
// It is asked for one only. libssl fails ("bad length") where it owes that
// answer, the record still is half sent, and the next message of this kind comes.
func TestMatrixKeyUpdate(t *testing.T) {
	p := params{chain: testdata.ECDSA, version: ossl.TLS1_3Version}
	for _, server := range pushers {
		for _, tt := range []struct {
			name, letter   string
			times, answers int
		}{{"requested", "K", 1, 1}, {"unrequested", "k", 3, 0}} {
			t.Run(server.name+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				data := make([]byte, 1<<20)
				_, err := rand.Read(data)
				must(t, err)
				want := sha256.Sum256(data)
				to := server.push(t, p, data)
				messages := filepath.Join(t.TempDir(), "messages")
				client := startOpenSSL(t, append(clientArgs("unix:"+to.path, p), "-msg", "-msgfile", messages)...)
				stall(t, client, to)
				updateKeys(t, client, to, tt.letter, tt.times)

				got := sha256.New()
				n, err := io.Copy(got, client.out)
				must(t, err)
				if n != int64(len(data)) || [sha256.Size]byte(got.Sum(nil)) != want {
					t.Errorf("%d bytes arrived, not the %d that were sent, or not the same", n, len(data))
				}
				if code, _ := client.wait(); code != 0 {
					t.Errorf("s_client: exit code %d", code)
				}
				is(t, "end of the server", soon(t, "end of the server", to.ended), io.EOF)
				checkUpdates(t, messages, tt.times, tt.answers)
			})
		}
	}
}

// stall waits until s_client has filled its standard output, and until the
// server then cannot write any more. Nothing announces the first.
func stall(t *testing.T, client *process, to *push) {
	t.Helper()
	client.until("CONNECTION ESTABLISHED")
	for start := time.Now(); !full(t, client.out); time.Sleep(time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatal("s_client still reads")
		}
	}
	for {
		client.tell("a line\n")
		if to.next(t).writing {
			return
		}
	}
}

// full says whether the last page of a pipe is in use: select(2) then does not
// call it writable any more.
func full(t *testing.T, r *os.File) (is bool) {
	t.Helper()
	raw, err := r.SyscallConn()
	must(t, err)
	must(t, raw.Control(func(fd uintptr) {
		size, err := unix.FcntlInt(fd, unix.F_GETPIPE_SZ, 0)
		must(t, err)
		n, err := unix.IoctlGetInt(int(fd), unix.TIOCINQ)
		must(t, err)
		is = n > size-os.Getpagesize()
	}))
	return is
}

// updateKeys asks for updates. What s_client says after each arrives under the
// new key; the server's having read it is the sign that it has read the update.
func updateKeys(t *testing.T, client *process, to *push, letter string, times int) {
	t.Helper()
	for n := range times {
		client.tell(letter + "\n")
		client.until("KEYUPDATE")
		text := fmt.Sprintf("after update %d\n", n+1)
		client.tell(text)
		if h := to.next(t); h != (heard{text, true}) {
			t.Fatalf("got %+v, not %q while writing", h, text)
		}
	}
}

// checkUpdates reads what s_client has seen of the protocol.
func checkUpdates(t *testing.T, file string, sent, answers int) {
	t.Helper()
	messages, err := os.ReadFile(file)
	must(t, err)
	var out, in int
	for line := range strings.Lines(string(messages)) {
		switch {
		case !strings.Contains(line, "KeyUpdate"):
		case strings.HasPrefix(line, ">>>"):
			out++
		default:
			in++
		}
	}
	if out != sent || in != answers {
		t.Errorf("s_client sent %d updates, not %d, and got %d, not %d", out, sent, in, answers)
	}
}
