// Package interop has the connections of this project, or of a service that
// uses it, talk to real peers: openssl's own programs of any version, nginx,
// curl, GnuTLS and others, each as client and as server.
//
// A [Row] is one thing to prove, such as one cipher suite or a refused client
// certificate. Rows, peers, drivers and the two roles span a matrix; each of its
// cells is a connection (or two, where sessions resume) between a [Driver] on the
// one side and a [Peer] on the other, and ends as pass, fail or skip, always with
// the reason. [Run] works through the cells that a pattern names:
//
//	report, err := interop.Run(ctx, interop.Options{Only: []string{"openssl"}})
//
// A test of a service gives its own [Driver], whose client or server is the
// service's. All that runs is started on the loopback interface with
// certificates made for the run, and nothing of it is left when Run returns.
//
// `sslsock interop` is this package as a command; docs/interop.md has the
// matrix, and shows how to add a peer.
package interop
