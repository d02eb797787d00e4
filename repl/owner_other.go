//go:build !unix

package repl

import "io/fs"

// owned, ownedFolder and trusted have nothing to say: owners are not known here.
func owned(string, fs.FileInfo) error       { return nil }
func ownedFolder(string, fs.FileInfo) error { return nil }
func trusted(string, fs.FileInfo) error     { return nil }
