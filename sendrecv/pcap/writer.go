package pcap

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// A Writer writes a capture file. Its methods are safe for concurrent use.
type Writer struct {
	mu     sync.Mutex
	file   *os.File
	format encoder
	buf    []byte
}

// An encoder writes one of the two formats.
type encoder interface {
	header() []byte
	// append adds the record of one frame to b, or leaves b as it is and says why.
	append(b []byte, f sendrecv.Frame) ([]byte, error)
}

// Create makes a capture file for frames that begin with link: pcapng when path ends in .pcapng, otherwise pcap with
// nanosecond stamps. A file that is there is replaced only if it is a capture or empty; for anything else the error
// wraps fs.ErrExist. A symbolic link is never followed. The caller closes the Writer.
func Create(path string, link craft.Name) (*Writer, error) {
	typ, err := linkTypeOf(link)
	if err != nil {
		return nil, fmt.Errorf("pcap: %s: %w", path, err)
	}
	f, err := create(path)
	if err != nil {
		return nil, fmt.Errorf("pcap: %w", err)
	}
	w := &Writer{file: f, format: classicEncoder{typ}}
	if strings.EqualFold(filepath.Ext(path), ".pcapng") {
		w.format = &ngEncoder{types: []linkType{typ}}
	}
	if _, err := f.Write(w.format.header()); err != nil {
		f.Close()
		return nil, fmt.Errorf("pcap: %w", err)
	}
	return w, nil
}

// create opens path as an empty file.
func create(path string) (*os.File, error) {
	before, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		// O_EXCL does not follow a link that appeared since.
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	}
	if err != nil {
		return nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: want a regular file to overwrite, got %s: %w", path, kind(before.Mode()), fs.ErrExist)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := empty(f, before); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// empty truncates f if it is the file that was seen before it was opened, and a capture or empty.
func empty(f *os.File, before fs.FileInfo) error {
	now, err := f.Stat()
	if err != nil {
		return err
	}
	if !os.SameFile(before, now) {
		return fmt.Errorf("%s: replaced while it was opened: %w", f.Name(), fs.ErrExist)
	}
	var magic [4]byte
	n, err := io.ReadFull(io.NewSectionReader(f, 0, 4), magic[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if n > 0 && !isCapture(magic[:n]) {
		return fmt.Errorf("%s: want a capture file or an empty one to overwrite, got something else: %w", f.Name(), fs.ErrExist)
	}
	return f.Truncate(0)
}

// Write appends frames. They are in the file when it returns, in one write: a crash later on loses none of them. It
// stops at the first frame that the file cannot hold. After Close the error wraps fs.ErrClosed.
func (w *Writer) Write(frames ...sendrecv.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var refused error
	w.buf = w.buf[:0]
	for i, f := range frames {
		if w.buf, refused = w.record(f); refused != nil {
			refused = fmt.Errorf("pcap: %s: frame %d: %w", w.file.Name(), i+1, refused)
			break
		}
	}
	if _, err := w.file.Write(w.buf); err != nil {
		return fmt.Errorf("pcap: %w", err)
	}
	return refused
}

// record appends one frame to the buffer.
func (w *Writer) record(f sendrecv.Frame) ([]byte, error) {
	if len(f.Data) > maxFrame {
		return w.buf, fmt.Errorf("want at most %d bytes, got %d", maxFrame, len(f.Data))
	}
	if f.Time.IsZero() { // never passed a port; both formats count from 1970
		f.Time = time.Unix(0, 0)
	}
	return w.format.append(w.buf, f)
}

// Close closes the file. It is safe to call twice.
func (w *Writer) Close() error {
	if err := w.file.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("pcap: %w", err)
	}
	return nil
}
