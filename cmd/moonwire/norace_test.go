//go:build !race

package main

// racing says that the tests run under the race detector, which changes what memory and time they take.
const racing = false
