package pcap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrWriting is wrapped by the error for a file that somebody is writing already: this process or another one.
var ErrWriting = errors.New("is being written already, here or by another program")

// A part is a file that is written beside the capture that it is to become, under that one's name and .part. Whoever has
// it open has it locked, so that what a killed run left is told from what is being written.
type part struct {
	path     string   // of the capture
	name     string   // of the part
	file     *os.File // the part, locked
	replaced *os.File // the capture that is to be replaced, locked under all of its names; nil when there is none
}

// partOf is the name of the part of the capture at path.
func partOf(path string) string { return path + ".part" }

// attempts bounds how often a name is looked at again that changed meanwhile: others may end and begin as well.
const attempts = 8

// errRestless is what is wrong with a name that changes faster than it can be looked at.
var errRestless = errors.New("changes all the time: want a name that nobody else uses")

// newPart makes the part of the capture at path, if that one may be replaced.
func newPart(path string) (*part, error) {
	if err := checkWay(path); err != nil {
		return nil, err
	}
	p := &part{path: path, name: partOf(path)}
	var err error
	if p.replaced, err = lockOlder(path); err != nil {
		return nil, err
	}
	if p.file, err = p.create(); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// create makes the part's file, new and empty: one that is there already may be open somewhere else, or have other names.
func (p *part) create() (*os.File, error) {
	for range attempts {
		f, err := os.OpenFile(p.name, os.O_RDWR|os.O_CREATE|os.O_EXCL|noFollow, 0o600)
		if errors.Is(err, fs.ErrExist) {
			if err := p.clear(); err != nil {
				return nil, err
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := lock(f); err != nil { // somebody took it for a stale one before it was locked
			f.Close()
			return nil, fmt.Errorf("%s: %w", p.path, err)
		}
		if isAt(p.name, f) {
			return f, nil
		}
		f.Close()
	}
	return nil, fmt.Errorf("%s: %w", p.name, errRestless)
}

// clear removes a part that a killed run left. Anything else stays, and is told: it may be a trap, or dear to somebody.
func (p *part) clear() error {
	info, err := os.Lstat(p.name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if what := p.foreign(info); what != "" {
		return refused("%s: want nothing there while %s is written, got %s: remove it first", p.name, p.path, what)
	}
	f, err := os.OpenFile(p.name, os.O_RDWR|noFollow, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := lock(f); err != nil {
		return fmt.Errorf("%s: %w (%s is locked)", p.path, err, p.name)
	}
	if !isAt(p.name, f) {
		return nil // its writer has ended
	}
	if !isReplaceable(f) {
		return refused("%s: want the capture that a killed run left, got something else: remove it first", p.name)
	}
	return removeStale(p.name, f)
}

// foreign says what is wrong with a file in the part's place that this user's killed run cannot have left; "" is nothing.
func (p *part) foreign(info fs.FileInfo) string {
	if !info.Mode().IsRegular() {
		return kind(info.Mode())
	}
	return foreign(info)
}

// install gives the part the name of the capture, with the owner and mode of the one that it replaces. When it cannot, the
// part is still there, to be closed or removed.
func (p *part) install() error {
	older, err := openOlder(p.path) // not to replace what came meanwhile
	if err != nil {
		return err
	}
	if older != nil {
		err := likeOlder(p.file, older, folderOf(p.path))
		older.Close()
		if err != nil {
			return err
		}
	}
	if err := p.file.Sync(); err != nil { // some disks say only now that they are full
		return err
	}
	if !isAt(p.name, p.file) {
		return fmt.Errorf("%s: removed or replaced while it was written", p.name)
	}
	if !renamesOpen {
		p.close()
	}
	if err := os.Rename(p.name, p.path); err != nil {
		return err
	}
	p.close()
	return nil
}

// Write appends to the part.
func (p *part) Write(b []byte) (int, error) { return p.file.Write(b) }

// truncate leaves the part's first bytes alone. What cannot be taken back stays, and readers tell.
func (p *part) truncate(size int64) {
	_ = p.file.Truncate(size)
}

func (p *part) label() string { return p.name }

// older says what becomes of the capture that the part was to replace.
func (p *part) older() string {
	if p.replaced == nil {
		return "; " + p.path + " was not made"
	}
	return "; " + p.path + " is as it was"
}

// remove removes the part and closes it.
func (p *part) remove() error {
	defer p.close()
	if !renamesOpen {
		p.close()
	} else if !isAt(p.name, p.file) {
		return nil // it is not this one any more
	}
	return os.Remove(p.name)
}

// close gives up the locks. What was written is in the file, or its write said why not.
func (p *part) close() {
	for _, f := range []*os.File{p.file, p.replaced} {
		if f != nil {
			_ = f.Close()
		}
	}
}

// lockOlder locks what stands under path, when it may be replaced; nil when nothing does.
func lockOlder(path string) (*os.File, error) {
	for range attempts {
		f, err := openOlder(path)
		if f == nil || err != nil {
			return nil, err
		}
		if err := lock(f); err != nil {
			f.Close()
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if isAt(path, f) {
			if !renamesOpen {
				f.Close()
			}
			return f, nil
		}
		f.Close()
	}
	return nil, fmt.Errorf("%s: %w", path, errRestless)
}

// openOlder opens what stands under path, when it may be replaced; nil when nothing does. A capture that may not be written
// to may not be replaced either.
func openOlder(path string) (*os.File, error) {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refused("%s: want a regular file to replace, got %s", path, kind(info.Mode()))
	}
	f, err := os.OpenFile(path, os.O_RDWR|noFollow, 0)
	if err != nil {
		return nil, err
	}
	if !isAt(path, f) {
		f.Close()
		return nil, refused("%s: replaced while it was opened", path)
	}
	if !isReplaceable(f) {
		f.Close()
		return nil, refused("%s: want a capture or an empty file to replace, got something else", path)
	}
	return f, nil
}

// isAt reports whether path names f itself, and not another file or a link to it.
func isAt(path string, f *os.File) bool {
	there, err := os.Lstat(path)
	if err != nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && os.SameFile(there, info)
}

// isReplaceable reports whether f is a capture, compressed or not, or empty.
func isReplaceable(f *os.File) bool {
	src, _, err := decompressed(bufio.NewReader(io.NewSectionReader(f, 0, 1<<62)))
	if err != nil {
		return false
	}
	magic, err := src.Peek(magicLength)
	return len(magic) == 0 && errors.Is(err, io.EOF) || isCapture(magic)
}

// likeOlder gives f the owner and the permissions of the capture in dir that it replaces, the owner as far as this user may.
// A group that is not the older one's gets what everybody has. Where others may put files, as in /tmp or in a folder of a
// group, somebody else's is no model, nor one that has other names: it may have been put there to be given what is captured.
func likeOlder(f, older *os.File, dir string) error {
	info, err := older.Stat()
	if err != nil {
		return err
	}
	folder, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if isPlanted(info, folder) {
		return nil
	}
	mode := info.Mode().Perm()
	if !keepOwner(f, info) {
		mode = mode&^0o070 | mode&0o007<<3
	}
	if err := f.Chmod(mode); err != nil && !errors.Is(err, fs.ErrPermission) { // some file systems have no modes
		return err
	}
	return nil
}

// isPlanted reports whether a file may be in a folder because somebody else put it there. The group of a folder is often its
// owner's alone, who puts his own files there.
func isPlanted(file, folder fs.FileInfo) bool {
	switch mode := folder.Mode(); {
	case foreign(file) == "":
		return false
	case mode&0o002 != 0:
		return true
	case mode&0o020 == 0:
		return false
	}
	return isOwn(file) || !sameOwner(file, folder)
}
