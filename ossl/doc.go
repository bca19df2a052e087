// Package ossl is OpenSSL's libssl for Go programs that own their sockets.
//
// It wraps the state machine itself (SSL_connect, SSL_read, SSL_get_error and
// what belongs to them) over descriptors that the caller opens, watches and
// closes. It knows nothing of package net, starts no goroutine, and never
// waits. Package bridge builds an epoll loop and a net.Conn on it; most
// programs want one of those.
//
// Names are OpenSSL's: SSL_CTX_set_cipher_list is [Ctx.SetCipherList],
// SSL_set_fd is [SSL.SetFd], SSL_OP_NO_TICKET is [OpNoTicket]. Doc comments
// name the C function, as SSL_read_ex(3), and its manual page holds for what
// they do not say. OpenSSL 3.0 or later is needed, to build and to run, and of
// the same major release for both: see [CheckVersion].
//
// # The want loop
//
// An operation goes as far as it can and says how it ended: with an error,
// which is final; with a [Want], which is no error, and means that the same
// operation has to be called again when the socket is readable or writable; or
// with neither, and then it is done.
//
//	ctx, err := ossl.NewCtx(ossl.TLSClientMethod())
//	…
//	ctx.SetVerify(ossl.VerifyPeer) // OpenSSL's default for clients is not to
//	err = ctx.SetDefaultVerifyPaths()
//	…
//	ssl, err := ctx.NewSSL()
//	…
//	defer ssl.Close()
//	err = errors.Join(
//		ssl.SetFd(fd), // connected and non-blocking
//		ssl.SetTlsextHostName("example.com"),
//		ssl.Set1Host("example.com"))
//	…
//	for {
//		want, err := ssl.Connect()
//		if err != nil {
//			return err
//		}
//		if want == ossl.WantNothing {
//			break // shaken hands
//		}
//		if err := poll(fd, want); err != nil { // poll(2), epoll, a netpoller
//			return err
//		}
//	}
//
// [SSL.Read], [SSL.Write] and [SSL.Shutdown] are used in the same way. Three
// things are easy to miss:
//
//   - Any operation may want either direction. A Read may want to write, and a
//     Write may want to read, while TLS 1.2 renegotiates.
//   - libssl may hold data that no event of the socket announces. Read until it
//     wants something, or ask [SSL.HasPending], before waiting.
//   - A Write that wanted something holds a record that is not all sent. The
//     next Write must bring the same bytes again, from any address.
//
// # Many connections at once
//
// [Batch] runs a list of operations, of any number of SSLs, in one call into
// C, and gives each its own outcome. Where a loop serves many connections this
// costs less than a call each.
//
// # Ownership
//
//	what                who closes it       what keeps it alive meanwhile
//	Ctx                 who made it         each SSL made from it; Ctxs that name it (SetServerNames)
//	SSL                 who made it         nothing
//	descriptor          the caller          nothing: SSL.Close leaves it open. Close the SSL first,
//	                                        or at least do not use it any more
//	Session, X509,      who made it, or     whatever it was given to (UseCertificate, SetSession,
//	PKey, Store         got it from Get1…   Set1CertStore, …), by a reference of its own
//	Batch               who made it         nothing; Close unpins its memory
//	Cipher, Method      nobody              they are libssl's own, and live for ever
//
// Arguments are never taken over: what goes into a method remains the
// caller's. Byte slices and strings are copied, except the buffers of Read,
// Peek, Write and Op, which are used during the call only.
//
// Close may be called more than once. Every method of a closed object, or of a
// nil one, returns [ErrClosed] where it can return an error, and zero values
// where it cannot. What nobody closes the garbage collector frees in the end
// and counts in [Live] as leaked: use that in tests.
//
// # Concurrency
//
// A [Ctx] is configured by one goroutine, and then shared by any number that
// make SSLs from it; do not change it any more. An [SSL], and a [Batch], has
// one user at a time, not even one that reads and one that writes; it may move
// from goroutine to goroutine. [Session], [X509], [PKey] and a [Store] that is
// filled may be shared.
//
// OpenSSL keeps the reasons of a failure in a queue of the thread. Each
// function here empties it, runs its operation, and brings the queue back with
// the outcome, all in one call into C. So it does not matter on which thread a
// goroutine is, and none is ever locked to one.
//
// # Errors
//
// An operation that failed returns an [*Error]: the C function, SSL_get_error's
// verdict, errno, why a certificate was refused, and each entry of OpenSSL's
// queue. It prints as one line, with a hint where one is known. Programs look
// into it by
//
//	errors.Is(err, ossl.ReasonNoSharedCipher)   // any Reason; MakeReason for one without a name
//	errors.Is(err, ossl.VerifyHostnameMismatch) // any VerifyResult
//	errors.Is(err, syscall.ECONNRESET)          // any errno
//	errors.Is(err, io.ErrUnexpectedEOF)         // cut without close_notify
//
// Read and Peek return a bare io.EOF after the peer's close_notify, and a bare
// io.ErrUnexpectedEOF where the connection was cut without it. After an *Error
// of Connect, Accept, DoHandshake, Read, Write or Shutdown only Close is left;
// Shutdown during the handshake is the exception. Errors about files are a
// [*FileError] around it.
//
// An encrypted key without its passphrase is an error: nothing here asks the
// terminal. A write to a connection that the peer has reset is EPIPE or
// ECONNRESET: SIGPIPE ends no Go program that writes to a socket.
//
// # What is not wrapped
//
//   - BIOs with callbacks. A socket under the SSL needs no BIO, and no byte is
//     copied on its way; [BIO] has pairs, memory and datagram sockets.
//   - Callbacks into Go. ALPN and the choice of a certificate by name are
//     answered in C from tables: [Ctx.SetAlpnSelect], [Ctx.SetServerNames].
//   - SSL_ctrl and SSL_CTX_ctrl: each of their commands has a method.
//   - Looking into certificates: [X509.Certificate] gives them to crypto/x509.
//   - Cryptography outside TLS (EVP, ASN.1), QUIC and SSLv2.
//
// # Checking for leaks in C
//
// Under go test -asan the leak detector of the address sanitizer sees what
// libssl and libcrypto allocate. What they keep for the life of a process stays
// reachable from their own variables, is no leak, and needs no suppression and
// no OPENSSL_cleanup(3).
package ossl
