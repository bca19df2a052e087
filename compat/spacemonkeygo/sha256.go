package openssl

// SHA256Hash is SHA256 at work. It has one user at a time.
type SHA256Hash struct{ r *running }

// NewSHA256Hash begins one.
func NewSHA256Hash() (*SHA256Hash, error) { return NewSHA256HashWithEngine(nil) }

// NewSHA256HashWithEngine begins one with the digest of an engine; nil is none.
func NewSHA256HashWithEngine(e *Engine) (*SHA256Hash, error) {
	r, err := newRunning("SHA256", e)
	if err != nil {
		return nil, err
	}
	return &SHA256Hash{r}, nil
}

func (s *SHA256Hash) inner() *running {
	if s == nil {
		return nil
	}
	return s.r
}

// Close frees it. Every method after it is an error.
func (s *SHA256Hash) Close() { s.inner().inner().Close() }

// Reset begins again.
func (s *SHA256Hash) Reset() error { return s.inner().inner().DigestReset() }

// Write adds to what is digested.
func (s *SHA256Hash) Write(p []byte) (n int, err error) { return s.inner().write(p) }

// Sum is the digest, and begins again.
func (s *SHA256Hash) Sum() (result [32]byte, err error) {
	err = s.inner().sum(result[:])
	return result, err
}

// SHA256 is the digest of data.
func SHA256(data []byte) (result [32]byte, err error) {
	err = digest("SHA256", data, result[:])
	return result, err
}
