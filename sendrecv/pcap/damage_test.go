package pcap_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// three are the bytes of a capture of three frames, and where each record begins; the last is its length.
func three(t *testing.T, name string) (whole []byte, at [4]int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	for i := range at {
		write(t, path, "Ether", some("Ether")[:i]...)
		at[i] = int(size(t, path))
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole, at
}

// zipped is b, compressed so that each byte stands there as it is: damaging one does not make it unreadable for deflate.
func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	z, err := gzip.NewWriterLevel(&file, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestADamagedCaptureGivesWhatIsGood(t *testing.T) {
	classic, record := three(t, "a.pcap")
	ng, block := three(t, "a.pcapng")
	put := func(whole []byte, at int, v uint32) []byte {
		whole = bytes.Clone(whole)
		binary.LittleEndian.PutUint32(whole[at:], v)
		return whole
	}
	pressed := zipped(t, classic)
	for _, c := range []struct {
		name   string
		file   []byte
		frames int
		why    string
	}{
		{"a frame over 256 KiB", put(classic, record[2]+8, 1<<20), 2, "frame: want at most 262144 bytes, got 1048576"},
		{"rubbish behind the last", append(bytes.Clone(classic), bytes.Repeat([]byte{0xee}, 64)...), 3, "frame: want at most"},
		{"a block's length", put(ng, block[2]+4, 13), 2, "block length: want a multiple of 4 from 12 on, got 13"},
		{"a block's length at its end", put(ng, block[3]-4, 8), 2, "block: want length"},
		{"an interface that is not there", put(ng, block[2]+8, 7), 2, "packet: want one of 1 interfaces, got number 7"},
		{"a frame longer than its block", put(ng, block[2]+20, 4000), 2, "packet: want at most the"},
		{"another section's order", append(bytes.Clone(ng), "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00abcd"...), 3, "byte-order magic: want 1a2b3c4d in one of the two orders"},
		{"a block that gzip cannot read", put(pressed, len(pressed)-13, 0xffffffff), 3, "its gzip is damaged"},
		{"the sum of gzip", put(pressed, len(pressed)-8, 1), 3, "its gzip is damaged: what it holds is not what was compressed"},
		{"another file behind gzip", append(bytes.Clone(pressed), "rubbish that is no header"...), 3, "its gzip is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(t, bytes.NewReader(c.file))
			if len(got) != c.frames {
				t.Errorf("got %d frames, want %d", len(got), c.frames)
			}
			if !errors.Is(err, pcap.ErrDamaged) || !strings.Contains(err.Error(), "pcap: stream: damaged after frame ") || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want damaged after frame %d: %s", err, c.frames, c.why)
			}
		})
	}
}

// TestCapturesJoinedByCat gives the frames of the first one, and says that another begins; sections of pcapng may follow each other.
func TestCapturesJoinedByCat(t *testing.T) {
	made := madeFiles()
	made["without frames"] = (&maker{order: binary.LittleEndian}).header(0xa1b2c3d4, 4, 1500, 1).b
	for first, a := range made {
		if strings.HasPrefix(first, "nokia") {
			continue // short ones are told from others by where they end
		}
		for second, b := range made {
			want := len(whole(t, a))
			got, err := read(t, bytes.NewReader(append(bytes.Clone(a), b...)))
			if strings.HasPrefix(first, "rich") && strings.HasPrefix(second, "rich") {
				if err != nil || len(got) != want+len(whole(t, b)) {
					t.Errorf("%s and %s: %d frames, %v", first, second, len(got), err)
				}
				continue
			}
			if !errors.Is(err, pcap.ErrJoined) || errors.Is(err, pcap.ErrDamaged) || len(got) != want ||
				!strings.Contains(err.Error(), fmt.Sprintf("another capture begins behind frame %d, and is not read: mergecap joins captures", want)) {
				t.Errorf("%s and %s: %d frames, want %d; %v", first, second, len(got), want, err)
			}
		}
	}
}

// TestAFileThatBreaksOffSaysWhere in its own words.
func TestAFileThatBreaksOffSaysWhere(t *testing.T) {
	made := madeFiles()
	for _, name := range []string{"micro little", "nano big", "kuznetsov little", "ixia big", "version 2.2 little", "usb big", "rich little", "rich big", "snoop"} {
		file := made[name]
		for n, want := range map[int]string{10: "pcap: stream: it ends in the middle of its header", len(file) - 1: ": it ends in the middle of a record"} {
			_, err := read(t, bytes.NewReader(file[:n]))
			if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasSuffix(err.Error(), want) || strings.Contains(err.Error(), "EOF") {
				t.Errorf("%s: %d bytes: got %v, want %s", name, n, err, want)
			}
		}
	}
}

func TestDamageBeforeTheFirstFrameIsAnError(t *testing.T) {
	for _, name := range formats {
		whole, at := three(t, name)
		copy(whole[at[0]+4:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
		got, err := read(t, bytes.NewReader(whole))
		if len(got) != 0 || !errors.Is(err, pcap.ErrFormat) || errors.Is(err, pcap.ErrDamaged) {
			t.Errorf("%s: got %d frames, %v, want %v", name, len(got), err, pcap.ErrFormat)
		}
	}
}

// TestAFileIsOpenedSoon reads blocks that say nothing, which gzip makes any number of.
func TestAFileIsOpenedSoon(t *testing.T) {
	const section = "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x1c\x00\x00\x00"
	block := "\x99\x00\x00\x00\x00\x00\x10\x00" + strings.Repeat("\x00", 1<<20-12) + "\x00\x00\x10\x00"
	for _, file := range []string{section + strings.Repeat(block, 20), section + "\x99\x00\x00\x00\xfc\xff\xff\xff"} {
		_, err := pcap.NewReader(strings.NewReader(file))
		if !errors.Is(err, pcap.ErrFormat) || !strings.Contains(err.Error(), "want an interface within the first 16777216 bytes") {
			t.Errorf("%d bytes: %v", len(file), err)
		}
	}
}

// TestAFileThatIsNoCaptureTellsNothing reads secrets: the errors for all of one kind are the same, whatever they are and
// however long.
func TestAFileThatIsNoCaptureTellsNothing(t *testing.T) {
	tail := strings.Repeat("\x01", 40)
	for name, disguise := range map[string]func(secret string) string{
		"plain":                     func(s string) string { return s },
		"behind the magic of ng":    func(s string) string { return "\x0a\x0d\x0d\x0a" + s + tail },
		"behind the magic of gzip":  func(s string) string { return "\x1f\x8b" + s + tail },
		"behind the magic of zstd":  func(s string) string { return "\x28\xb5\x2f\xfd" + s + tail },
		"behind the magic of lz4":   func(s string) string { return "\x04\x22\x4d\x18" + s + tail },
		"compressed":                func(s string) string { return string(zipped(t, []byte(s))) },
		"as what gzip decompresses": func(s string) string { return "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xff" + s + tail },
	} {
		t.Run(name, func(t *testing.T) {
			told := ""
			for _, secret := range []string{"root:$y$j9T$", "abc", "x", strings.Repeat("Z", 100_000)} {
				path := filepath.Join(t.TempDir(), "shadow")
				if err := os.WriteFile(path, []byte(disguise(secret)), 0o600); err != nil {
					t.Fatal(err)
				}
				r, err := pcap.Open(path)
				if err == nil {
					_, err = r.Next()
					r.Close()
				}
				if !errors.Is(err, pcap.ErrFormat) {
					t.Fatalf("got %v, want %v", err, pcap.ErrFormat)
				}
				text := strings.ReplaceAll(err.Error(), path, "FILE")
				if told == "" {
					told = text
				}
				if text != told {
					t.Errorf("one secret is %q, another %q", told, text)
				}
			}
		})
	}
}

func TestOnlyRegularFilesAndPipesAreRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such files")
	}
	dir := t.TempDir()
	t.Chdir(dir) // a socket's path is short
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for path, want := range map[string]string{
		dir:         "got a directory",
		"socket":    "got a socket",
		"/dev/zero": "got a device",
		"/dev/tty":  "got a device",
	} {
		_, err := pcap.Open(path)
		if !errors.Is(err, pcap.ErrFormat) || !strings.HasPrefix(err.Error(), "pcap: "+path+": ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", path, err, want)
		}
	}
	if _, err := os.Stat("/proc/kmsg"); err == nil { // reading it takes the kernel's messages away
		if _, err := pcap.Open("/proc/kmsg"); !errors.Is(err, pcap.ErrFormat) || !strings.Contains(err.Error(), "the file is empty") {
			t.Errorf("/proc/kmsg: got %v, want it left unread", err)
		}
	}
}
