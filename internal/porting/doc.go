// Package porting answers what a C program's calls of OpenSSL become in Go, and
// finds them in C and C++ sources.
//
// [Lookup] answers one symbol. What package ossl binds is read from its doc
// comments by the generator (zz_bound.go); what else OpenSSL's headers declare
// is answered by the rules in rules_*.go: by name, by the family of names, and
// at last by header. [Scan] reads sources, and [Find] adds the places that want
// another shape in Go.
package porting

//go:generate go run ./gen -root ../..
