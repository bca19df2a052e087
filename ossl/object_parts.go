package ossl

// #include "shim_more.h"
import "C"

// PartCounts is the part of [Counts] for what connections are put together
// from.
type PartCounts struct {
	BIO, ConfCtx, LibCtx, Provider int64
}

func liveParts() PartCounts {
	return PartCounts{
		BIO: live[kindBIO].Load(), ConfCtx: live[kindConfCtx].Load(),
		LibCtx: live[kindLibCtx].Load(), Provider: live[kindProvider].Load(),
	}
}

func (r resource) freePart() {
	switch r.kind {
	case kindBIO:
		C.gossl_bio_free((*C.BIO)(r.p))
	case kindLibCtx:
		C.gossl_lib_keep((*C.OSSL_LIB_CTX)(r.p))
	case kindProvider:
		C.gossl_prov_free((*C.OSSL_PROVIDER)(r.p))
	case kindConfCtx:
		C.SSL_CONF_CTX_free((*C.SSL_CONF_CTX)(r.p))
	}
}
