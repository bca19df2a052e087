// Package softhsm shows a server whose private key is in a hardware token: its
// test shakes hands with keys that never leave SoftHSM 2, which it reaches by
// PKCS#11. Another token differs in the path of its module.
//
// It is a module of its own, so that the PKCS#11 binding is no dependency of the
// library.
package softhsm
