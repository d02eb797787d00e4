package pcap

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// A Writer writes a capture: a file beside the one of that name, which it replaces when it is closed, or a stream. Its methods are
// safe for concurrent use.
type Writer struct {
	mu      sync.Mutex
	path    string
	part    sink // nil once it was closed or discarded
	format  encoder
	zip     compressor // writes to pressed; nil when the file is not compressed
	pressed bytes.Buffer
	buf     []byte
	snaplen int   // what is longer is cut; 0 is nothing
	size    int64 // of what is good, in bytes
	frames  int   // in it
	failed  error // why nothing more is written
}

// A sink is where the bytes of a capture go.
type sink interface {
	io.Writer
	// truncate takes back what was written beyond size, if that can be done.
	truncate(size int64)
	// install ends the capture for good, and remove takes it away. Either closes the sink, but for an install that fails.
	install() error
	remove() error
	close()
	// label is what errors call it when it is left, and older what they say of a capture that it was to replace.
	label() string
	older() string
}

// An encoder writes one of the formats.
type encoder interface {
	// start adds what the capture begins with, if that was not done.
	start(b []byte) []byte
	// append adds the record of one frame to b, and what must stand before it, or says why it cannot.
	append(b []byte, f sendrecv.Frame) ([]byte, error)
	// end adds what the capture ends with.
	end(b []byte) []byte
	// told is what is to be told of what the capture was given: what it does not hold, and what is odd.
	told() *losses
}

// Options say how a capture is written. The zero value leaves all to the file's name and to the frames.
type Options struct {
	// Link is what the frames begin with; "" is settled by the first one.
	Link craft.Name
	// LinkType is the link type under which all frames are written, whatever they begin with, as LinkNamed reads it; "" is none.
	LinkType craft.Name
	// Empty is asked for the link type of a capture that got no frames, unless the two above say it; nil and "" are Ethernet's.
	Empty func() craft.Name
	// SnapLen is how many bytes of each frame are kept; 0 is all.
	SnapLen int
	// Longest is how long frames may become; a pcap file's header must say it before. 0 is as long as the first one says.
	Longest int
	// Comments stand beside the capture, in place of those of the files that frames come from; nil leaves these.
	Comments []string
	// Append goes on with the capture that is there, in its format; without one it is Create.
	Append bool
	// NG writes a stream as pcapng; the name of a file says it itself.
	NG bool
}

// Create begins a capture file for frames that begin with link. The name says how it is written: .pcapng, or .pcap and .cap
// with stamps in nanoseconds, compressed when .gz, .zst or .lz4 follows; any other name is refused. Frames go to a new file, path and
// .part, which only its owner may read; Close gives it the name. A capture or an empty file that is there is replaced then,
// and lends its permissions and owner, unless it is somebody else's in a folder where others may put files; for anything else,
// a symbolic link too, and somebody else's link on the way in such a folder, the error wraps fs.ErrExist. While a file is
// written, a second writer to it gets an error that wraps ErrWriting; a part that a killed process left is replaced. The caller
// closes, commits or discards the Writer.
func Create(path string, link craft.Name) (*Writer, error) {
	if _, err := linkTypeOf(link); err != nil {
		return nil, fmt.Errorf("pcap: %s: %w", path, err)
	}
	w, err := CreateWith(path, Options{Link: link})
	if err != nil {
		return nil, err
	}
	return w, w.begin()
}

// CreateWith is Create with options. What the file begins with is written with the first frames.
func CreateWith(path string, o Options) (*Writer, error) {
	form, err := formOf(path)
	if err != nil {
		return nil, fmt.Errorf("pcap: %w", err)
	}
	p, err := newPart(path)
	if err != nil {
		return nil, fmt.Errorf("pcap: %w", err)
	}
	w := &Writer{path: path, part: p, snaplen: o.SnapLen}
	if err := w.open(p, form, o); err != nil {
		_ = p.remove() // the first error is the one to report
		return nil, fmt.Errorf("pcap: %s: %w", path, err)
	}
	return w, nil
}

// open settles how the part is written: as the capture to append to is, or else as the name says.
func (w *Writer) open(p *part, form form, o Options) (err error) {
	if o.Append {
		form.compressed, err = w.goOn(p, form.compressed, o)
	}
	if w.format == nil && err == nil {
		o.NG = form.ng
		w.format, err = o.encoder()
	}
	if form.compressed != nil && err == nil {
		w.zip, err = form.compressed.write(&w.pressed)
	}
	return err
}

// NewWriter begins a capture on a stream, such as the standard output. What was written to it cannot be taken back.
func NewWriter(out io.Writer, name string, o Options) (*Writer, error) {
	w := &Writer{path: name, part: stream{out, name}, snaplen: o.SnapLen}
	var err error
	if w.format, err = o.encoder(); err != nil {
		return nil, fmt.Errorf("pcap: %s: %w", name, err)
	}
	return w, nil
}

// explicit is the link type that is asked for; nil for none.
func (o Options) explicit() (*linkType, error) {
	if o.LinkType == "" {
		return nil, nil
	}
	typ, err := linkTypeOf(o.LinkType)
	return &typ, err
}

// encoder is the encoder of a new capture.
func (o Options) encoder() (encoder, error) {
	explicit, err := o.explicit()
	if err != nil {
		return nil, err
	}
	first, settled := linkType(1), explicit != nil || o.Link != "" // Ethernet
	switch {
	case explicit != nil:
		first = *explicit
	case o.Link != "":
		first, err = linkTypeOf(o.Link)
	}
	if err != nil {
		return nil, err
	}
	if o.NG {
		e := newNGEncoder(binary.LittleEndian, uint32(o.SnapLen), o.Comments)
		e.fallback, e.typ = first, explicit
		if !settled {
			e.empty = o.Empty
		}
		return e, nil
	}
	if o.Comments != nil {
		return nil, errors.New("comment: a pcap file holds none: want a name that ends in .pcapng")
	}
	return &classicEncoder{
		empty: o.Empty, order: binary.LittleEndian, tick: time.Nanosecond, typ: first, typed: settled, explicit: explicit,
		snaplen: uint32(o.SnapLen), longest: uint32(o.Longest),
	}, nil
}

// begin writes what the file begins with.
func (w *Writer) begin() error {
	if err := w.put(w.format.start(nil)); err != nil {
		_ = w.part.remove() // the first error is the one to report
		return fmt.Errorf("pcap: %w", err)
	}
	return nil
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
	if cap(w.buf) > maxBuffer {
		w.buf = nil
	}
	w.frames += n
	if refused != nil {
		return w.fail(refused)
	}
	return nil
}

// maxBuffer is how much memory a writer keeps from one write to the next, in bytes.
const maxBuffer = 4 << 20

// record appends one frame to the buffer.
func (w *Writer) record(f sendrecv.Frame) ([]byte, error) {
	if w.snaplen > 0 && len(f.Data) > w.snaplen {
		f.Length = max(f.Length, len(f.Data))
		f.Data = f.Data[:w.snaplen]
	}
	if len(f.Data) > maxTransfer {
		return w.buf, fmt.Errorf("want at most %d bytes, got %d", maxTransfer, len(f.Data))
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
	n, err := w.part.Write(b)
	if err != nil {
		w.part.truncate(w.size) // or half a frame stays, which readers tell
		return err
	}
	w.size += int64(n)
	return nil
}

// fail keeps why nothing more is written.
func (w *Writer) fail(err error) error {
	w.failed = fmt.Errorf("pcap: %s: %w%s", w.path, err, w.part.older())
	return w.failed
}

// Frames counts the frames in the file.
func (w *Writer) Frames() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.frames
}

// Lost is what the capture does not hold of what it was given, a kind once, in words for a person: "comments of packets: 3".
func (w *Writer) Lost() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.format.told().list()
}

// Odd is what the capture holds and other programs may read otherwise or not at all, as Lost has it: "packets that begin with ARP, under
// link type 1 (Ether): 3".
func (w *Writer) Odd() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.format.told().oddities()
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
		if part.label() == "" {
			return w.failed
		}
		return fmt.Errorf("%w, and %s holds what came before (frames: %d)", w.failed, part.label(), w.frames)
	}
	_ = part.remove() // the first error is the one to report
	return w.failed
}

// conclude writes what ends the file and gives it its name.
func (w *Writer) conclude() {
	w.buf = w.format.end(w.buf[:0])
	var err error
	if len(w.buf) > 0 {
		err = w.put(w.buf)
	}
	if err == nil && w.zip != nil {
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

// A stream is a sink that nothing can be taken back from.
type stream struct {
	io.Writer
	name string
}

func (stream) truncate(int64) {}
func (stream) install() error { return nil }
func (stream) remove() error  { return nil }
func (stream) close()         {}
func (stream) label() string  { return "" }
func (stream) older() string  { return "" }
