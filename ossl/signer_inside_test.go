package ossl

// LiveSigners is the part of Live that counts signers.
func LiveSigners() int64 {
	dropSigners()
	return signers.held.Load()
}
