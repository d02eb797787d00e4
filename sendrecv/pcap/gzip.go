package pcap

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
)

// isGzip says whether a file that begins with magic is compressed with gzip (RFC 1952).
func isGzip(magic []byte) bool { return len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b }

// inflated is what src holds, decompressed when it is compressed.
func inflated(src *bufio.Reader) (*bufio.Reader, error) {
	if magic, err := src.Peek(2); err != nil || !isGzip(magic) {
		return src, nil // the error, if it is one, comes again
	}
	plain, err := gzip.NewReader(src)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errCut
	}
	if err != nil {
		return nil, gzipFault(err)
	}
	return bufio.NewReaderSize(inflater{plain}, 64<<10), nil
}

// An inflater decompresses, and tells what is wrong with the file from what is wrong with reading it.
type inflater struct{ plain *gzip.Reader }

func (i inflater) Read(b []byte) (int, error) {
	n, err := i.plain.Read(b)
	return n, gzipFault(err)
}

// gzipFault is err, as a fault of the file if it is one.
func gzipFault(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return faulty("its gzip is damaged: what it holds is not what was compressed")
	case errors.Is(err, gzip.ErrHeader):
		return faulty("its gzip is damaged: want a header of gzip")
	}
	return err
}

// errCut is the fault of a compressed file that holds no header.
var errCut = faulty("its gzip is cut off before the header of a capture")
