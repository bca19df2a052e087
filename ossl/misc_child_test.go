package ossl_test

import (
	"fmt"

	"github.com/sslsock/sslsock/ossl"
)

func init() { children["compression"] = compression }

// compression changes what the whole process has, so that it needs one of its
// own.
func compression() error {
	built := ossl.CompAddCompressionMethod(200)
	list := ossl.CompGetCompressionMethods()
	if found := len(list) > 0 && list[len(list)-1] == (ossl.Comp{ID: 200, Name: "zlib compression"}); found != built {
		return fmt.Errorf("added %v, and the list is %v", built, list)
	}
	ossl.CompClear()
	fmt.Println("left", len(ossl.CompGetCompressionMethods()))
	return nil
}
