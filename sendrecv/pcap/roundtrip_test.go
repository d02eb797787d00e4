package pcap_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// targets are the names of captures in all forms.
var targets = []string{
	"a.pcap", "a.pcap.gz", "a.pcap.zst", "a.pcap.lz4", "a.pcapng", "a.pcapng.gz", "a.pcapng.zst", "a.pcapng.lz4",
}

// wrote writes frames as a file of that name, and returns its bytes and what it does not hold.
func wrote(t *testing.T, name string, frames []sendrecv.Frame) (b []byte, lost []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	w, err := pcap.CreateWith(path, pcap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for _, f := range frames {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return content(t, path), w.Lost()
}

// told is a frame with all that a file says of it, as text. A pcap file holds less.
func told(f sendrecv.Frame, ng bool) string {
	text := fmt.Sprintf("%s %x of %d", f.Link, f.Data, max(f.Length, len(f.Data)))
	if !f.Time.IsZero() || !ng {
		at := f.Time.UnixNano()
		if f.Time.IsZero() {
			at = 0
		}
		text += fmt.Sprintf(" at %d", at)
	}
	if !ng || f.Info == nil {
		return text
	}
	if i := f.Info.Interface; i != nil {
		text += fmt.Sprintf(" on %q %q %d", i.Name, i.Description, i.SnapLen)
	}
	return text + fmt.Sprintf(" %q", f.Info.Comments)
}

func allTold(frames []sendrecv.Frame, ng bool) (list []string) {
	for _, f := range frames {
		list = append(list, told(f, ng))
	}
	return list
}

// ofOneLink are the frames with the link of the first, which are those that a pcap file can hold.
func ofOneLink(frames []sendrecv.Frame) []sendrecv.Frame {
	return slices.DeleteFunc(slices.Clone(frames), func(f sendrecv.Frame) bool { return f.Link != frames[0].Link })
}

// TestEveryFormatIntoEveryOther writes what was read, reads that, and writes it again: nothing is lost that the target can hold.
func TestEveryFormatIntoEveryOther(t *testing.T) {
	sources := madeFiles()
	captures, err := filepath.Glob(filepath.Join(os.Getenv("MOONWIRE_CAPTURES"), "*.pcap*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range captures {
		sources[path] = content(t, path)
	}
	for source, b := range sources {
		t.Run(source, func(t *testing.T) {
			frames := whole(t, b)
			for _, target := range targets {
				ng := strings.Contains(target, "pcapng")
				held := frames
				if !ng {
					held = ofOneLink(frames)
				}
				if len(held) == 0 {
					continue
				}
				first, _ := wrote(t, target, held)
				again := whole(t, first)
				if diff := cmp.Diff(allTold(held, ng), allTold(again, ng)); diff != "" {
					t.Errorf("%s:\n%s", target, diff)
				}
				second, lost := wrote(t, target, again)
				if third, _ := wrote(t, target, whole(t, second)); string(third) != string(second) { // the first may have described interfaces later
					t.Errorf("%s: written again it has %d bytes, and had %d", target, len(third), len(second))
				}
				if len(lost) > 0 && !strings.Contains(strings.Join(lost, ""), "262144") {
					t.Errorf("%s: written again it lost %q", target, lost)
				}
				if back, _ := wrote(t, "b.pcapng", again); ng && string(back) != plainNG(t, again) {
					t.Errorf("%s: compressing changed it", target)
				}
			}
		})
	}
}

// plainNG is a plain pcapng file of some frames.
func plainNG(t *testing.T, frames []sendrecv.Frame) string {
	b, _ := wrote(t, "plain.pcapng", frames)
	return string(b)
}

// A found block is one of a pcapng file.
type found struct {
	typ  uint32
	body string
}

// blocksOf takes a little-endian pcapng file apart.
func blocksOf(t *testing.T, b []byte) (list []found) {
	t.Helper()
	for at := 0; at < len(b); {
		length := int(binary.LittleEndian.Uint32(b[at+4:]))
		if length < 12 || at+length > len(b) || int(binary.LittleEndian.Uint32(b[at+length-4:])) != length {
			t.Fatalf("a block of %d bytes at %d", length, at)
		}
		list = append(list, found{binary.LittleEndian.Uint32(b[at:]), string(b[at+8 : at+length-4])})
		at += length
	}
	return list
}

// TestWhatAFileSaysBesideItsFrames follows the blocks of a file in either byte order into a new one.
func TestWhatAFileSaysBesideItsFrames(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		b, lost := wrote(t, "a.pcapng", whole(t, rich(order)))
		var types []uint32
		kinds := map[uint32]string{}
		for _, f := range blocksOf(t, b) {
			types = append(types, f.typ)
			kinds[f.typ] += f.body
		}
		want := []uint32{
			sectionHeader, interfaceBlock, interfaceBlock, interfaceBlock, secrets, nameResolution, custom, enhancedPacket, enhancedPacket, simplePacket, enhancedPacket, statistics,
			sectionHeader, interfaceBlock, enhancedPacket,
		}
		if order == binary.AppendByteOrder(binary.BigEndian) { // nobody knows where the numbers of a custom block are
			want = slices.DeleteFunc(want, func(typ uint32) bool { return typ == custom })
		}
		if !slices.Equal(types, want) {
			t.Errorf("%v: wrote blocks %x, want %x", order, types, want)
		}
		little := binary.LittleEndian
		for typ, texts := range map[uint32][]string{
			sectionHeader:  {"of the first section", "of the second section", "an OS", "a program"},
			interfaceBlock: {"eth0", "the uplink", "of eth0", "tun0", "idle", "far", "\x08\x00\x08\x00" + string(little.AppendUint64(nil, 1e9))},
			secrets:        {"KSLT" + string(little.AppendUint32(nil, uint32(len(secret)))) + secret},
			nameResolution: {"\x01\x00\x0e\x00\xc0\x00\x02\x01a.example\x00"},
			enhancedPacket: {
				"\x01\x00\x03\x00one", "\x01\x00\x03\x00two", "\x02\x00\x04\x00\x02\x00\x00\x00", "\x04\x00\x08\x00\x07\x00", "\x05\x00\x08\x00M\x00", "\x03\x00\x05\x00\x02\xab\xcd\xef\x01",
				"\x04\x00\x08\x00\x05\x00", // the drops of the obsolete block
			},
			// 1000 and 500 microseconds, in nanoseconds
			statistics: {"\x00\x00\x00\x00\x00\x00\x00\x00\x40\x42\x0f\x00", "\x02\x00\x08\x00\x00\x00\x00\x00\x20\xa1\x07\x00", "\x05\x00\x08\x00\x05\x00\x00\x00"},
		} {
			for _, text := range texts {
				if !strings.Contains(kinds[typ], text) {
					t.Errorf("%v: blocks of type %#x have no %q:\n%q", order, typ, text, kinds[typ])
				}
			}
		}
		wantLost := "[other blocks: 1]" // the one that must not be copied
		if order == binary.AppendByteOrder(binary.BigEndian) {
			wantLost = "[other blocks: 2]"
		}
		if got := fmt.Sprint(lost); got != wantLost {
			t.Errorf("%v: lost %s, want %s", order, got, wantLost)
		}
	}
}

// TestWhatAPcapFileDoesNotHoldIsTold names each kind once.
func TestWhatAPcapFileDoesNotHoldIsTold(t *testing.T) {
	_, lost := wrote(t, "a.pcap", ofOneLink(whole(t, rich(binary.LittleEndian))))
	want := []string{
		"comments of packets: 1", "other remarks on packets (direction, losses, ...): 2", "remarks on the file: 3", "remarks on interfaces: 3",
		"names of hosts: 1", "statistics of interfaces: 1", "secrets to decrypt with: 1", "other blocks: 2",
		"packets without a time, which are of 1970 now: 1", "names of interfaces: eth0",
	}
	if diff := cmp.Diff(want, lost); diff != "" {
		t.Error(diff)
	}
}

// TestTimesAsFarAsAFileCounts are kept, and others told with the bounds of the file.
func TestTimesAsFarAsAFileCounts(t *testing.T) {
	for _, c := range []struct {
		name string
		sec  int64
		lost string
	}{
		{"a.pcap", 1<<32 - 1, ""}, {"a.pcap", 1 << 32, "times outside of 1970 to 2106, which are 1970 now: 1"}, {"a.pcap", -6, "times outside of 1970 to 2106, which are 1970 now: 1"},
		{"a.pcapng", 5e9, ""}, {"a.pcapng", 18446744072, ""}, {"a.pcapng", 18446744073, "times outside of 1970 to 2554, which are 1970 now: 1"},
		{"a.pcapng", -6, "times outside of 1970 to 2554, which are 1970 now: 1"},
	} {
		b, lost := wrote(t, c.name, []sendrecv.Frame{{Link: "Ether", Data: []byte("x"), Time: time.Unix(c.sec, 750)}})
		want := time.Unix(c.sec, 750)
		if c.lost != "" {
			want = time.Unix(0, 0)
		}
		if got := whole(t, b)[0].Time; strings.Join(lost, "; ") != c.lost || !got.Equal(want) {
			t.Errorf("%s: %d: got %v, lost %q", c.name, c.sec, got, lost)
		}
	}
}

// TestALongFrameIsWrittenAndTold that others do not read it.
func TestALongFrameIsWrittenAndTold(t *testing.T) {
	for _, ng := range []bool{false, true} {
		var out bytes.Buffer
		w, err := pcap.NewWriter(&out, "stream", pcap.Options{NG: ng})
		if err == nil {
			err = w.Write(sendrecv.Frame{Link: "Ether", Data: make([]byte, 300_000)})
		}
		if got := fmt.Sprint(w.Odd()); err != nil || got != "[packets of more than 262144 bytes, which other programs do not read: 1]" {
			t.Errorf("got %s, %v", got, err)
		}
	}
}
