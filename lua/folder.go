package lua

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A folder is where a script may load code from: the one that it lies in, and those below. What lies elsewhere is nothing to a
// stranger's script, nor is it by an absolute path, a path through .. or a link that leads out.
type folder struct {
	base string // the folder of the script that was started, or of the prompt; "" is none
	sub  string // below it, that of the file that run runs
}

// maxFile is the longest file of Lua that is read, in bytes.
const maxFile = 4 << 20

// SetFolder says where code may be loaded from with run, dofile, loadfile and require: the folder of a script, or the current one
// (".") for a prompt. "" is nowhere.
func (s *State) SetFolder(path string) { s.folder = folder{base: path} }

// read reads a file of Lua. at is its name in errors, and within is the folder that it lies in itself.
func (f folder) read(name string) (source, at string, within folder, err error) {
	path := filepath.Clean(name)
	switch {
	case f.base == "":
		return "", "", f, errors.New("there is no folder to load code from here")
	case !filepath.IsLocal(path) || strings.ContainsRune(name, 0):
		return "", "", f, fmt.Errorf("want a file of %s or below, got %q; a file of another one is run by moonwire run FILE, and by moonwire -i FILE before a prompt", f, name)
	case filepath.Ext(path) != ".lua":
		return "", "", f, fmt.Errorf("want the name of a file that ends in .lua, got %q", name)
	}
	within = folder{base: f.base, sub: filepath.Join(f.sub, filepath.Dir(path))}
	text, err := f.text(path)
	if err != nil {
		return "", "", f, f.explained(name, err)
	}
	return text, filepath.Join(f.base, f.sub, path), within, nil
}

// text is what a file holds.
func (f folder) text(path string) (text string, err error) {
	root, err := os.OpenRoot(f.base)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }() // only read
	if f.sub != "" && f.sub != "." {
		below, err := root.OpenRoot(f.sub)
		if err != nil {
			return "", err
		}
		defer func() { _ = below.Close() }() // only read
		root = below
	}
	if info, err := root.Stat(path); err != nil || !info.Mode().IsRegular() { // a pipe may never open
		return "", firstOf(err, errNoFile)
	}
	file, err := root.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("want a file of at most %d bytes", maxFile)
	}
	return string(data), err
}

var errNoFile = errors.New("want a file, and it is none")

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// explained says of a file what is wrong with it.
func (f folder) explained(name string, err error) error {
	var path *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noFile{fmt.Sprintf("no file %q in %s", name, f)}
	case errors.As(err, &path) && errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%q of %s: %w", name, f, fs.ErrPermission)
	case errors.As(err, &path) && strings.Contains(path.Err.Error(), "escapes"): // as os.Root says of a link
		return fmt.Errorf("%q of %s: a link leads out of the folder, and code is loaded from it and below only", name, f)
	case errors.As(err, &path):
		return fmt.Errorf("%q of %s: %w", name, f, path.Err)
	}
	return fmt.Errorf("%q of %s: %w", name, f, err)
}

// noFile is the error of a file that does not exist.
type noFile struct{ text string }

func (f noFile) Error() string { return f.text }

// Is says which error of the system it is.
func (noFile) Is(target error) bool { return target == fs.ErrNotExist }

// String names the folder in errors.
func (f folder) String() string {
	if path := filepath.Join(f.base, f.sub); path != "." {
		return "the folder " + path
	}
	return "the current folder"
}
