package pcap

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// openFile opens a file to read if it is one that a capture can be in. A device is left alone: reading takes from it, and
// opening some is enough to change them. A regular file of no length is not read either: the kernel's own files are such,
// and some of them (/proc/kmsg) are used up, or wait.
func openFile(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, errors.Unwrap(err)) // without the name of a system call
	}
	if err := readable(path, info); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err == nil {
		err = readable(path, info) // it may be another by now
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// readable says what keeps a file from being read.
func readable(path string, info fs.FileInfo) error {
	switch m := info.Mode(); {
	case m&fs.ModeNamedPipe != 0:
		return nil
	case !m.IsRegular():
		return fmt.Errorf("%s: %w: want a regular file or a pipe, got %s", path, ErrFormat, kind(m))
	case info.Size() == 0:
		return fmt.Errorf("%s: %w: %w", path, ErrFormat, errEmpty)
	}
	return nil
}

// kind names what is no regular file.
func kind(m fs.FileMode) string {
	switch {
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m.IsDir():
		return "a directory"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
