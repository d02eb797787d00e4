package pcap

import (
	"bufio"
	"errors"
	"io"
)

// A compression is a way in which captures are compressed. A file that is read is known by its first bytes, one that is
// written by the end of its name.
type compression struct {
	name   string // "gzip"
	suffix string // ".gz"; "" for one that is only read
	begins func(head []byte) bool
	// open decompresses src to its end: several compressed files in a row are one.
	open func(src *bufio.Reader) (io.Reader, error)
	// write compresses to w; nil for one that is only read. It makes no goroutines, so that one that is never closed costs nothing.
	write func(w io.Writer) (compressor, error)
}

// A compressor compresses what is written to it. What was flushed can be decompressed before it is closed.
type compressor interface {
	io.WriteCloser
	Flush() error
}

// compressions are the ones that are written.
func compressions() []compression { return []compression{gzipFiles, zstdFiles, lz4Files} }

// longestMagic is how many bytes tell a compression.
const longestMagic = 4

// compressionOf is the compression of a file that begins with head; nil for one that is not compressed.
func compressionOf(head []byte) *compression {
	for _, c := range append(compressions(), legacyLZ4Files) {
		if c.begins(head) {
			return &c
		}
	}
	return nil
}

// decompressed is what src holds, decompressed when it is compressed, and how it was.
func decompressed(src *bufio.Reader) (*bufio.Reader, *compression, error) {
	head, _ := src.Peek(longestMagic) // its error, if it is one, comes again
	c := compressionOf(head)
	if c == nil {
		return src, nil, nil
	}
	in := &watched{r: src}
	plain, err := c.open(bufio.NewReaderSize(in, 64<<10))
	if err != nil && in.err != nil {
		return nil, c, in.err
	}
	if err != nil {
		return nil, c, errNoHeader(c)
	}
	return bufio.NewReaderSize(&decompressor{in, plain, c}, 64<<10), c, nil
}

// A decompressor decompresses, and tells what is wrong with the file from what is wrong with reading it.
type decompressor struct {
	in    *watched
	plain io.Reader
	how   *compression
}

func (d *decompressor) Read(b []byte) (int, error) {
	n, err := d.plain.Read(b)
	return n, d.in.explain(d.how, err)
}

// watched reads, and remembers why it could not.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// explain is an error of a decompressor: the end, a file that is cut off, what is wrong with reading, or a damaged file.
func (w *watched) explain(how *compression, err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case w.err != nil:
		return w.err
	}
	return faulty("its %s is damaged: what it holds is not what was compressed", how.name)
}

// errNoHeader is the fault of a compressed file that breaks off, or is damaged, before it holds the header of a capture. It does not
// say which of the two: the file may be a secret.
func errNoHeader(how *compression) error {
	return faulty("its %s is cut off or damaged before the header of a capture", how.name)
}
