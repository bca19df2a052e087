package porting

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/internal/porting/capi"
)

// TestEveryCorpusSymbolHasAnAnswer is the promise of the table.
func TestEveryCorpusSymbolHasAnAnswer(t *testing.T) {
	callables, libssl := 0, 0
	for _, u := range Corpus() {
		a := Lookup(u.Symbol)
		if a.Verdict == Unknown {
			t.Errorf("%s (%s) has no answer", u.Symbol, u.Header)
		}
		if a.Verdict == Unavailable && a.Note == "" {
			t.Errorf("%s is not available, and nothing says why", u.Symbol)
		}
		if a.Verdict == Standard && a.Package == "" && a.Example == "" && a.Note == "" {
			t.Errorf("%s: the standard library, but where?", u.Symbol)
		}
		if u.Callable() {
			callables++
			if u.Header == "ssl.h" || u.Header == "tls1.h" {
				libssl++
			}
		}
	}
	if callables != 1478 || libssl != 379 {
		t.Errorf("%d callables, %d of libssl; the corpus has 1478 and 379", callables, libssl)
	}
}

// TestCallablesAreAnsweredByRule wants a rule for whatever is called: the
// header alone says too little.
func TestCallablesAreAnsweredByRule(t *testing.T) {
	for _, u := range Corpus() {
		if !u.Callable() || u.Header == "ssl.h" || u.Header == "tls1.h" {
			continue
		}
		s, _ := capi.Lookup(u.Symbol)
		_, byName := ruleFor(u.Symbol)
		_, byAlias := ruleFor(s.Alias)
		refs, _ := boundTo(s, u.Symbol)
		if !byName && !byAlias && len(refs) == 0 {
			t.Errorf("%s (%s) is answered by its header only", u.Symbol, u.Header)
		}
	}
}

// TestEverythingDeclaredHasAnAnswer goes through all that the headers have.
func TestEverythingDeclaredHasAnAnswer(t *testing.T) {
	for _, s := range capi.All() {
		if Lookup(s.Name).Verdict == Unknown {
			t.Errorf("%s of %s has no answer", s.Name, s.Header)
		}
	}
}

// TestRulesNameWhatExists looks for Go symbols that ossl and bridge lost, for
// patterns that match nothing, and for names that two rules answer.
func TestRulesNameWhatExists(t *testing.T) {
	answered := make(map[string]bool)
	for _, r := range rules() {
		for _, path := range r.refs {
			if _, ok := refs()[path]; !ok {
				t.Errorf("%s: there is no %s; if it was renamed, change the rule", r.patterns, path)
			}
		}
		for p := range strings.FieldsSeq(r.patterns) {
			if !strings.Contains(p, "*") {
				if answered[p] {
					t.Errorf("two rules answer %s", p)
				}
				answered[p] = true
			}
		}
	}
	for header, r := range families {
		for _, path := range r.refs {
			if _, ok := refs()[path]; !ok {
				t.Errorf("%s: there is no %s", header, path)
			}
		}
		if !slices.ContainsFunc(capi.All(), func(s capi.Symbol) bool { return s.Header == header }) && header != "opensslconf.h" && header != "asn1_mac.h" {
			t.Logf("%s declares nothing of its own", header)
		}
	}
	for c, to := range sameAs {
		if _, ok := capi.Lookup(c); !ok {
			t.Errorf("%s is no name of OpenSSL's", c)
		}
		if _, ok := capi.Lookup(to); !ok {
			t.Errorf("%s is no name of OpenSSL's", to)
		}
	}
	for c := range notes {
		if a := Lookup(c); a.Verdict != Bound {
			t.Errorf("the note on %s is never seen: it is %s", c, a.Verdict)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, tt := range []struct {
		symbol  string
		verdict Verdict
		words   string // in the Go symbol, the package or the note
	}{
		{"SSL_CTX_new", Bound, "ossl.NewCtx(m Method) (*Ctx, error)"},
		{"SSL_set_fd", Bound, "(*ossl.SSL).SetFd(fd int) error"},
		{"SSL_read", Bound, "(*ossl.SSL).Read("},
		{"SSL_get_peer_certificate", Bound, "Get1PeerCertificate"},
		{"SSLv23_method", Bound, "Method() Method"},
		{"SSLv3_method", Bound, "TLSMethod"},
		{"SSL_get_error", Bound, "ossl.Want"},
		{"SSL_ERROR_WANT_READ", Bound, "ossl.WantRead"},
		{"SSL_OP_NO_TICKET", Bound, "ossl.OpNoTicket"},
		{"SSL_R_NO_SHARED_CIPHER", Bound, "ossl.ReasonNoSharedCipher"},
		{"SSL_R_BAD_ECPOINT", Bound, "ossl.MakeReason"},
		{"X509_V_ERR_CERT_HAS_EXPIRED", Bound, "ossl.VerifyCertHasExpired"},
		{"SSL_library_init", Delete, "themselves"},
		{"OPENSSL_init_crypto", Delete, "themselves"},
		{"CRYPTO_set_locking_callback", Delete, "mutexes"},
		{"OPENSSL_free", Delete, "garbage collector"},
		{"ERR_clear_error", Delete, "queue"},
		{"EVP_DigestUpdate", Standard, "hash"},
		{"RAND_seed", Delete, "kernel"},
		{"ASN1_TIME_to_tm", Standard, "time.Time"},
		{"BN_mod_exp", Standard, "a.Exp(a, b, m)"},
		{"sk_ASN1_OBJECT_num", Standard, "len(certs)"},
		{"NID_secp160r2", Standard, "ObjectIdentifier"},
		{"CMAC_Init", Unavailable, "RFC 4493"},
		{"CMS_sign", Standard, "pkcs7"},
		{"OPENSSL_NO_EC", Delete, "preprocessor"},
		{"SSL_CTX", Bound, "ossl.Ctx"},
		{"SSL_no_such_thing", Unknown, ""},
		{"main", Unknown, ""},
		{"", Unknown, ""},
	} {
		a := Lookup(tt.symbol)
		text := a.Package + " " + a.Example + " " + a.Note
		for _, r := range a.Go {
			text += " " + r.String()
		}
		if a.Verdict != tt.verdict || !strings.Contains(text, tt.words) {
			t.Errorf("%s: %s, want %s with %q\n%s", tt.symbol, a.Verdict, tt.verdict, tt.words, text)
		}
	}
}

func TestGlobs(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"a*c", "abc", true}, {"a*c", "ac", true}, {"a*c", "a", false}, {"a*a", "a", false}, {"*_R_*", "SSL_R_X", true},
		{"*_R_*", "SSL_X", false}, {"sk_*_num", "sk_X509_num", true}, {"sk_*_num", "sk_num", false}, {"a*b*c", "aXbYc", true}, {"a*b*c", "aXcYb", false},
	} {
		parts := strings.Split(tt.pattern, "*")
		g := glob{parts: parts, weight: len(tt.pattern) - len(parts) + 1}
		if got := g.matches(tt.name); got != tt.want {
			t.Errorf("%s, %s: %v", tt.pattern, tt.name, got)
		}
	}
}

var goName = regexp.MustCompile(`\(\*(ossl|bridge)\.(\w+)\)\.(\w+)|\b(ossl|bridge)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)

// TestTextsNameWhatExists looks at the Go names in notes and advice.
func TestTextsNameWhatExists(t *testing.T) {
	var texts []string
	for _, r := range rules() {
		texts = append(texts, r.note)
	}
	for _, r := range families {
		texts = append(texts, r.note)
	}
	for _, n := range notes {
		texts = append(texts, n)
	}
	for _, p := range patterns {
		texts = append(texts, p.advice)
	}
	checked := 0
	for _, text := range texts {
		for _, m := range goName.FindAllStringSubmatch(text, -1) {
			path := strings.Trim(m[1]+m[4]+"."+m[2]+m[5]+"."+m[3]+m[6], ".")
			checked++
			if _, ok := refs()[path]; !ok && !strings.Contains(path, "FooBar") {
				t.Errorf("there is no %s: %s", path, text)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d names", checked)
	}
}
