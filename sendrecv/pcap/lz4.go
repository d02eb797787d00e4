package pcap

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/pierrec/lz4/v4"
)

// What begins a frame of LZ4, and one of its older kind (lz4 -l).
const (
	lz4Magic  = 0x184d2204
	lz4Legacy = 0x184c2102
)

// lz4Files are files of LZ4's frame format.
var lz4Files = compression{
	name: "lz4", suffix: ".lz4",
	begins: func(head []byte) bool { return len(head) >= 4 && binary.LittleEndian.Uint32(head) == lz4Magic },
	open:   openLZ4,
	write: func(w io.Writer) (compressor, error) {
		z := lz4.NewWriter(w)
		return z, z.Apply(lz4.BlockSizeOption(lz4.Block256Kb), lz4.ConcurrencyOption(1))
	},
}

// legacyLZ4Files are files of LZ4's first format, which are only read: there is nothing behind a block that ends before it is full.
var legacyLZ4Files = compression{
	name:   "legacy lz4",
	begins: func(head []byte) bool { return len(head) >= 4 && binary.LittleEndian.Uint32(head) == lz4Legacy },
	open:   openLZ4,
}

func openLZ4(src *bufio.Reader) (io.Reader, error) {
	z := lz4.NewReader(src)
	return z, z.Apply(lz4.ConcurrencyOption(1))
}
