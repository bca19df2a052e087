//go:build osslcount

package ossl

import "sync/atomic"

var crossings atomic.Int64

func crossing() { crossings.Add(1) }

// Crossings counts the calls into C on the paths whose number of crossings is
// part of the contract: creation, operations, batches and frees. It exists in
// builds with -tags osslcount only.
func Crossings() int64 { return crossings.Load() }
