package repl

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A private file is the person's own and nobody else reads it. What somebody else put in its place must not be written to,
// nor be given another mode, because root's history stands where others may write: no link is followed.

// openPrivate opens a private file to read and append to. It is made when it is missing, and its folder too.
func openPrivate(path string) (*os.File, error) {
	dir, err := openFolder(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }() // only looked at
	name := filepath.Base(path)
	f, err := dir.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if !errors.Is(err, fs.ErrExist) {
		return f, err
	}
	there, err := dir.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := mine(path, there); err != nil {
		return nil, err
	}
	if f, err = dir.OpenFile(name, os.O_APPEND|os.O_RDWR, 0); err != nil {
		return nil, err
	}
	if err := hide(path, f, there); err != nil {
		_ = f.Close() // nothing was written
		return nil, err
	}
	return f, nil
}

// hide gives a file that is the one that was seen the mode that nobody else reads.
func hide(path string, f *os.File, seen fs.FileInfo) error {
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !os.SameFile(seen, info):
		return fmt.Errorf("%s: replaced while it was opened", path)
	}
	return f.Chmod(0o600)
}

// mine says what keeps a file from being this person's own.
func mine(path string, info fs.FileInfo) error {
	switch m := info.Mode(); {
	case m&fs.ModeSymlink != 0:
		return fmt.Errorf("%s: want a regular file, got a symbolic link", path)
	case !m.IsRegular():
		return fmt.Errorf("%s: want a regular file, got one of mode %s", path, m)
	}
	return owned(path, info)
}

// openFolder opens the folder of a private file, which is made when it is missing. It must be the person's own, and what
// stands under its name too: that may be a link, as people have who keep their settings elsewhere.
func openFolder(path string) (*os.Root, error) {
	if err := makeFolder(path); err != nil {
		return nil, err
	}
	name, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if err := ownedFolder(path, name); err != nil {
		return nil, err
	}
	dir, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	info, err := dir.Stat(".")
	if err == nil {
		err = ownedFolder(path, info)
	}
	if err != nil {
		_ = dir.Close() // only looked at
		return nil, err
	}
	return dir, nil
}

// makeFolder makes a folder and those above it that are missing, in one that is the person's own, or the system's. In the home of
// somebody else, which sudo may leave in HOME, they would be in their owner's way; and a link of theirs would say where they are made.
func makeFolder(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err // it is there, or nobody can tell
	}
	if above := filepath.Dir(path); above != path {
		if err := makeFolder(above); err != nil {
			return err
		}
		info, err := os.Lstat(above)
		if err != nil {
			return err
		}
		if err := trusted(above, info); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, 0o700); !errors.Is(err, fs.ErrExist) { // two may begin at once
		return err
	}
	return nil
}

// replacePrivate writes a private file anew: beside it, and renamed, so that it is never half of one.
func replacePrivate(path string, content []byte) error {
	dir, err := openFolder(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }() // only looked at
	name := filepath.Base(path)
	beside := name + ".new"
	if err := dir.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) { // what a process left that was killed here
		return err
	}
	f, err := dir.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = firstError(err, f.Close()); err == nil {
		err = dir.Rename(beside, name)
	}
	if err != nil {
		_ = dir.Remove(beside) // the first error is the one to report
	}
	return err
}
