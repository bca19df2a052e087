package http1_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/cmd/sslsock/internal/http1"
)

// feed parses text in pieces of n bytes and lists what came out.
func feed(text string, n int) (got []string, err error) {
	p := http1.Parser{
		Request: func(r *http.Request) {
			got = append(got, fmt.Sprintf("%s %s close=%v", r.Method, r.RequestURI, r.Close))
		},
		Continue: func() { got = append(got, "continue") },
	}
	for len(text) > 0 && err == nil {
		k := min(n, len(text))
		err = p.Feed([]byte(text[:k]))
		text = text[k:]
	}
	return got, err
}

func TestParser(t *testing.T) {
	const host = "Host: x\r\n"
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"one", "GET / HTTP/1.1\r\n" + host + "\r\n", []string{"GET / close=false"}},
		{"bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", []string{"GET / close=false"}},
		{"empty lines before", "\r\n\r\nGET / HTTP/1.1\r\n" + host + "\r\n", []string{"GET / close=false"}},
		{"1.0 closes", "GET / HTTP/1.0\r\n\r\n", []string{"GET / close=true"}},
		{"asked to close", "GET / HTTP/1.1\r\nConnection: close\r\n" + host + "\r\n", []string{"GET / close=true"}},
		{
			"pipelined", "GET /1 HTTP/1.1\r\n" + host + "\r\nHEAD /2 HTTP/1.1\r\n" + host + "\r\nGET /3 HTTP/1.1\r\n" + host + "\r\n",
			[]string{"GET /1 close=false", "HEAD /2 close=false", "GET /3 close=false"},
		},
		{
			"body that looks like a request", "POST /1 HTTP/1.1\r\nContent-Length: 18\r\n" + host + "\r\nGET /no HTTP/1.1\r\nGET /2 HTTP/1.1\r\n" + host + "\r\n",
			[]string{"POST /1 close=false", "GET /2 close=false"},
		},
		{
			"chunks", "PUT /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + host + "\r\n5;a=b\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\nGET /2 HTTP/1.1\r\n" + host + "\r\n",
			[]string{"PUT /1 close=false", "GET /2 close=false"},
		},
		{
			"expectation", "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + host + "\r\nabc",
			[]string{"continue", "POST / close=false"},
		},
	} {
		for _, n := range []int{1, 2, 7, len(tt.text)} {
			got, err := feed(tt.text, n)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%s, %d bytes at a time: %q, %v; want %q", tt.name, n, got, err, tt.want)
			}
		}
	}
}

func TestParserRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		code       int
	}{
		{"large head", "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", http1.MaxHead), http.StatusRequestHeaderFieldsTooLarge},
		{"large complete head", "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", http1.MaxHead) + "\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		{"nonsense", "nonsense\r\n\r\n", http.StatusBadRequest},
		{"no host", "GET / HTTP/1.1\r\n\r\n", http.StatusBadRequest},
		{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http.StatusHTTPVersionNotSupported},
		{"bad chunk", "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", http.StatusBadRequest},
		{"negative chunk", "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", http.StatusBadRequest},
		{"overlong chunk", "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n", http.StatusBadRequest},
		{"endless size line", "PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("0", 5000), http.StatusBadRequest},
	} {
		for _, n := range []int{1, 1000, len(tt.text)} {
			got, err := feed(tt.text, n)
			var se *http1.StatusError
			if !errors.As(err, &se) || se.Code != tt.code || len(got) > 0 {
				t.Errorf("%s, %d bytes at a time: %q, %v; want status %d", tt.name, n, got, err, tt.code)
			}
		}
	}
}
