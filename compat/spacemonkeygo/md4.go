package openssl

// MD4Hash is MD4 at work. It has one user at a time. Its provider is "legacy": without it the error is
// a *ProviderError.
type MD4Hash struct{ r *running }

// NewMD4Hash begins one.
func NewMD4Hash() (*MD4Hash, error) { return NewMD4HashWithEngine(nil) }

// NewMD4HashWithEngine begins one with the digest of an engine; nil is none.
func NewMD4HashWithEngine(e *Engine) (*MD4Hash, error) {
	r, err := newRunning("MD4", e)
	if err != nil {
		return nil, err
	}
	return &MD4Hash{r}, nil
}

func (s *MD4Hash) inner() *running {
	if s == nil {
		return nil
	}
	return s.r
}

// Close frees it. Every method after it is an error.
func (s *MD4Hash) Close() { s.inner().inner().Close() }

// Reset begins again.
func (s *MD4Hash) Reset() error { return s.inner().inner().DigestReset() }

// Write adds to what is digested.
func (s *MD4Hash) Write(p []byte) (n int, err error) { return s.inner().write(p) }

// Sum is the digest, and begins again.
func (s *MD4Hash) Sum() (result [16]byte, err error) {
	err = s.inner().sum(result[:])
	return result, err
}

// MD4 is the digest of data.
func MD4(data []byte) (result [16]byte, err error) {
	err = digest("MD4", data, result[:])
	return result, err
}
