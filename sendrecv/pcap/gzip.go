package pcap

import (
	"bufio"
	"compress/gzip"
	"io"
)

// gzipFiles are files of gzip (RFC 1952).
var gzipFiles = compression{
	name: "gzip", suffix: ".gz",
	begins: func(head []byte) bool { return len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b },
	open:   func(src *bufio.Reader) (io.Reader, error) { return gzip.NewReader(src) },
	write:  func(w io.Writer) (compressor, error) { return gzip.NewWriter(w), nil },
}
