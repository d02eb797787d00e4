//go:build unix

package repl

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// owned says that a file belongs to somebody else, or has other names that may be somebody else's.
func owned(path string, info fs.FileInfo) error {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Nlink > 1 {
		return fmt.Errorf("%s: want a file with one name, got one with %d (hard links)", path, s.Nlink)
	}
	return ownedFolder(path, info)
}

// ownedFolder says that a folder, or a link, belongs to somebody else.
func ownedFolder(path string, info fs.FileInfo) error {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) != os.Geteuid() {
		return fmt.Errorf("%s: want your own (user %d), got that of user %d", path, os.Geteuid(), s.Uid)
	}
	return nil
}

// trusted says that a folder, or a link, belongs to somebody else than this person and root, who can do as he likes anyway.
func trusted(path string, info fs.FileInfo) error {
	if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Uid == 0 {
		return nil
	}
	return ownedFolder(path, info)
}
