package porting

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestPatterns has for each pattern a source that has it, and one that does
// not.
func TestPatterns(t *testing.T) {
	const include = "#include <openssl/ssl.h>\n"
	for _, tt := range []struct{ name, src, want string }{
		{"epoll", "void f(void) {\nfor (;;) {\nepoll_wait(e, v, 1, -1);\nif (SSL_get_error(s, n) == SSL_ERROR_WANT_READ) g(); } }", "event-loop:3"},
		{"poll in one function, the verdict in another", "int v(SSL *s) { ERR_clear_error(); return SSL_get_error(s, 0); }\nvoid f(void) { while (on) poll(p, 1, -1); }", "event-loop:2"},
		{"a wait for one", "int v(SSL *s) { ERR_clear_error(); return SSL_get_error(s, 0); }\nint ready(int fd) {\nreturn poll(p, 1, -1); }", "wait-for-one:3"},
		{"the loop is libevent's", "int v(SSL *s) { return SSL_want_read(s); }\nvoid f(void) {\nevent_new(b, 1);\nevent_add(e, 0); }", "event-loop:3"},
		{"kqueue, told and asked", "int v(SSL *s) { return SSL_want_read(s); }\nvoid f(void) { kevent(q, c, 1, 0, 0, 0); }\nvoid g(void) {\nkevent(q, 0, 0, e, 9, 0); }", "event-loop:4"},
		{"poll without TLS", "void f(void) { poll(p, 1, -1); }", ""},

		{"pthread", "void *f(void *s) { return SSL_accept(s) > 0 ? 0 : s; }\nvoid g(void) {\npthread_create(&t, 0, f, s); }", "thread-per-connection:3"},
		{"std::thread", "void f(SSL *s) { SSL_accept(s); }\nvoid g() {\nstd::thread t(f, s); }", "thread-per-connection:3"},
		{"a thread where macros hide the function", "BEGINrun\nif (x) {\nSSL_accept(s);\npthread_create(&t, 0, f, s);\n}\nENDrun", "thread-per-connection:4"},
		{"a variable called thread", "void f(SSL *s) { int thread = SSL_accept(s); }", ""},
		{"a thread without TLS", "void g(void) { pthread_create(&t, 0, f, 0); SSL_CTX_new(m); }", ""},

		{"locking", "void f(void) { CRYPTO_set_locking_callback(0); }", "locking-callback:1"},
		{"locking mentioned", "void f(void) { g(CRYPTO_set_locking_callback); }", ""},

		{"a callback", "void f(void) {\nSSL_CTX_set_info_callback(c, g); }", "callback:2"},
		{"a callback that verifies", "void f(void) {\nSSL_CTX_set_verify(c, SSL_VERIFY_PEER | g(1, 2),\n(verify_cb *)verify); }", "callback:2"},
		{"verification without a callback", "void f(void) { SSL_CTX_set_verify(c, SSL_VERIFY_PEER, NULL); SSL_set_verify(s, SSL_VERIFY_PEER, 0); }", ""},
		{"a store's callback", "void f(void) {\nX509_STORE_set_verify_cb(st, verify); }", "callback:2"},
		{"a callback of nobody's", "void f(void) { SSL_set_sni_callback(s, g); }", ""},
		{"a callback's getter", "void f(void) { SSL_CTX_get_info_callback(c); }", ""},

		{"sleep", "void f(void) { ERR_clear_error(); SSL_read(s, b, 1);\nif (SSL_get_error(s, 0) == SSL_ERROR_WANT_READ)\nusleep(1); }", "sleep-on-want:3"},
		{"sleep elsewhere", "int v(SSL *s) { ERR_clear_error(); return SSL_get_error(s, 0); }\nvoid f(void) { sleep(1); }", ""},

		{"no ERR_clear_error", "void f(void) { int n = SSL_read(s, b, 1);\nn = SSL_get_error(s, n); }", "stale-errors:2"},
		{"ERR_clear_error", "void f(void) { ERR_clear_error(); int n = SSL_read(s, b, 1);\nn = SSL_get_error(s, n); }", ""},
		{"a clearing function of its own", "void f(void) { ngx_ssl_clear_error(l); int n = SSL_read(s, b, 1);\nn = SSL_get_error(s, n); }", ""},

		{"a read that asks nobody", "int f(SSL *s) {\nreturn SSL_read(s, b, 1) <= 0; }", "wants-ignored:2"},

		{"one shutdown", "void f(SSL *s) {\nSSL_shutdown(s); SSL_free(s); }", "half-shutdown:2"},
		{"two shutdowns", "void f(SSL *s) { if (SSL_shutdown(s) == 0) SSL_shutdown(s); }", ""},
		{"a shutdown in a wrapper", "int mySSL_shutdown(SSL *s) { return SSL_shutdown(s); }\nvoid f(SSL *s) { while (mySSL_shutdown(s) == 0) g(s); }", ""},
		{"a shutdown by a wrapper", "#define sycSSL_shutdown(s) SSL_shutdown(s)\nvoid f(SSL *s) {\nsycSSL_shutdown(s); SSL_free(s); }", "half-shutdown:3"},
		{"a shutdown in old C", "int f(s, cb)\nSSL *s;\nvoid (*cb)();\n{\ncb();\nreturn SSL_shutdown(s);\n}", "half-shutdown:6"},
		{"a loop of shutdowns", "void f(SSL *s) { while (SSL_shutdown(s) == 0) g(s); }", ""},

		{"fork", "void f(void) { c = SSL_CTX_new(m);\nif (fork() == 0) g(c); }", "fork:2"},
		{"fork without TLS", "void f(void) { fork(); }", ""},

		{"SIGPIPE", "void f(SSL *s) {\nsignal(SIGPIPE, SIG_IGN); SSL_accept(s); }", "sigpipe:2"},
		{"SIGPIPE without TLS", "void f(void) { signal(SIGPIPE, SIG_IGN); }", ""},

		{"an old method", "void f(void) {\nc = SSL_CTX_new(TLSv1_2_client_method()); }", "fixed-version:2"},

		{"verify none", "void f(void) {\nSSL_CTX_set_verify(c,\nSSL_VERIFY_NONE, 0); }", "no-verification:3"},
		{"a client that never says verify", "void f(void) { c = SSL_CTX_new(m); }\nvoid g(SSL *s) { SSL_connect(s); }", "no-verification:2"},
		{"a client that does", "void f(void) { c = SSL_CTX_new(m); SSL_CTX_set_verify(c, SSL_VERIFY_PEER, 0); }\nvoid g(SSL *s) { SSL_connect(s); }", ""},

		{"a name by hand", "void f(X509_NAME *x) {\nX509_NAME_get_text_by_NID(x, NID_commonName, b, 9); strcmp(b, h); }", "name-by-hand:2"},
		{"a name that is printed", "void f(X509_NAME *x) { X509_NAME_get_text_by_NID(x, NID_commonName, b, 9); puts(b); }", ""},

		{"ex data", "void f(SSL *s) {\nSSL_set_ex_data(s, 0, p); }", "ex-data:2"},
		{"memory BIOs", "void f(SSL *s) {\nSSL_set_bio(s, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem())); }", "bio:2"},
		{"a memory BIO for a certificate", "void f(void) { BIO *b = BIO_new(BIO_s_mem()); }", ""},

		{"a context for each connection", "void f(int fd) {\nc = SSL_CTX_new(m); s = SSL_new(c); SSL_set_fd(s, fd); }", "context-per-connection:2"},
		{"a context in main", "int main(void) { c = SSL_CTX_new(m); s = SSL_new(c); SSL_set_fd(s, 0); }", ""},

		{"renegotiation", "void f(SSL *s) {\nSSL_renegotiate(s); }", "renegotiation:2"},
	} {
		var got []string
		for _, f := range find([]*source{readSource("a.c", []byte(include+tt.src))}) {
			if f.Title == "" || f.Advice == "" {
				t.Errorf("%s: %+v says nothing", tt.name, f)
			}
			got = append(got, fmt.Sprintf("%s:%d", f.Pattern, f.Line-1))
		}
		id, _, _ := strings.Cut(tt.want, ":")
		switch {
		case tt.want == "" && len(got) > 0, tt.want != "" && !slices.Contains(got, tt.want):
			t.Errorf("%s: %v, want %q", tt.name, got, tt.want)
		case tt.want != "" && !slices.ContainsFunc(patterns, func(p pattern) bool { return p.id == id }):
			t.Errorf("there is no pattern %s", id)
		}
	}
}

// TestLoopInAnotherFile has the loop in one file and TLS in the other, as
// servers do that keep the two apart.
func TestLoopInAnotherFile(t *testing.T) {
	tls := readSource("tls.c", []byte("int f(SSL *s) { ERR_clear_error(); SSL_read(s, b, 1); return SSL_get_error(s, 0); }"))
	loop := readSource("loop.c", []byte("void f(void) { for (;;) epoll_wait(e, v, 1, -1); }"))
	if got := find([]*source{tls, loop}); len(got) != 1 || got[0].File != "loop.c" {
		t.Errorf("%+v", got)
	}
	if got := find([]*source{loop}); len(got) != 0 {
		t.Errorf("an epoll loop without TLS: %+v", got)
	}
}
