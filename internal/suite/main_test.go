package suite

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/sslsock/sslsock/ossl"
)

// TestMain fails the package if a goroutine or an object of OpenSSL outlives its
// tests. The machine's openssl.cnf may narrow what the tests expect.
func TestMain(m *testing.M) {
	_ = os.Setenv("OPENSSL_CONF", os.DevNull)
	code := m.Run()
	if err := goleak.Find(); err != nil {
		fmt.Println("FAIL:", err)
		code = 1
	}
	if live := ossl.Live(); live != (ossl.Counts{}) {
		fmt.Printf("FAIL: objects still open: %+v\n", live)
		code = 1
	}
	os.Exit(code)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
