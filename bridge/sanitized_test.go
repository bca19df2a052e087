//go:build race || asan

package bridge

// sanitized says that the race detector or the address sanitizer is on, which
// allocate for themselves, keep freed memory back, and are slow.
const sanitized = true
