module github.com/sslsock/sslsock/compat/sample

go 1.26.0

require github.com/spacemonkeygo/openssl v0.0.0-00010101000000-000000000000

require (
	github.com/sslsock/sslsock v0.0.0-00010101000000-000000000000 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

// What a program on github.com/spacemonkeygo/openssl adds to its go.mod. The first
// line is the one that moves it over. The second is for a checkout of sslsock
// only: with a release the first names its version, which brings the rest.
replace github.com/spacemonkeygo/openssl => ../spacemonkeygo

replace github.com/sslsock/sslsock => ../..
