module github.com/spacemonkeygo/openssl

go 1.26.0

replace github.com/sslsock/sslsock => ../..

require (
	github.com/sslsock/sslsock v0.0.0-00010101000000-000000000000
	go.uber.org/goleak v1.3.0
)

require golang.org/x/sys v0.49.0 // indirect
