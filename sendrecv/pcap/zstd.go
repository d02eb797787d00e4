package pcap

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zstd"
)

const (
	zstdMagic = 0xfd2fb528
	// skippable begins sixteen numbers of frames that readers of zstd and of lz4 skip.
	skippable = 0x184d2a50
	// maxWindow is how far back a compressed file may refer, in bytes: what the program zstd takes unasked.
	maxWindow = 128 << 20
	// ownWindow is how far back ours refer: a writer keeps as much in memory.
	ownWindow = 1 << 20
)

// zstdFiles are files of Zstandard (RFC 8878).
var zstdFiles = compression{
	name: "zstd", suffix: ".zst",
	begins: func(head []byte) bool {
		return len(head) >= 4 && (binary.LittleEndian.Uint32(head) == zstdMagic || binary.LittleEndian.Uint32(head)&^0xf == skippable)
	},
	open: func(src *bufio.Reader) (io.Reader, error) {
		return zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	},
	write: func(w io.Writer) (compressor, error) {
		return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(ownWindow), zstd.WithLowerEncoderMem(true))
	},
}
