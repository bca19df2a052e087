package openssl

// SHA1Hash is SHA1 at work. It has one user at a time.
type SHA1Hash struct{ r *running }

// NewSHA1Hash begins one.
func NewSHA1Hash() (*SHA1Hash, error) { return NewSHA1HashWithEngine(nil) }

// NewSHA1HashWithEngine begins one with the digest of an engine; nil is none.
func NewSHA1HashWithEngine(e *Engine) (*SHA1Hash, error) {
	r, err := newRunning("SHA1", e)
	if err != nil {
		return nil, err
	}
	return &SHA1Hash{r}, nil
}

func (s *SHA1Hash) inner() *running {
	if s == nil {
		return nil
	}
	return s.r
}

// Close frees it. Every method after it is an error.
func (s *SHA1Hash) Close() { s.inner().inner().Close() }

// Reset begins again.
func (s *SHA1Hash) Reset() error { return s.inner().inner().DigestReset() }

// Write adds to what is digested.
func (s *SHA1Hash) Write(p []byte) (n int, err error) { return s.inner().write(p) }

// Sum is the digest, and begins again.
func (s *SHA1Hash) Sum() (result [20]byte, err error) {
	err = s.inner().sum(result[:])
	return result, err
}

// SHA1 is the digest of data.
func SHA1(data []byte) (result [20]byte, err error) {
	err = digest("SHA1", data, result[:])
	return result, err
}
