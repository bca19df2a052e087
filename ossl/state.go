package ossl

// #include "shim.h"
import "C"

import (
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// ConnectionState is what a handshake negotiated.
type ConnectionState struct {
	HandshakeComplete bool         // SSL_is_init_finished(3)
	Version           int          // TLS1_3Version, …: SSL_version(3)
	VersionName       string       // "TLSv1.3": SSL_get_version(3)
	Cipher            Cipher       // SSL_get_current_cipher(3)
	CipherName        string       // OpenSSL's name, "ECDHE-RSA-AES128-GCM-SHA256"
	CipherStandard    string       // the standard's name, "TLS_AES_128_GCM_SHA256"
	CipherID          uint16       // the suite's number on the wire
	CipherBits        int          // strength of its key
	Group             string       // key exchange, "x25519"; "" where there was none (RSA, resumed TLS 1.2)
	PeerSignature     string       // "ecdsa_secp256r1_sha256" as in RFC 8446; "" where the peer signed nothing
	ALPN              string       // "" where none was negotiated
	ServerName        string       // the name asked for (SNI)
	Resumed           bool         // SSL_session_reused(3)
	EarlyData         bool         // early data was accepted
	VerifyResult      VerifyResult // VerifyOK also where the peer has no certificate
	PeerCertificates  [][]byte     // DER, the peer's own first, as it sent them

	// PSKIdentity is the name of the pre-shared key that stands in for
	// certificates, nil where there is none: SSL_get_psk_identity(3), which knows
	// it up to TLS 1.2. Under TLS 1.3 a server has it of its SetPSK, and of a
	// hook's PSK, but not when a later connection resumes that session by a
	// ticket: SetNumTickets(0) keeps clients from it. Clients of TLS 1.3 have none
	// here.
	PSKIdentity []byte
}

// stateBuf holds a chain on its way from C. Chains longer than this take a
// second crossing.
const stateBuf = 16 << 10

// stateScratch is pooled because it would have the stack of each goroutine that
// shakes hands grow.
type stateScratch struct {
	st    C.gossl_state
	chain [stateBuf]byte
}

var stateScratches = sync.Pool{New: func() any { return new(stateScratch) }}

// ConnectionState is what has been negotiated, all of it in one crossing. Of
// a closed SSL it is zero.
func (s *SSL) ConnectionState() (cs ConnectionState) {
	s.ReadConnectionState(&cs)
	return cs
}

// ReadConnectionState is ConnectionState into cs, for callers who keep it: the
// struct is large, and copies of it on the way would have stacks grow. Without
// a place it does nothing.
func (s *SSL) ReadConnectionState(cs *ConnectionState) {
	if cs == nil {
		return
	}
	*cs = ConnectionState{}
	if s == nil || s.p == nil {
		return
	}
	scratch := stateScratches.Get().(*stateScratch)
	chain := s.collect(scratch)
	cs.fill(&scratch.st)
	cs.PeerCertificates = chainOf(chain, int(scratch.st.certs))
	runtime.KeepAlive(s)
	stateScratches.Put(scratch)
}

// collect returns the peer's chain as C has put it together, and all else in
// scratch.
func (s *SSL) collect(scratch *stateScratch) []byte {
	st, buf := &scratch.st, scratch.chain[:]
	for {
		crossing()
		C.gossl_connection_state(s.c(), st, bytesPtr(buf), C.size_t(len(buf)))
		if int(st.need) <= len(buf) {
			return buf[:st.need]
		}
		buf = make([]byte, st.need)
	}
}

func (cs *ConnectionState) fill(st *C.gossl_state) {
	cs.HandshakeComplete = st.finished != 0
	cs.Version = int(st.version)
	cs.VersionName = libraryName(st.version_name)
	cs.Cipher = Cipher{st.cipher}
	cs.CipherName = libraryName(st.cipher_name)
	cs.CipherStandard = libraryName(st.cipher_standard)
	cs.CipherID = uint16(st.cipher_id)
	cs.CipherBits = int(st.cipher_bits)
	cs.Group = libraryName(st.group)
	cs.PeerSignature = signatureName(int(st.sig_type), int(st.sig_hash), st.pss_key != 0)
	cs.ALPN = C.GoStringN((*C.char)(unsafe.Pointer(st.alpn)), C.int(st.alpn_len))
	cs.ServerName = C.GoString(st.server_name)
	cs.Resumed = st.resumed != 0
	cs.EarlyData = st.early_data != 0
	cs.VerifyResult = VerifyResult(st.verify)
	if st.psk != nil {
		cs.PSKIdentity = C.GoBytes(st.psk, C.int(st.psk_len))
	}
}

// libraryNames are names of protocols, ciphers and groups, which each connection
// would otherwise have copies of. They come from the library and its
// configuration, never from a peer, so there are no more of them than those
// have. It is a list because those in use are few, and a map needs more stack
// than a young goroutine has left here.
var libraryNames struct {
	sync.Mutex // held to add to known
	known      atomic.Pointer[[]string]
}

// libraryName is C.GoString, with the same memory for the same name.
func libraryName(p *C.char) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	view := unsafe.String((*byte)(unsafe.Pointer(p)), n)
	if known := libraryNames.known.Load(); known != nil {
		for _, name := range *known {
			if name == view {
				return name
			}
		}
	}
	return newLibraryName(view)
}

func newLibraryName(view string) string {
	l := &libraryNames
	l.Lock()
	defer l.Unlock()
	var known []string
	if p := l.known.Load(); p != nil {
		known = *p
	}
	if i := slices.Index(known, view); i >= 0 {
		return known[i]
	}
	known = append(slices.Clip(known), strings.Clone(view)) // those who read go on with the old one
	l.known.Store(&known)
	return known[len(known)-1]
}

// chainOf takes apart what gossl_connection_state put together: each
// certificate after its length in four bytes.
func chainOf(buf []byte, n int) [][]byte {
	if n == 0 {
		return nil
	}
	chain := make([][]byte, 0, n)
	for len(buf) >= 4 {
		size := int(binary.BigEndian.Uint32(buf))
		chain = append(chain, append([]byte(nil), buf[4:4+size]...))
		buf = buf[4+size:]
	}
	return chain
}

// signatureName puts the names of RFC 8446, section 4.2.3, together from what
// SSL_get_peer_signature_type_nid(3) and SSL_get_peer_signature_nid(3) tell. They do not tell which of two OIDs an
// RSA-PSS key has.
func signatureName(keyType, hash int, pssKey bool) string {
	var h string
	switch hash {
	case C.NID_md5_sha1: // RSA before TLS 1.2
		h = "md5_sha1"
	case C.NID_sha1:
		h = "sha1"
	case C.NID_sha224:
		h = "sha224"
	case C.NID_sha256:
		h = "sha256"
	case C.NID_sha384:
		h = "sha384"
	case C.NID_sha512:
		h = "sha512"
	}
	switch keyType {
	case C.EVP_PKEY_ED25519:
		return "ed25519"
	case C.EVP_PKEY_ED448:
		return "ed448"
	case C.EVP_PKEY_RSA:
		return "rsa_pkcs1_" + h
	case C.EVP_PKEY_RSA_PSS:
		if pssKey {
			return "rsa_pss_pss_" + h
		}
		return "rsa_pss_rsae_" + h
	case C.EVP_PKEY_EC:
		switch hash { // TLS 1.3 ties the curve to it
		case C.NID_sha256:
			return "ecdsa_secp256r1_sha256"
		case C.NID_sha384:
			return "ecdsa_secp384r1_sha384"
		case C.NID_sha512:
			return "ecdsa_secp521r1_sha512"
		}
		return "ecdsa_" + h
	default:
		return ""
	}
}
