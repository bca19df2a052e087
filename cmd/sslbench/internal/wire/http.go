package wire

import "net/http"

// Path is what is asked for over HTTP.
const Path = "/64"

// Body is what is answered: 64 bytes.
const Body = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// Answer answers a request over HTTP.
func Answer(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != Path {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(Body)) // an error ends the connection, which is net/http's work
}
