package pcap

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

// maxFrame bounds the memory that one frame of a hostile file can ask for, in bytes. It is libpcap's limit.
const maxFrame = 256 << 10

// ErrFormat is wrapped by the errors for a file that is no capture, or a damaged one.
var ErrFormat = errors.New("not a capture file")

// A Reader reads a capture file frame by frame; its memory does not grow with the file. One goroutine uses it at a
// time.
type Reader struct {
	name   string
	format decoder
	closer io.Closer
	count  int
	err    error
}

// A decoder reads one of the two formats.
type decoder interface {
	// link is the link type the file announces first.
	link() linkType
	// next reads one frame. It returns io.EOF only between two records.
	next() (sendrecv.Frame, error)
}

// Open opens the capture file at path, which may be compressed with gzip. The error wraps ErrFormat when it is something else, also when it is empty. The
// caller closes the Reader.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("pcap: %w", err)
	}
	r, err := newReader(f, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.closer = f
	return r, nil
}

// NewReader reads a capture from r, such as the output of tcpdump -w -. It reads the header at once.
func NewReader(r io.Reader) (*Reader, error) { return newReader(r, "stream") }

func newReader(r io.Reader, name string) (*Reader, error) {
	src := bufio.NewReaderSize(r, 64<<10)
	if magic, err := src.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b { // gzip, RFC 1952
		plain, err := gzip.NewReader(src)
		if err != nil {
			return nil, fmt.Errorf("pcap: %s: %w: %w", name, ErrFormat, err)
		}
		src = bufio.NewReaderSize(plain, 64<<10)
	}
	format, err := newDecoder(src)
	if err != nil {
		return nil, fmt.Errorf("pcap: %s: %w", name, err)
	}
	return &Reader{name: name, format: format}, nil
}

func newDecoder(r *bufio.Reader) (decoder, error) {
	magic, err := r.Peek(4)
	switch {
	case errors.Is(err, io.EOF) && len(magic) == 0:
		return nil, fmt.Errorf("%w: the file is empty", ErrFormat)
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: want a header, got %d bytes", ErrFormat, len(magic))
	case err != nil:
		return nil, err
	case isClassic(magic):
		return newClassic(r)
	case isNG(magic):
		return newNG(r)
	}
	return nil, fmt.Errorf("%w: want pcap or pcapng, got a file that begins with %x", ErrFormat, magic)
}

// isCapture says whether a file that begins with magic is a capture of either format.
func isCapture(magic []byte) bool { return isClassic(magic) || isNG(magic) }

// Link is the protocol that frames of this file begin with. In a pcapng file other interfaces may have other links: each
// frame carries its own.
func (r *Reader) Link() craft.Name { return r.format.link().name(nil) }

// Next returns the next frame. It returns io.EOF after the last one. When the file ends within a frame the error wraps
// io.ErrUnexpectedEOF; what was read before it is good. Errors repeat.
func (r *Reader) Next() (sendrecv.Frame, error) {
	if r.err != nil {
		return sendrecv.Frame{}, r.err
	}
	f, err := r.format.next()
	switch {
	case err == nil:
		r.count++
		return f, nil
	case errors.Is(err, io.EOF): // not kept: a file that is still being written may go on
		return sendrecv.Frame{}, err
	case errors.Is(err, io.ErrUnexpectedEOF):
		r.err = fmt.Errorf("pcap: %s: cut off after frame %d: %w", r.name, r.count, err)
	default:
		r.err = fmt.Errorf("pcap: %s: after frame %d: %w", r.name, r.count, err)
	}
	return sendrecv.Frame{}, r.err
}

// Frames yields the frames that are left, and then, unless the file ends as it should, one error.
func (r *Reader) Frames() iter.Seq2[sendrecv.Frame, error] {
	return func(yield func(sendrecv.Frame, error) bool) {
		for {
			f, err := r.Next()
			if errors.Is(err, io.EOF) || !yield(f, err) || err != nil {
				return
			}
		}
	}
}

// Close closes the file that Open opened. It is safe to call twice.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	err := r.closer.Close()
	r.closer = nil
	return err
}

// readFull fills buf from inside a record, where the end of the file is a truncation.
func readFull(r io.Reader, buf []byte) error {
	_, err := io.ReadFull(r, buf)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readData reads the captured bytes of a frame whose length on the wire was length.
func readData(r io.Reader, captured, length uint32) ([]byte, int, error) {
	if captured > maxFrame {
		return nil, 0, fmt.Errorf("%w: frame: want at most %d bytes, got %d", ErrFormat, maxFrame, captured)
	}
	data := make([]byte, captured)
	if err := readFull(r, data); err != nil {
		return nil, 0, err
	}
	if length <= captured {
		return data, 0, nil
	}
	return data, int(length), nil
}
