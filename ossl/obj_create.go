package ossl

// #include "shim_evp.h"
import "C"

// OBJCreate gives an object identifier, "1.2.3.4", a short and a long name and a
// NID for as long as the process runs: OBJ_create(3). One that is known already
// is an error; see OBJTxt2nid.
func OBJCreate(oid, short, long string) (nid NID, err error) {
	err = with(oid, func(oid *C.char) error {
		return withOptional(short, func(short *C.char) error {
			return withOptional(long, func(long *C.char) error {
				var n C.int
				err := failed("OBJ_create", C.gossl_obj_create(oid, short, long, &n))
				nid = NID(n)
				return err
			})
		})
	})
	return nid, err
}
