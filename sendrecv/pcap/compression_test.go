package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pierrec/lz4/v4"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// compressors are programs that compress a file, and the ends of names that they give.
var compressors = map[string][]string{
	".gz": {"gzip", "-c"}, ".zst": {"zstd", "-q", "-c"}, ".lz4": {"lz4", "-q", "-c"},
}

// TestOtherProgramsCompressAndDecompress reads what they compress, two files in a row too, and has them read ours.
func TestOtherProgramsCompressAndDecompress(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "a.pcap")
	write(t, plain, "Ether", some("Ether")...)
	whole := content(t, plain)
	for suffix, command := range compressors {
		t.Run(suffix, func(t *testing.T) {
			program, err := exec.LookPath(command[0])
			if err != nil {
				t.Skipf("%s is not installed: %s", command[0], err)
			}
			var pressed []byte
			for _, piece := range [][]byte{whole[:40], whole[40:]} { // each is a file of its own
				run := exec.Command(program, command[1:]...)
				run.Stdin = bytes.NewReader(piece)
				out, err := run.Output()
				if err != nil {
					t.Fatal(err)
				}
				pressed = append(pressed, out...)
			}
			got, err := read(t, bytes.NewReader(pressed))
			if diff := cmp.Diff(some("Ether"), got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
			ours := filepath.Join(dir, "b.pcap"+suffix)
			write(t, ours, "Ether", some("Ether")...)
			out, err := exec.Command(program, "-q", "-d", "-c", ours).Output()
			if err != nil || !bytes.Equal(out, whole) {
				t.Errorf("%s gave %d bytes, %v, want %d", program, len(out), err, len(whole))
			}
		})
	}
}

// TestLegacyLZ4IsRead reads the first format, behind which nothing can be appended.
func TestLegacyLZ4IsRead(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "a.pcap")
	write(t, plain, "Ether", some("Ether")...)
	var pressed bytes.Buffer
	z := lz4.NewWriter(&pressed)
	if err := z.Apply(lz4.LegacyOption(true)); err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(content(t, plain)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := put(t, filepath.Join(t.TempDir(), "a.pcap.lz4"), pressed.String())
	if diff := cmp.Diff(some("Ether"), readFile(t, path)); diff != "" {
		t.Error(diff)
	}
	before := content(t, path)
	if err := appendTo(path, pcap.Options{}, some("Ether")...); err == nil || !strings.Contains(err.Error(), "nothing can stand behind legacy lz4; make another file of it") {
		t.Errorf("appending: got %v", err)
	}
	if !bytes.Equal(content(t, path), before) {
		t.Error("the older file was changed")
	}
}

// TestEveryTruncationOfACompressedFile gives the whole frames before the cut, and says that there is one.
func TestEveryTruncationOfACompressedFile(t *testing.T) {
	for _, target := range targets {
		path := filepath.Join(t.TempDir(), target)
		write(t, path, "Ether", some("Ether")...)
		b := content(t, path)
		if !strings.Contains(target, "4") && !strings.Contains(target, "z") {
			continue
		}
		most := 0
		for cut := range b {
			got, err := read(t, bytes.NewReader(b[:cut]))
			if err == nil || !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, pcap.ErrFormat) {
				t.Errorf("%s cut at %d of %d: %d frames, %v, want a truncation", target, cut, len(b), len(got), err)
			}
			most = max(most, len(got))
			if diff := cmp.Diff(some("Ether")[:len(got)], got); len(got) > 0 && diff != "" {
				t.Errorf("%s cut at %d: %s", target, cut, diff)
			}
		}
		if most != len(some("Ether")) {
			t.Errorf("%s: a file cut at its very end has %d frames", target, most)
		}
	}
}

// TestDamageInACompressedFile changes each byte: there is no panic, and what is said is of this package.
func TestDamageInACompressedFile(t *testing.T) {
	for _, target := range targets {
		path := filepath.Join(t.TempDir(), target)
		write(t, path, "Ether", some("Ether")...)
		b := content(t, path)
		for at := range b {
			damaged := bytes.Clone(b)
			damaged[at] ^= 0x55
			if _, err := read(t, bytes.NewReader(damaged)); err != nil && !strings.HasPrefix(err.Error(), "pcap: stream: ") {
				t.Errorf("%s, byte %d: %v", target, at, err)
			}
		}
	}
}

// TestMemoryGrowsWithWhatIsThere reads records that claim more than the file has, and one that decompresses to much, frame by frame.
func TestMemoryGrowsWithWhatIsThere(t *testing.T) {
	usb := (&maker{order: binary.LittleEndian}).header(0xa1b2c3d4, 4, 0, 220).words(1, 2, 128<<20, 128<<20)
	usb.text(strings.Repeat("x", 1000))
	ng := &maker{order: binary.LittleEndian}
	ng.block(sectionHeader, ng.part().words(0x1a2b3c4d, 1, ^uint32(0), ^uint32(0)).b)
	ng.block(interfaceBlock, ng.part().words(1, 0).b)
	ng.words(enhancedPacket, 120<<20, 0, 0, 0, 110<<20, 110<<20)
	names := &maker{order: binary.LittleEndian}
	names.block(sectionHeader, names.part().words(0x1a2b3c4d, 1, ^uint32(0), ^uint32(0)).b)
	names.block(interfaceBlock, names.part().words(1, 0).b)
	names.words(nameResolution, 15<<20, 0)
	for name, b := range map[string][]byte{"a record": usb.b, "a packet": ng.b, "another block": names.b} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := read(t, bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", name, err)
		}
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
			t.Errorf("%s: took %d bytes", name, grown)
		}
	}
}

// TestASmallFileOfMuchIsReadFrameByFrame decompresses 200 MB, and keeps none of it.
func TestASmallFileOfMuchIsReadFrameByFrame(t *testing.T) {
	for _, target := range []string{"a.pcap.gz", "a.pcap.zst", "a.pcap.lz4"} {
		path := filepath.Join(t.TempDir(), target)
		w := begin(t, path)
		f := sendrecv.Frame{Link: "Ether", Data: make([]byte, 200<<10)}
		for range 100 {
			if err := w.Write(f, f, f, f, f, f, f, f, f, f); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := pcap.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		var stats runtime.MemStats
		for _, err := range r.Frames() {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n%250 == 0 {
				runtime.GC()
				if runtime.ReadMemStats(&stats); stats.HeapAlloc > 64<<20 {
					t.Errorf("%s: %d bytes in use after %d frames", target, stats.HeapAlloc, n)
				}
			}
		}
		if err := r.Close(); n != 1000 || err != nil {
			t.Errorf("%s: %d frames, %v", target, n, err)
		}
	}
}
