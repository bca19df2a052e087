package openssl

// MD5Hash is MD5 at work. It has one user at a time.
type MD5Hash struct{ r *running }

// NewMD5Hash begins one.
func NewMD5Hash() (*MD5Hash, error) { return NewMD5HashWithEngine(nil) }

// NewMD5HashWithEngine begins one with the digest of an engine; nil is none.
func NewMD5HashWithEngine(e *Engine) (*MD5Hash, error) {
	r, err := newRunning("MD5", e)
	if err != nil {
		return nil, err
	}
	return &MD5Hash{r}, nil
}

func (s *MD5Hash) inner() *running {
	if s == nil {
		return nil
	}
	return s.r
}

// Close frees it. Every method after it is an error.
func (s *MD5Hash) Close() { s.inner().inner().Close() }

// Reset begins again.
func (s *MD5Hash) Reset() error { return s.inner().inner().DigestReset() }

// Write adds to what is digested.
func (s *MD5Hash) Write(p []byte) (n int, err error) { return s.inner().write(p) }

// Sum is the digest, and begins again.
func (s *MD5Hash) Sum() (result [16]byte, err error) {
	err = s.inner().sum(result[:])
	return result, err
}

// MD5 is the digest of data.
func MD5(data []byte) (result [16]byte, err error) {
	err = digest("MD5", data, result[:])
	return result, err
}
