//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package pcap

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// noFollow is nothing here: a file is compared with what stands under its name once it is open.
const noFollow = 0

// renamesOpen says that an open file can neither be renamed nor removed.
const renamesOpen = false

// lock does nothing: that a part is there, and cannot be removed, says that it is being written.
func lock(*os.File) error { return nil }

// foreign has nothing to say: owners are not known here.
func foreign(fs.FileInfo) string { return "" }

// isOwn takes every file for this user's.
func isOwn(fs.FileInfo) bool { return true }

// sameOwner takes every file for this user's.
func sameOwner(_, _ fs.FileInfo) bool { return true }

// removeStale removes a part that nobody has open: Windows refuses it while somebody does. Where it does not, only a person
// can tell.
func removeStale(name string, f *os.File) error {
	f.Close()
	if runtime.GOOS != "windows" {
		return refused("%s: is there already: remove it, unless it is being written", name)
	}
	if err := os.Remove(name); err != nil {
		return fmt.Errorf("%s: %w: %w", name, ErrWriting, err)
	}
	return nil
}

// keepOwner leaves owners as they are.
func keepOwner(*os.File, fs.FileInfo) bool { return true }
