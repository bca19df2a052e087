//go:build !osslcount

package ossl

// crossing marks a call into C on a path whose number of crossings is part of
// the contract. It costs nothing unless built with -tags osslcount.
func crossing() {}
