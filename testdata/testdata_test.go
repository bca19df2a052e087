package testdata

import (
	"os"
	"path/filepath"
	"testing"
)

func TestPath(t *testing.T) {
	path := Path(RSA.Cert)
	if !filepath.IsAbs(path) {
		t.Errorf("%s is not absolute", path)
	}
	t.Chdir(t.TempDir())
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if Path(RSA.Cert) != path {
		t.Errorf("the path follows the working directory: %s", Path(RSA.Cert))
	}
}
