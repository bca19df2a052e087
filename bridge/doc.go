// Package bridge runs the TLS of package ossl over sockets, in two ways:
//
//   - [Conn], with [Listener] and [Dialer], is a net.Conn. A goroutine that
//     must wait is parked by Go's runtime. It fits wherever a net.Conn or a
//     tls.Conn fits: net/http, database drivers, and code with a goroutine for
//     each connection.
//   - [Loop] drives many connections from one goroutine, over epoll, and calls
//     a [Handler] when something has happened. It costs least for each
//     connection and each message, and is the shape that servers written in C
//     have.
//
// Both take an [ossl.Ctx]. [Config] makes one with safe defaults: clients
// verify the chain and the name, TLS 1.2 is the oldest version, there is no
// renegotiation and no compression.
//
// # Sockets
//
// libssl reads and writes the socket itself, by its descriptor. The connection
// under a Conn must therefore be a real stream socket (*net.TCPConn,
// *net.UnixConn, or what embeds one); net.Pipe is not. Bytes that a wrapper has
// already read ahead are lost to libssl. After another protocol (STARTTLS),
// [Server] and [Client] make a Conn of the net.Conn, and [Loop.AddServer] and
// [Loop.AddClient] a Stream.
//
// # HTTP
//
// net/http serves HTTP/1.1 on a Listener, and dials by
// http.Transport.DialTLSContext, which is [Dialer.DialContext]. A Listener's
// handshakes are part of the first read, so http.Server.ReadHeaderTimeout bounds
// them too: set it, or a client that says nothing stays for ever.
//
// HTTP/2 needs a word more, because net/http looks for it on connections of
// crypto/tls only. A server has Config.ALPN {"h2", "http/1.1"} and, in its
// http.Protocols, SetUnencryptedHTTP2 beside SetHTTP1. A client uses
// golang.org/x/net/http2.Transport with "h2" in Config.ALPN; http.Transport would
// speak HTTP/1.1 there whatever was negotiated, so leave "h2" out for it.
// http.Request.TLS is nil on both: http.Server.ConnContext is given the Conn.
//
// # Deadlines
//
// They are the socket's own. Waiting to read ends with the read deadline and
// waiting to write with the write deadline, whichever method is waiting: a
// handshake waits for both. A deadline that passes breaks nothing. Set a later
// one and go on, also in the middle of a handshake and after a Write of which
// half a record had been sent.
//
// # Errors
//
// Read, Write and the handshake return a *net.OpError around the reason, which
// errors.Is and errors.As find: an *ossl.Error with OpenSSL's queue and a hint,
// a syscall.Errno, os.ErrDeadlineExceeded, net.ErrClosed. The peer's
// close_notify is io.EOF, as it is; a connection that was cut without one is
// io.ErrUnexpectedEOF. A [Config] that cannot work is a [*ConfigError] that
// names the field.
//
// # Ownership
//
// Whoever makes a Ctx closes it; connections keep what they need of it. A Conn
// and a Stream own their SSL and their socket, and free both when closed.
package bridge
