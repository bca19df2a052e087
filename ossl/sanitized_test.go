//go:build race || asan || msan

package ossl_test

func sanitized() bool { return true }
