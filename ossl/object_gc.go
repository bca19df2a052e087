package ossl

import "runtime"

// Collectable is any object of this package that has a Close.
type Collectable interface{ leaveToGC() }

// LeaveToGC has the garbage collector close o once nothing refers to it any
// more, and does not count that as a leak (Live): for programs whose own
// interface has no place for a Close. The Go heap knows nothing of the memory
// that C has, so close what is large or many. Close may be called all the same.
// Nothing else may use o at the same time. A
// closed one is left as it is.
func LeaveToGC(o Collectable) { o.leaveToGC() }

func (o *object) leaveToGC() {
	if o == nil || o.p == nil {
		return
	}
	o.cleanup.Stop()
	o.cleanup = runtime.AddCleanup(o, func(r resource) { r.free() }, resource{o.p, o.kind})
	runtime.KeepAlive(o)
}
