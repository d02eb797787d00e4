package pcap

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/pierrec/lz4/v4"
)

// lz4Magic begins a frame of LZ4.
const lz4Magic = 0x184d2204

// lz4Files are files of LZ4's frame format.
var lz4Files = compression{
	name: "lz4", suffix: ".lz4",
	begins: func(head []byte) bool { return len(head) >= 4 && binary.LittleEndian.Uint32(head) == lz4Magic },
	open: func(src *bufio.Reader) (io.Reader, error) {
		z := lz4.NewReader(src)
		return z, z.Apply(lz4.ConcurrencyOption(1))
	},
	write: func(w io.Writer) (compressor, error) {
		z := lz4.NewWriter(w)
		return z, z.Apply(lz4.BlockSizeOption(lz4.Block256Kb), lz4.ConcurrencyOption(1))
	},
}
