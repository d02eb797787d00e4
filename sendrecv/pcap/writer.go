package pcap

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// A Writer writes a capture file: beside the one of that name, which it replaces when it is closed. Its methods are safe for
// concurrent use.
type Writer struct {
	mu      sync.Mutex
	path    string
	part    *part // nil once it was closed or discarded
	format  encoder
	zip     *gzip.Writer // writes to pressed; nil when the file is not compressed
	pressed bytes.Buffer
	buf     []byte
	size    int64 // of what is good, in bytes
	frames  int   // in it
	failed  error // why nothing more is written
}

// An encoder writes one of the two formats.
type encoder interface {
	header() []byte
	// append adds the record of one frame to b, or leaves b as it is and says why.
	append(b []byte, f sendrecv.Frame) ([]byte, error)
}

// Create begins a capture file for frames that begin with link. The name says how it is written: .pcapng, or .pcap and .cap
// with stamps in nanoseconds, compressed when .gz follows; any other name is refused. Frames go to a new file, path and
// .part, which only its owner may read; Close gives it the name. A capture or an empty file that is there is replaced then,
// and lends its permissions and owner, unless it is somebody else's in a folder where others may put files; for anything else, a
// symbolic link too, the error wraps fs.ErrExist. While a file is written, a second writer to it gets an error that wraps
// ErrWriting; a part that a killed process left is replaced. The caller closes, commits or discards the Writer.
func Create(path string, link craft.Name) (*Writer, error) {
	form, err := formOf(path)
	if err != nil {
		return nil, fmt.Errorf("pcap: %w", err)
	}
	typ, err := linkTypeOf(link)
	if err != nil {
		return nil, fmt.Errorf("pcap: %s: %w", path, err)
	}
	w := &Writer{path: path, format: classicEncoder{typ}}
	if form.ng {
		w.format = &ngEncoder{types: []linkType{typ}}
	}
	if form.gzip {
		w.zip = gzip.NewWriter(&w.pressed)
	}
	if w.part, err = newPart(path); err != nil {
		return nil, fmt.Errorf("pcap: %w", err)
	}
	if err := w.put(w.format.header()); err != nil {
		_ = w.part.remove() // the first error is the one to report
		return nil, fmt.Errorf("pcap: %w", err)
	}
	return w, nil
}

// Write appends frames. They are in the part when it returns, in one write: a crash later on loses none of them. It stops
// for good at the first frame that the file cannot hold, and when the disk is full: the error comes again from then on.
// After Close the error wraps fs.ErrClosed.
func (w *Writer) Write(frames ...sendrecv.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.part == nil:
		return fmt.Errorf("pcap: %s: %w", w.path, fs.ErrClosed)
	case w.failed != nil:
		return w.failed
	}
	var refused error
	w.buf = w.buf[:0]
	n := 0
	for _, f := range frames {
		if w.buf, refused = w.record(f); refused != nil {
			refused = fmt.Errorf("frame %d: %w", w.frames+n+1, refused)
			break
		}
		n++
	}
	if err := w.put(w.buf); err != nil {
		return w.fail(err)
	}
	w.frames += n
	if refused != nil {
		return w.fail(refused)
	}
	return nil
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

// put writes bytes to the part so that they can be read at once. When it cannot, the part ends with the whole frames before.
func (w *Writer) put(b []byte) error {
	if w.zip != nil {
		w.pressed.Reset()
		_, _ = w.zip.Write(b) // a buffer takes all
		_ = w.zip.Flush()
		b = w.pressed.Bytes()
	}
	return w.store(b)
}

func (w *Writer) store(b []byte) error {
	n, err := w.part.file.Write(b)
	if err != nil {
		_ = w.part.file.Truncate(w.size) // or half a frame stays, which readers tell
		return err
	}
	w.size += int64(n)
	return nil
}

// fail keeps why nothing more is written.
func (w *Writer) fail(err error) error {
	older := "was not made"
	if w.part.older != nil {
		older = "is as it was"
	}
	w.failed = fmt.Errorf("pcap: %s: %w; %s %s", w.path, err, w.path, older)
	return w.failed
}

// Frames counts the frames in the file.
func (w *Writer) Frames() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frames
}

// Close ends the file and gives it its name. When that fails, or a Write failed before, the older file is as it was, the
// frames stay in the part, and the error says so. It is safe to call twice.
func (w *Writer) Close() error { return w.end(true) }

// Commit is Close for a file that is good as a whole or not at all: when it fails, the part is removed too.
func (w *Writer) Commit() error { return w.end(false) }

func (w *Writer) end(keep bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.part == nil {
		return nil
	}
	if w.failed == nil {
		w.conclude()
	}
	part := w.part
	w.part = nil
	switch {
	case w.failed == nil:
		return nil
	case keep:
		part.close()
		return fmt.Errorf("%w, and %s holds what came before (frames: %d)", w.failed, part.name, w.frames)
	}
	_ = part.remove() // the first error is the one to report
	return w.failed
}

// conclude writes what ends the file and gives it its name.
func (w *Writer) conclude() {
	var err error
	if w.zip != nil {
		w.pressed.Reset()
		_ = w.zip.Close() // a buffer takes all
		err = w.store(w.pressed.Bytes())
	}
	if err == nil {
		err = w.part.install()
	}
	if err != nil {
		_ = w.fail(err)
	}
}

// Discard removes what was written; the older file is as it was. After Close or Commit it does nothing, so that it can be
// deferred.
func (w *Writer) Discard() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.part == nil {
		return nil
	}
	part := w.part
	w.part = nil
	if err := part.remove(); err != nil {
		return fmt.Errorf("pcap: %w", err)
	}
	return nil
}
