package porting

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// guide names its files.
const guide = "../../docs/porting*.md"

// TestGuideGo type-checks every piece of Go that the guide shows.
func TestGuideGo(t *testing.T) {
	blocks := guideBlocks(t, "go")
	if len(blocks) < 20 {
		t.Fatalf("the guide shows %d pieces of Go", len(blocks))
	}
	for _, b := range blocks {
		top, body := "", "var buf []byte\nfunc() (_ error) {\n"+b+"\nreturn\n}()"
		if regexp.MustCompile(`(?m)^(func|type) `).MatchString(b) {
			top, body = b, ""
		}
		if err := checkFile(t, guideDeclarations+top, body); err != nil {
			t.Errorf("%v\n%s", err, b)
		}
	}
}

// guideDeclarations are what the pieces use beyond the examples' variables.
const guideDeclarations = `
var (
	ctx, ctxB, ctxWild *ossl.Ctx
	ssl *ossl.SSL
	session *ossl.Session
	count int
	p []byte
	tcp *net.TCPListener
	cfgB *bridge.Config
	oldFriend func(h *bridge.Handshake, der []byte) bool
)
`

// TestGuideC has the compiler look at every piece of C that the guide shows.
func TestGuideC(t *testing.T) {
	blocks := guideBlocks(t, "c")
	for i, b := range blocks {
		top, body := "", b
		if before, after, ok := strings.Cut(b, "/* in main */\n"); ok {
			top, body = before, after
		}
		src := fmt.Sprintf("%s\n%s\nint piece%d(int argc, char **argv)\n{\n%s\nreturn 0;\n}\n", guideC, top, i, body)
		cmd := exec.CommandContext(t.Context(), "cc", "-std=gnu11", "-fsyntax-only", "-Wno-deprecated-declarations", "-Wno-unused-value", "-x", "c", "-")
		cmd.Stdin = strings.NewReader(src)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s\n%s", err, out, b)
		}
	}
}

// guideC is what the pieces of C use.
const guideC = `
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
struct conn { SSL *ssl; int shaken; pthread_mutex_t mutex; };
extern SSL_CTX *ctx, *ctx_b;
extern SSL *ssl;
extern SSL_SESSION *session;
extern struct epoll_event events[64];
extern struct sigaction sa;
extern struct conn *c;
extern pthread_t t;
extern int fd, n, i, r, ep, ln, len, count, cores;
extern unsigned int sum_len;
extern size_t data_len;
extern unsigned char id[4], nonce[12], sum[64];
extern char buf[4096];
extern const unsigned char *p, *data;
void handle(struct conn *, char *, int), arm(struct conn *, int), drop(struct conn *), wait_for(int, int), die(void), warn(void);
int done(void), cut(void), run(int, SSL_CTX *);
SSL_CTX *look_up(SSL *);
int old_friend(SSL *, X509 *);
`

// guideBlocks are the fenced blocks of one language.
func guideBlocks(t *testing.T, language string) []string {
	t.Helper()
	var blocks []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(guideText(t), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

func guideText(t *testing.T) (all string) {
	t.Helper()
	files, err := filepath.Glob(guide)
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	return all
}

// TestGuideNames looks for symbols in the guide's text that do not exist.
func TestGuideNames(t *testing.T) {
	text := guideText(t)
	for _, m := range regexp.MustCompile("`\\(?\\*?(ossl|bridge)\\.(\\w+)\\)?(?:\\.(\\w+))?`").FindAllStringSubmatch(text, -1) {
		path := strings.TrimSuffix(m[1]+"."+m[2]+"."+m[3], ".")
		if _, ok := refs()[path]; !ok && m[3] != "FooBar" {
			t.Errorf("%s: there is no %s", m[0], path)
		}
	}
	for _, name := range regexp.MustCompile("`((?:SSL|ERR|EVP|X509|CRYPTO|OPENSSL)_\\w+[a-z0-9])`").FindAllStringSubmatch(text, -1) {
		if !Known(name[1]) && !strings.Contains(name[1], "foo_bar") {
			t.Errorf("there is no %s in OpenSSL", name[1])
		}
	}
}
