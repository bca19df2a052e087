package ossl

// #include "shim_evp.h"
import "C"

// EVPCounts is the part of [Counts] for digests, MACs and ciphers at work.
type EVPCounts struct {
	MDCtx, MACCtx, CipherCtx int64
}

func liveEVP() EVPCounts {
	return EVPCounts{MDCtx: live[kindMDCtx].Load(), MACCtx: live[kindMACCtx].Load(), CipherCtx: live[kindCipherCtx].Load()}
}

func (r resource) freeEVP() {
	switch r.kind {
	case kindMDCtx:
		C.EVP_MD_CTX_free((*C.EVP_MD_CTX)(r.p))
	case kindMACCtx:
		C.EVP_MAC_CTX_free((*C.EVP_MAC_CTX)(r.p))
	case kindCipherCtx:
		C.EVP_CIPHER_CTX_free((*C.EVP_CIPHER_CTX)(r.p))
	}
}
