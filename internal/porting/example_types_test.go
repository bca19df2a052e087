package porting

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	gotoken "go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// declarations are the variables that examples use without declaring them.
const declarations = `
var (
	data, key, nonce, iv, salt, secret, aad, der, pemText, sum, sig, plain, sealed, a1, a2 []byte
	text, name, host, addr, file, dir string
	n, fd int
	ok bool
	err error
	anyValue any
	r io.Reader
	w io.Writer
	rw io.ReadWriter
	bw *bufio.Writer
	buf bytes.Buffer
	f *os.File
	nc net.Conn
	u *url.URL
	t time.Time
	once sync.Once
	rwMutex *sync.RWMutex
	counter atomic.Int64
	h hash.Hash
	block cipher.Block
	keystream cipher.Stream
	aead cipher.AEAD
	a, b, m *big.Int
	oid asn1.ObjectIdentifier
	pemBlock *pem.Block
	cert, issuer, template *x509.Certificate
	certs []*x509.Certificate
	pool *x509.CertPool
	crl *x509.RevocationList
	csr *x509.CertificateRequest
	signer crypto.Signer
	priv *rsa.PrivateKey
	pub *rsa.PublicKey
	dsaPub *dsa.PublicKey
	ec *ecdsa.PrivateKey
	ecPub *ecdsa.PublicKey
	ed ed25519.PrivateKey
	dh *ecdh.PrivateKey
	dhPub *ecdh.PublicKey
	kem *mlkem.DecapsulationKey768
	kemPub *mlkem.EncapsulationKey768
	c, other *ossl.Ctx
	s *ossl.SSL
	want ossl.Want
	xc *ossl.X509
	pk *ossl.PKey
	engine *ossl.Engine
	st *ossl.Store
	sess *ossl.Session
	cfg *bridge.Config
	conn *bridge.Conn
	loop *bridge.Loop
	stream *bridge.Stream
	handler bridge.Handler
)
`

// imports are the packages that examples use, by name.
var imports = map[string]string{}

func init() {
	for p := range strings.FieldsSeq(`bufio bytes context crypto crypto/aes crypto/cipher crypto/des crypto/dsa crypto/ecdh crypto/ecdsa
		crypto/ed25519 crypto/elliptic crypto/hkdf crypto/hmac crypto/hpke crypto/md5 crypto/mlkem crypto/pbkdf2 crypto/rand crypto/rc4
		crypto/rsa crypto/sha1 crypto/sha256 crypto/sha3 crypto/sha512 crypto/subtle crypto/x509 crypto/x509/pkix encoding
		encoding/asn1 encoding/base64 encoding/binary encoding/hex encoding/json encoding/pem errors fmt hash io log log/slog
		math/big net net/http net/netip net/url os os/exec os/signal runtime slices strings sync sync/atomic syscall time
		unicode/utf8 golang.org/x/sys/unix github.com/sslsock/sslsock/bridge github.com/sslsock/sslsock/ossl`) {
		imports[path.Base(p)] = p
	}
}

// exports finds the compiled packages, by the go command and its cache.
var exports = sync.OnceValues(func() (map[string]string, error) {
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}={{.Export}}"}, slices.Collect(maps.Values(imports))...)
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	files := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		p, file, _ := strings.Cut(strings.TrimSpace(line), "=")
		files[p] = file
	}
	return files, err
})

// check type-checks the body of a function that uses the declarations above,
// and returns what is wrong. That a variable is not used is not.
func check(t *testing.T, body string) error {
	t.Helper()
	return checkFile(t, "", body)
}

// checkFile is check with declarations beside the function.
func checkFile(t *testing.T, top, body string) error {
	t.Helper()
	files, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	src := "package example\n" + declarations + top + "\nfunc _() {\n" + body + "\n}\n"
	fset := gotoken.NewFileSet()
	// The imports have to come first: those that are named by a selector.
	parsed, err := parser.ParseFile(fset, "example.go", src, 0)
	if err != nil {
		return err
	}
	var head strings.Builder
	used := make(map[string]bool)
	ast.Inspect(parsed, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if id, ok := sel.X.(*ast.Ident); ok && imports[id.Name] != "" {
				used[id.Name] = true
			}
		}
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(used)) {
		fmt.Fprintf(&head, "import %q\n", imports[name])
	}
	src = "package example\n" + head.String() + strings.TrimPrefix(src, "package example\n")
	if parsed, err = parser.ParseFile(fset, "example.go", src, 0); err != nil {
		return err
	}
	var wrong []error
	conf := types.Config{
		Importer: importer.ForCompiler(fset, "gc", func(p string) (io.ReadCloser, error) {
			b, err := os.ReadFile(files[p])
			return io.NopCloser(bytes.NewReader(b)), err
		}),
		Error: func(err error) {
			if te := new(types.Error); !errors.As(err, te) || !te.Soft {
				wrong = append(wrong, err)
			}
		},
	}
	_, _ = conf.Check("example", fset, []*ast.File{parsed}, nil)
	return errors.Join(wrong...)
}

// TestExamplesCompile type-checks every one-line replacement.
func TestExamplesCompile(t *testing.T) {
	seen := make(map[string]bool)
	var body strings.Builder
	for _, r := range rules() {
		if r.example == "" || seen[r.example] {
			continue
		}
		seen[r.example] = true
		if strings.Contains(r.example, "\n") {
			t.Errorf("not one line: %s", r.example)
		}
		fmt.Fprintf(&body, "{ /* %.40s */ %s }\n", strings.ReplaceAll(r.patterns, "*/", "* /"), r.example)
	}
	if len(seen) < 200 {
		t.Errorf("only %d examples", len(seen))
	}
	if err := check(t, body.String()); err != nil {
		t.Error(err)
	}
}

// TestExampleCheckIsOne shows that the check can fail.
func TestExampleCheckIsOne(t *testing.T) {
	for _, bad := range []string{`a.NoSuchMethod()`, `n = "text"`, `nosuch.F()`, `n = `} {
		if check(t, bad) == nil {
			t.Errorf("%s passes", bad)
		}
	}
}

// TestPackagesExist has every package that an answer names imported, or be a
// module with a dot in its name.
func TestPackagesExist(t *testing.T) {
	all := rules()
	for _, r := range families {
		all = append(all, r)
	}
	for _, r := range all {
		if r.verdict == Standard && r.pkg != "" && imports[path.Base(r.pkg)] != r.pkg && !strings.Contains(r.pkg, ".") {
			t.Errorf("%s: %s", r.patterns, r.pkg)
		}
	}
}
