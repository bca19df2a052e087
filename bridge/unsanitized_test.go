//go:build !race && !asan

package bridge

const sanitized = false
