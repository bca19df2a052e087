// Package utils has what github.com/spacemonkeygo/openssl/utils has: errors in
// groups, and results to wait for.
package utils

import "errors"

// ErrorGroup gathers errors. It has one user at a time.
type ErrorGroup struct {
	Errors []error
}

// Add adds err, unless it is nil.
func (e *ErrorGroup) Add(err error) {
	if err != nil {
		e.Errors = append(e.Errors, err)
	}
}

// Finalize is nil for no errors, the error itself for one, and for more than one
// an error with the text of each on a line, in which errors.Is and errors.As
// find them.
func (e *ErrorGroup) Finalize() error {
	if len(e.Errors) == 1 {
		return e.Errors[0]
	}
	return errors.Join(e.Errors...)
}
