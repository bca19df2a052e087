package ossl

// What the tests, which are a package of their own, need from inside.
var (
	CompareMajor   = compareMajor
	PeekQueue      = peekQueue
	PushStaleError = pushStaleError
	ErrUnknownOp   = errUnknownOp
)

// ExItems is how many Go values C holds.
func ExItems() int64 { return exItems.Load() }
