// Package onearena is imported for what it does at the start of a program: glibc's
// malloc, from which libssl and libcrypto take their memory, then has one arena
// for all threads (mallopt(3), M_ARENA_MAX).
//
//	import _ "github.com/sslsock/sslsock/ossl/onearena"
//
// Otherwise each thread has an arena of its own, up to eight for each processor,
// and what one thread has freed is of no use to the others. Go moves goroutines
// between threads, so that an idle connection takes 1 to 2 KB more than in a C
// program of one thread. The price is that all threads share one lock, which may
// matter where many of them shake hands at the same time: measure it.
//
// The environment variable MALLOC_ARENA_MAX=1 does the same without it. It cannot
// be a function, because threads of Go's runtime have arenas before main begins.
// Where the C library is not glibc the package does nothing.
package onearena

// int gossl_malloc_arenas(void);
import "C"

// Arenas is how many arenas glibc's malloc has made: malloc_info(3). It is 0
// where the C library is not glibc.
func Arenas() int { return int(C.gossl_malloc_arenas()) }
