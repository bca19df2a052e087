package ossl

// What the tests, which are a package of their own, need from inside.
var (
	CompareMajor   = compareMajor
	PeekQueue      = peekQueue
	PushStaleError = pushStaleError
	ErrUnknownOp   = errUnknownOp
)
