package pcap

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"slices"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
)

const (
	// maxFrame is how many bytes a frame of most links has at most, and maxTransfer those of a few that carry whole transfers.
	// They are libpcap's limits. A file that announces longer frames may have them too.
	maxFrame    = 256 << 10
	maxTransfer = 128 << 20
)

// A Reader reads a capture file frame by frame; its memory does not grow with the file. One goroutine uses it at a
// time.
type Reader struct {
	name   string
	format decoder
	how    *compression // nil when it is not compressed
	closer io.Closer
	count  int
	err    error
}

// A decoder reads one of the formats.
type decoder interface {
	// link is the link type the file announces first.
	link() linkType
	// longest is how many bytes a frame may have by what was read so far; 0 is not said.
	longest() uint32
	// next reads one frame. It returns io.EOF only between two records.
	next() (sendrecv.Frame, error)
}

// Open opens the capture file at path, which may be compressed: a regular file, or a pipe, which may keep it
// waiting. The error wraps ErrFormat when it is something else, also when it is empty; it tells nothing of what is in a
// file that is no capture. The caller closes the Reader.
func Open(path string) (*Reader, error) {
	f, err := openFile(path)
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

// NewNamedReader is NewReader for a stream that errors call by a name.
func NewNamedReader(r io.Reader, name string) (*Reader, error) { return newReader(r, name) }

func newReader(r io.Reader, name string) (*Reader, error) {
	src, how, err := decompressed(bufio.NewReaderSize(r, 64<<10))
	var format decoder
	if err == nil {
		format, err = newDecoder(src, how)
	}
	switch {
	case err != nil && format == nil && how != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("pcap: %s: %w: %w", name, ErrFormat, errNoHeader(how))
	case errors.Is(err, ErrFormat):
		return nil, fmt.Errorf("pcap: %s: %w: %w", name, ErrFormat, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("pcap: %s: %w", name, cut("its header"))
	case err != nil:
		return nil, fmt.Errorf("pcap: %s: %w", name, err)
	}
	return &Reader{name: name, format: format, how: how}, nil
}

// newDecoder reads the header of a file that was compressed as how says; nil is not at all.
func newDecoder(r *bufio.Reader, how *compression) (decoder, error) {
	magic, err := r.Peek(magicLength)
	switch {
	case errors.Is(err, io.EOF) && len(magic) == 0:
		return nil, errEmpty
	case how != nil && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrFormat)):
		return nil, errNoHeader(how)
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case isClassic(magic):
		return newClassic(r)
	case isNG(magic):
		return newNG(r)
	case isSnoop(magic):
		return newSnoop(r)
	}
	return nil, faulty("want pcap, pcapng or snoop, plain or compressed with gzip, zstd or lz4") // and not a word of what it begins with: it may be a secret
}

// magicLength is how many bytes tell a format.
const magicLength = 8

// isCapture says whether a file that begins with magic is a capture.
func isCapture(magic []byte) bool { return isClassic(magic) || isNG(magic) || isSnoop(magic) }

// beginsCapture reports whether another capture begins with head, where a record or a block should: with the header of a pcap or a
// snoop file, or in a file that is no pcapng with that of a section. No record begins so: it would be of a second in 2055 or 1975 and
// the very bytes that follow.
func beginsCapture(head []byte) bool {
	switch order, _ := classicMagic(head); {
	case order != nil && len(head) >= 8:
		return order.Uint16(head[4:]) == 2 && order.Uint16(head[6:]) <= 4
	case isNG(head) && len(head) >= 12:
		_, err := sectionOrder(head[8:])
		return err == nil
	}
	return isSnoop(head)
}

// Link is the protocol that frames of this file begin with. In a pcapng file other interfaces may have other links: each
// frame carries its own.
func (r *Reader) Link() craft.Name { return r.format.link().name(nil) }

// LinkType is the link type of this file by its number, as Options.LinkType takes it; "" when the file has none, not having described an
// interface.
func (r *Reader) LinkType() craft.Name {
	typ := r.format.link()
	if typ > math.MaxUint16 {
		return ""
	}
	return typ.numbered()
}

// SnapLen is how many bytes of a frame the file may hold, by what was read so far.
func (r *Reader) SnapLen() int { return snapLen(r.format.longest()) }

// SnapLen is how many bytes of a packet its capture may hold, as far as that is known.
func SnapLen(info *craft.CaptureInfo) int {
	if !IsOfFile(info) {
		return maxFrame
	}
	return snapLen(info.Interface.SnapLen)
}

// snapLen is a snapshot length as it is in files; one that is not said is what programs take for that.
func snapLen(said uint32) int {
	if said == 0 {
		return maxFrame
	}
	return int(said)
}

// IsOfFile reports whether a file said this of a packet.
func IsOfFile(info *craft.CaptureInfo) bool { return originOf(info) != nil }

// Next returns the next frame. It returns io.EOF after the last one. When the file ends within a frame the error wraps
// io.ErrUnexpectedEOF, when another capture begins behind this one, ErrJoined, and when it cannot be read on after its first frame,
// ErrDamaged; what was read before is good. Errors repeat.
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
		r.err = fmt.Errorf("pcap: %s: cut off after frame %d: %w", r.name, r.count, cut("a record"))
	case errors.Is(err, ErrJoined):
		r.err = fmt.Errorf("pcap: %s: %w behind frame %d, and is not read: mergecap joins captures, cat does not", r.name, ErrJoined, r.count)
	case r.count > 0:
		r.err = fmt.Errorf("pcap: %s: %w after frame %d: %w", r.name, ErrDamaged, r.count, err)
	default:
		r.err = fmt.Errorf("pcap: %s: %w: at its first frame: %w", r.name, ErrFormat, err)
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

// Close closes the file that Open opened, and ends a read that waits. It is safe to call twice, and during Next.
func (r *Reader) Close() error {
	if r.closer == nil {
		return nil
	}
	if err := r.closer.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return fmt.Errorf("pcap: %w", err)
	}
	return nil
}

// readFull fills buf from inside a record, where the end of the file is a truncation.
func readFull(r io.Reader, buf []byte) error {
	_, err := io.ReadFull(r, buf)
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skip passes over n bytes inside a record.
func skip(r *bufio.Reader, n uint32) error {
	for n > 0 {
		skipped, err := r.Discard(int(min(n, math.MaxInt32)))
		n -= uint32(skipped)
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readBytes reads n bytes from inside a record. What it takes grows with what is there, not with what n claims.
func readBytes(r io.Reader, n uint32) ([]byte, error) {
	data := make([]byte, min(n, maxFrame))
	if err := readFull(r, data); err != nil {
		return nil, err
	}
	for uint32(len(data)) < n {
		have := len(data)
		data = slices.Grow(data, min(int(n)-have, have))
		data = data[:min(cap(data), int(n))]
		if err := readFull(r, data[have:]); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// readData reads the captured bytes of a frame whose length on the wire was length.
func readData(r io.Reader, captured, length, most uint32) ([]byte, int, error) {
	if captured > most {
		return nil, 0, faulty("frame: want at most %d bytes, got %d", most, captured)
	}
	data, err := readBytes(r, captured)
	if err != nil {
		return nil, 0, err
	}
	if length <= captured {
		return data, 0, nil
	}
	return data, int(length), nil
}
