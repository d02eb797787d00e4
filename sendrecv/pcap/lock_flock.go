//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package pcap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// noFollow has a symbolic link refused where a file is opened.
const noFollow = syscall.O_NOFOLLOW | syscall.O_NONBLOCK // a pipe that came meanwhile must not wait

// renamesOpen says that a file can be renamed and removed while it is open: a part is, so that its lock lasts.
const renamesOpen = true

// lock takes the lock of a file, which goes with the file's last descriptor, also when the process is killed. The lock is
// the open file's, not the process's: two writers in one process meet too.
func lock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrWriting
		}
		return nil // locked, or on a file system that has no locks
	}
}

// foreign says what is wrong with a regular file that this user did not make, or that has other names; "" is nothing.
func foreign(info fs.FileInfo) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return ""
	case int(s.Uid) != os.Geteuid():
		return fmt.Sprintf("a file of user %d", s.Uid)
	case s.Nlink > 1:
		return "a file with other names"
	}
	return ""
}

// isOwn reports whether a file belongs to this user.
func isOwn(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return !ok || int(s.Uid) == os.Geteuid()
}

// sameOwner reports whether two files belong to one user.
func sameOwner(a, b fs.FileInfo) bool {
	s, ok := a.Sys().(*syscall.Stat_t)
	t, both := b.Sys().(*syscall.Stat_t)
	return ok && both && s.Uid == t.Uid
}

// removeStale removes a part that was found to be stale, and is locked so that nobody else does.
func removeStale(name string, _ *os.File) error { return os.Remove(name) }

// keepOwner gives f the owner and group of an older file and reports whether it has them now.
func keepOwner(f *os.File, older fs.FileInfo) bool {
	info, err := f.Stat()
	if err != nil {
		return false
	}
	has, ok := info.Sys().(*syscall.Stat_t)
	wants, both := older.Sys().(*syscall.Stat_t)
	if !ok || !both || has.Uid == wants.Uid && has.Gid == wants.Gid {
		return true
	}
	return f.Chown(int(wants.Uid), int(wants.Gid)) == nil || f.Chown(-1, int(wants.Gid)) == nil
}
