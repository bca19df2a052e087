package ossl_test

import (
	"errors"
	"fmt"
	"io"
	"log"

	"golang.org/x/sys/unix"

	"github.com/sslsock/sslsock/ossl"
	"github.com/sslsock/sslsock/testdata"
)

// poll waits until the socket can do what an operation wants.
func poll(fd int, w ossl.Want) error {
	p := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if w == ossl.WantWrite {
		p[0].Events = unix.POLLOUT
	}
	for {
		if _, err := unix.Poll(p, 10_000); err != unix.EINTR {
			return err
		}
	}
}

// A client calls Connect until it wants nothing more, and then Read and Write
// in the same way. The socket is the program's own.
func Example() {
	fd := dialExample() // any connected, non-blocking socket
	defer unix.Close(fd)

	ctx, err := ossl.NewCtx(ossl.TLSClientMethod())
	if err != nil {
		log.Fatal(err)
	}
	defer ctx.Close()
	ctx.SetVerify(ossl.VerifyPeer)
	if err := ctx.LoadVerifyFile(testdata.Path(testdata.ECDSA.Roots)); err != nil {
		log.Fatal(err)
	}
	ssl, err := ctx.NewSSL()
	if err != nil {
		log.Fatal(err)
	}
	defer ssl.Close()
	if err := errors.Join(ssl.SetFd(fd), ssl.SetTlsextHostName("localhost"), ssl.Set1Host("localhost")); err != nil {
		log.Fatal(err)
	}

	for {
		want, err := ssl.Connect()
		if err != nil {
			log.Fatal(err) // final; one line that says why
		}
		if want == ossl.WantNothing {
			break
		}
		if err := poll(fd, want); err != nil {
			log.Fatal(err)
		}
	}
	state := ssl.ConnectionState()
	fmt.Println(state.VersionName, state.VerifyResult)

	buf := make([]byte, 100)
	for {
		n, want, err := ssl.Read(buf)
		fmt.Print(string(buf[:n]))
		switch {
		case errors.Is(err, io.EOF):
			return // the server said goodbye
		case err != nil:
			log.Fatal(err)
		case want != ossl.WantNothing:
			if err := poll(fd, want); err != nil {
				log.Fatal(err)
			}
		}
	}
	// Output:
	// TLSv1.3 ok
	// hello from the server
}

// A Batch runs whatever is ready, on any number of connections, in one call
// into C.
func ExampleBatch() {
	pairs := examplePairs(3)
	batch := ossl.NewBatch(64 * len(pairs))
	defer batch.Close()

	var ops []ossl.Op
	for i, p := range pairs {
		ops = append(ops,
			ossl.Op{SSL: p[0], Kind: ossl.OpWrite, Buf: fmt.Appendf(nil, "line %d", i)},
			ossl.Op{SSL: p[1], Kind: ossl.OpRead, Buf: batch.Arena()[i*64 : (i+1)*64]})
	}
	batch.Run(ops)
	for _, op := range ops {
		switch {
		case op.Err != nil:
			fmt.Println(op.Err) // this connection's alone
		case op.Want != ossl.WantNothing:
			fmt.Println("again when the socket can", op.Want)
		case op.Kind == ossl.OpRead:
			fmt.Println(string(op.Buf[:op.N]))
		}
	}
	// Output:
	// line 0
	// line 1
	// line 2
}

// A client keeps a session as bytes and resumes it on its next connection.
// Under TLS 1.3 it comes with the first Read.
func ExampleSSL_Get1Session() {
	first := examplePairs(1)[0]
	client, server := first[0], first[1]
	_, _, _ = server.Write([]byte("hello"))
	_, _, _ = client.Read(make([]byte, 10))
	session, err := client.Get1Session()
	if err != nil {
		log.Fatal(err)
	}
	der, err := session.I2D() // as secret as a key
	session.Close()
	if err != nil {
		log.Fatal(err)
	}

	session, err = ossl.D2ISession(der)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	second := examplePairs(1, session)[0]
	fmt.Println(first[0].SessionReused(), second[0].SessionReused())
	// Output: false true
}

// An error is one line for people, and has the reasons for programs.
func ExampleError() {
	ctx, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		log.Fatal(err)
	}
	defer ctx.Close()
	err = ctx.UseCertificateChainFile("/no/such/file.pem")
	fmt.Println(err)
	fmt.Println(errors.Is(err, unix.ENOENT))
	err = ctx.SetCipherList("NONSENSE")
	fmt.Println(errors.Is(err, ossl.ReasonNoCipherMatch))
	// Output:
	// /no/such/file.pem: SSL_CTX_use_certificate_chain_file: no such file or directory; check the path
	// true
	// true
}
