package ossl

// #include "shim_evp.h"
import "C"

// DefaultPropertiesEnableFIPS has every fetch of an algorithm ask for
// "fips=yes", or no longer: EVP_default_properties_enable_fips(3). It needs the
// provider "fips" (LoadProvider); what is made already stays as it is.
func DefaultPropertiesEnableFIPS(on bool) error {
	return failed("EVP_default_properties_enable_fips", C.gossl_fips_enable(cFlag(on)))
}
