package pcap_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	protocols "github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

var formats = []string{"trace.pcap", "trace.pcapng"}

// some is a handful of frames with everything a file must keep.
func some(link craft.Name) []sendrecv.Frame {
	at := time.Unix(1795342579, 400901123)
	return []sendrecv.Frame{
		{Time: at, Link: link, Data: []byte("\x45first")},
		{Time: at.Add(time.Nanosecond), Link: link, Data: []byte{}},
		{Time: at.Add(time.Hour), Link: link, Data: []byte("\x45cut short"), Length: 1500},
	}
}

func write(t *testing.T, path string, link craft.Name, frames ...sendrecv.Frame) {
	t.Helper()
	w, err := pcap.Create(path, link)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Write(frames...); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, r io.Reader) ([]sendrecv.Frame, error) {
	t.Helper()
	c, err := pcap.NewReader(r)
	if err != nil {
		return nil, err
	}
	var got []sendrecv.Frame
	for f, err := range c.Frames() {
		if err != nil {
			return got, err
		}
		f.Info = nil // other tests look at it
		got = append(got, f)
	}
	return got, nil
}

func readFile(t *testing.T, path string) []sendrecv.Frame {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t, bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, name := range formats {
		for _, link := range []craft.Name{"Ether", "IP", "CookedLinux", "CookedLinuxV2", "PPP", "RadioTap", "Loopback", "LINKTYPE_147"} {
			t.Run(name+" "+string(link), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), name)
				write(t, path, link, some(link)...)
				if diff := cmp.Diff(some(link), readFile(t, path)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestFramesWithoutStamp(t *testing.T) {
	for _, name := range formats {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, "Ether", sendrecv.Frame{Link: "Ether", Data: []byte{1}})
		got := readFile(t, path)[0].Time
		if unknown := strings.HasSuffix(name, "ng"); got.IsZero() != unknown || !unknown && got.UnixNano() != 0 {
			t.Errorf("%s: got %v, want 1970 in pcap, which has no other way, and none in pcapng", name, got)
		}
	}
}

func TestRawLinksTellTheIPVersion(t *testing.T) {
	for _, typ := range []uint32{101, 12, 14, 228, 229} {
		file := classicFile(binary.BigEndian, typ, []byte("\x60six"))
		got, err := read(t, bytes.NewReader(file))
		if err != nil || got[0].Link != "IPv6" {
			t.Errorf("link type %d: got %v, %v, want IPv6", typ, got, err)
		}
	}
}

func TestLinkTypesAbove255AreNotTakenForOthers(t *testing.T) {
	got, err := read(t, bytes.NewReader(classicFile(binary.LittleEndian, 256+1, []byte("x"))))
	if err != nil || got[0].Link != "LINKTYPE_257" {
		t.Errorf("got %v, %v, want LINKTYPE_257", got, err)
	}
}

// classicFile is a pcap file with one frame and microsecond stamps.
func classicFile(order binary.AppendByteOrder, typ uint32, data []byte) []byte {
	b := order.AppendUint32(nil, 0xa1b2c3d4)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 4)
	for _, v := range []uint32{0, 0, 96, typ, 10, 999999, uint32(len(data)), uint32(len(data))} {
		b = order.AppendUint32(b, v)
	}
	return append(b, data...)
}

func TestMixedLinksNeedPcapng(t *testing.T) {
	mixed := []sendrecv.Frame{some("Ether")[0], some("IP")[0], some("Ether")[2]}
	path := filepath.Join(t.TempDir(), "trace.pcapng")
	write(t, path, "Ether", mixed...)
	if diff := cmp.Diff(mixed, readFile(t, path)); diff != "" {
		t.Error(diff)
	}
	path = filepath.Join(t.TempDir(), "trace.pcap")
	w, err := pcap.Create(path, "Ether")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Write(mixed...); err == nil || !strings.Contains(err.Error(), "frame 2: link: want Ether") {
		t.Errorf("got %v, want frame 2 refused", err)
	}
	if diff := cmp.Diff(mixed[:1], readFile(t, path+".part")); diff != "" {
		t.Error(diff)
	}
}

// TestOthersReadOurFiles reads with an implementation that shares no code with this one.
func TestOthersReadOurFiles(t *testing.T) {
	for _, name := range formats {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, "Ether", some("Ether")...)
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var src gopacket.PacketDataSource
		if name == "trace.pcap" {
			src, err = pcapgo.NewReader(bytes.NewReader(b))
		} else {
			src, err = pcapgo.NewNgReader(bytes.NewReader(b), pcapgo.DefaultNgReaderOptions)
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range some("Ether") {
			data, ci, err := src.ReadPacketData()
			if err != nil || !bytes.Equal(data, want.Data) || !ci.Timestamp.Equal(want.Time) || ci.Length != max(want.Length, len(data)) {
				t.Errorf("%s: frame %d: got %q, %+v, %v, want %+v", name, i, data, ci, err, want)
			}
		}
	}
}

// TestWeReadTheFilesOfOthers reads what another implementation wrote, with options and blocks we do not write.
func TestWeReadTheFilesOfOthers(t *testing.T) {
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriterInterface(&b, pcapgo.NgInterface{Name: "first", Comment: "odd", LinkType: protocols.LinkTypeEthernet, TimestampOffset: 1000}, pcapgo.DefaultNgWriterOptions)
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.AddInterface(pcapgo.NgInterface{Name: "second", LinkType: protocols.LinkTypeRaw, SnapLength: 64})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(5, 7)
	for i, data := range []string{"abc", "\x45ip", "\x60ip"} {
		ci := gopacket.CaptureInfo{Timestamp: at, CaptureLength: len(data), Length: len(data) + i, InterfaceIndex: min(i, second)}
		if err := w.WritePacket(ci, []byte(data)); err != nil {
			t.Fatal(err)
		}
		if err := w.WriteInterfaceStats(0, pcapgo.NgInterfaceStatistics{LastUpdate: at}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	got, err := read(t, &b)
	want := []sendrecv.Frame{
		{Time: at.Add(1000 * time.Second), Link: "Ether", Data: []byte("abc")},
		{Time: at, Link: "IP", Data: []byte("\x45ip"), Length: 4},
		{Time: at, Link: "IPv6", Data: []byte("\x60ip"), Length: 5},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// TestEveryTruncation cuts a file at every byte: whole frames before the cut are read, and only a cut between two
// records is a proper end.
func TestEveryTruncation(t *testing.T) {
	for _, name := range formats {
		path := filepath.Join(t.TempDir(), name)
		write(t, path, "Ether")
		clean := map[int64]int{size(t, path): 0} // length of the file -> frames in it
		if name == "trace.pcapng" {
			clean[28] = 0 // a section without interfaces
		}
		for i := range some("Ether") {
			write(t, path, "Ether", some("Ether")[:i+1]...)
			clean[size(t, path)] = i + 1
		}
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for cut := range whole {
			got, err := read(t, bytes.NewReader(whole[:cut]))
			if frames, ok := clean[int64(cut)]; ok {
				n = frames
				if err != nil {
					t.Errorf("%s cut at %d: got %v, want no error", name, cut, err)
				}
			} else if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, pcap.ErrFormat) {
				t.Errorf("%s cut at %d: got %v, want a truncation", name, cut, err)
			}
			if len(got) != n {
				t.Errorf("%s cut at %d: got %d frames, want %d", name, cut, len(got), n)
			}
		}
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestForeignFiles(t *testing.T) {
	for name, content := range map[string]string{
		"empty":        "",
		"text":         "hello, world",
		"three bytes":  "\xd4\xc3\xb2",
		"pcap 7.0":     "\xd4\xc3\xb2\xa1\x07\x00\x00\x00" + strings.Repeat("\x00", 16),
		"short block":  "\x0a\x0d\x0d\x0a\x04\x00\x00\x00\x4d\x3c\x2b\x1a",
		"no order":     "\x0a\x0d\x0d\x0a\x1c\x00\x00\x00abcd",
		"odd block":    "\x0a\x0d\x0d\x0a\x1d\x00\x00\x00\x4d\x3c\x2b\x1a",
		"wrong length": "\x0a\x0d\x0d\x0a\x10\x00\x00\x00\x4d\x3c\x2b\x1a\x11\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := pcap.Open(path); !errors.Is(err, pcap.ErrFormat) || !strings.HasPrefix(err.Error(), "pcap: "+path+": ") {
				t.Errorf("got %v, want ErrFormat with the path", err)
			}
		})
	}
}

func TestHostileLengthsAreRefused(t *testing.T) {
	file := classicFile(binary.LittleEndian, 1, []byte("x"))
	binary.LittleEndian.PutUint32(file[32:], 0xfffffff0)
	if _, err := read(t, bytes.NewReader(file)); !errors.Is(err, pcap.ErrFormat) {
		t.Errorf("got %v, want ErrFormat", err)
	}
}
