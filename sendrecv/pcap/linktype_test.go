package pcap_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// linkTypes are all numbers that the registry has used so far, and some that it has not.
const linkTypes = 301

// known are the link types that have a protocol, and the number under which it is written.
var known = map[uint32]struct {
	name    craft.Name
	written uint32
}{
	0: {"Loopback", 0}, 1: {"Ether", 1}, 9: {"PPP", 9}, 10: {"FDDI", 10}, 12: {"IP", 101}, 14: {"IP", 101}, 50: {"PPP", 9}, 51: {"PPPoE", 51},
	101: {"IP", 101}, 105: {"Dot11", 105}, 108: {"Loopback", 0}, 113: {"CookedLinux", 113}, 117: {"PFLog", 117},
	119: {"PrismHeader", 119}, 127: {"RadioTap", 127}, 144: {"CookedLinux", 113}, 220: {"USB", 220}, 228: {"IP", 101}, 229: {"IPv6", 101},
	276: {"CookedLinuxV2", 276},
}

func TestLinkTypesHaveProtocols(t *testing.T) {
	for typ := range uint32(linkTypes) {
		r, err := pcap.NewReader(bytes.NewReader(classicFile(binary.BigEndian, typ, nil)))
		if err != nil {
			t.Fatal(err)
		}
		want, ok := known[typ]
		if !ok {
			want.name = craft.Name(fmt.Sprintf("LINKTYPE_%d", typ))
		}
		if got := r.Link(); got != want.name {
			t.Errorf("link type %d: got %s, want %s", typ, got, want.name)
		}
	}
}

func TestLinksThatTheFirstBytesTell(t *testing.T) {
	cases := []struct {
		typ  uint32
		data string
		want string
	}{
		{101, "\x45\x00", "IP"}, {101, "\x60\x00", "IPv6"}, {228, "\x60", "IPv6"}, {229, "\x45", "IPv6"},
		{50, "\xff\x03\x00\x21", "PPP"}, {50, "\x0f\x00\x08\x00", "LINKTYPE_50"}, {50, "\x8f\x00\x08\x00", "LINKTYPE_50"},
		{51, "\x11\x00", "PPPoE"}, {51, "\x11\x09", "PPPoED"},
	}
	for _, c := range cases {
		got, err := read(t, bytes.NewReader(classicFile(binary.LittleEndian, c.typ, []byte(c.data))))
		if err != nil || string(got[0].Link) != c.want {
			t.Errorf("link type %d, %x: got %v, %v, want %s", c.typ, c.data, got, err, c.want)
		}
	}
}

// samples are frames that begin with each protocol that links carry, and bytes of nothing.
func samples(t *testing.T) [][]byte {
	t.Helper()
	rest := func() []*craft.Layer {
		return []*craft.Layer{layers.IP.New(), layers.TCP.New(), craft.Raw.New("load", "data")}
	}
	random := rand.New(rand.NewPCG(1, 2))
	frames := [][]byte{{}, {0}, {0xff}}
	for n := 1; n < 200; n += 29 {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		frames = append(frames, b)
	}
	for _, link := range [][]*craft.Layer{
		{layers.Ether.New()}, {layers.Ether.New(), layers.Dot1AD.New(), layers.Dot1Q.New()}, {layers.Dot3.New(), layers.LLC.New(), layers.SNAP.New()},
		{layers.Dot3.New(), layers.LLC.New(), layers.STP.New()}, {}, {layers.IPv6.New()}, {layers.Loopback.New()}, {layers.PPP.New()}, {layers.HDLC.New(), layers.PPP.New()},
		{layers.PPPoE.New(), layers.PPP.New()}, {layers.CookedLinux.New()}, {layers.CookedLinuxV2.New()}, {layers.PPPoED.New(), layers.PPPoEDTags.New()},
	} {
		b, err := craft.Build(craft.Stack(append(link, rest()...)...), nil)
		if err != nil {
			t.Fatal(err)
		}
		frames = append(frames, b, b[:len(b)/2], append(b[:len(b):len(b)], "trailer"...))
	}
	// 802.11 data, radiotap with nothing in it, an 802.11 beacon behind it
	for _, text := range []string{"\x08\x00\x00\x00", "\x00\x00\x08\x00\x00\x00\x00\x00", "\x00\x00\x08\x00\x00\x00\x00\x00\x80\x00\x00\x00"} {
		frames = append(frames, []byte(text+strings.Repeat("\x02", 60)))
	}
	return frames
}

// TestAnyLinkTypeIsReadSummarisedAndRebuilt gives every frame to every link type, in both formats, and writes what was read
// into a new file.
func TestAnyLinkTypeIsReadSummarisedAndRebuilt(t *testing.T) {
	frames := samples(t)
	numbers := map[craft.Name]uint32{}
	for typ := range uint32(linkTypes) {
		for _, file := range [][]byte{classicFrames(typ, frames), mixedFile([]uint32{typ}, frames)} {
			got, err := read(t, bytes.NewReader(file))
			if err != nil || len(got) != len(frames) {
				t.Fatalf("link type %d: %d frames, %v", typ, len(got), err)
			}
			var packets []*craft.Packet
			for i, f := range got {
				packets = append(packets, rebuilt(t, f, frames[i]))
			}
			if t.Failed() {
				t.Fatalf("link type %d", typ)
			}
			written := typ
			if k, ok := known[typ]; ok {
				written = k.written
			}
			for i, p := range packets {
				link := pcap.LinkOf(p)
				if _, ok := numbers[link]; !ok {
					numbers[link] = linkWritten(t, link)
				}
				if got := numbers[link]; got != written && (typ != 50 || got != 50) { // 50 has two framings
					t.Errorf("link type %d, frame %x: is written as %d, want %d", typ, frames[i], got, written)
				}
			}
		}
	}
}

// TestInterfacesOfAnyLinkTypes reads one pcapng file with an interface of every link type.
func TestInterfacesOfAnyLinkTypes(t *testing.T) {
	frames := samples(t)
	var types []uint32
	for typ := range uint32(linkTypes) {
		types = append(types, typ)
	}
	got, err := read(t, bytes.NewReader(mixedFile(types, frames)))
	if err != nil || len(got) != len(types)*len(frames) {
		t.Fatalf("%d frames, %v", len(got), err)
	}
	path := filepath.Join(t.TempDir(), "again.pcapng")
	w, err := pcap.Create(path, got[0].Link)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Write(got...); err != nil {
		t.Fatal(err)
	}
	for i, f := range readFile(t, path+".part") {
		if string(f.Data) != string(got[i].Data) || canonical(f.Link) != canonical(got[i].Link) {
			t.Fatalf("frame %d: wrote %s %x, read %s %x", i, got[i].Link, got[i].Data, f.Link, f.Data)
		}
	}
}

// canonical is one name for the links that are written under one number and told apart by the data.
func canonical(link craft.Name) craft.Name {
	if link == "IPv6" {
		return "IP" // version 6 by its link type alone
	}
	return link
}

// rebuilt reads a frame as a packet that can be shown in every way and gives the same bytes again.
func rebuilt(t *testing.T, f sendrecv.Frame, data []byte) *craft.Packet {
	t.Helper()
	p := craft.Dissect(f.Data, f.Link)
	text := p.Summary() + p.String() + p.Show() + p.Command()
	wire, err := craft.Build(p, nil)
	if err != nil || string(wire) != string(data) {
		t.Errorf("%s %x: rebuilt %x, %v\n%s", f.Link, data, wire, err, text)
	}
	return p
}

// linkWritten is the link type in the header of a file for frames of that link.
func linkWritten(t *testing.T, link craft.Name) uint32 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pcap")
	w, err := pcap.Create(path, link)
	if err != nil {
		t.Error(err)
		return ^uint32(0)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return binary.LittleEndian.Uint32(b[20:])
}

func TestNamesThatAreNoLinkAreRefused(t *testing.T) {
	for _, link := range []craft.Name{"Raw", "TCP", "LINKTYPE_", "LINKTYPE_x", "LINKTYPE_70000", ""} {
		if _, err := pcap.Create(filepath.Join(t.TempDir(), "x.pcap"), link); err == nil || !strings.Contains(err.Error(), "want a protocol with a link type of its own") {
			t.Errorf("%s: got %v", link, err)
		}
	}
	if got := pcap.LinkOf(craft.Stack(craft.Raw.New("load", "x"))); got != craft.Raw {
		t.Errorf("bytes that came through no link: got %s, want Raw", got)
	}
}

// TestWhatHasNoLinkTypeIsTold with what it can be written on.
func TestWhatHasNoLinkTypeIsTold(t *testing.T) {
	for name, want := range map[craft.Name]string{
		"ARP": "Ether/ARP", "TCP": "IP/TCP", "ICMPv6EchoRequest": "IPv6/ICMPv6EchoRequest", "VXLAN": "IP/UDP/VXLAN", "DNS": "one before it, as in Ether/ARP and IP/UDP/DNS",
		"Raw": "one before it", "Unheard": "one before it", "": "one before it",
	} {
		_, err := pcap.Create(filepath.Join(t.TempDir(), "x.pcap"), name)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("got %q: write %s", name, want)) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

// TestALinkTypeThatDoesNotFitIsTold, and written: it was asked for.
func TestALinkTypeThatDoesNotFitIsTold(t *testing.T) {
	for _, c := range []struct {
		typ   craft.Name
		links []craft.Name
		want  string
	}{
		{"Ether", []craft.Name{"ARP", "ARP", "Ether", "Dot3", "Raw"}, "[packets that begin with ARP, under link type 1 (Ether): 2]"},
		{"IP", []craft.Name{"IP", "IPv6", "Ether"}, "[packets that begin with Ether, under link type 101 (IP): 1]"},
		{"LINKTYPE_228", []craft.Name{"IP", "IPv6"}, "[packets that begin with IPv6, under link type 228 (IP): 1]"},
		{"LINKTYPE_189", []craft.Name{"IP", "LINKTYPE_189", "ARP"}, "[packets that begin with IP, under link type 189: 1]"},
		{"LINKTYPE_147", []craft.Name{"IP", "Ether", "ARP"}, "[]"},
	} {
		for _, ng := range []bool{false, true} {
			var out bytes.Buffer
			w, err := pcap.NewWriter(&out, "stream", pcap.Options{NG: ng, LinkType: c.typ})
			if err != nil {
				t.Fatal(err)
			}
			for _, link := range c.links {
				if err := w.Write(sendrecv.Frame{Link: link, Data: []byte("x")}); err != nil {
					t.Fatal(err)
				}
			}
			if got := fmt.Sprint(w.Odd()); got != c.want || w.Frames() != len(c.links) {
				t.Errorf("%s: %d frames, %s, want %s", c.typ, w.Frames(), got, c.want)
			}
		}
	}
}

// classicFrames is a pcap file with these frames.
func classicFrames(typ uint32, frames [][]byte) []byte {
	b := classicFile(binary.LittleEndian, typ, nil)[:24]
	for _, data := range frames {
		for _, v := range []uint32{10, 0, uint32(len(data)), uint32(len(data))} {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		b = append(b, data...)
	}
	return b
}

// mixedFile is a pcapng file with an interface of each type and all frames on each.
func mixedFile(types []uint32, frames [][]byte) []byte {
	section := binary.LittleEndian.AppendUint32(nil, 0x1a2b3c4d)
	section = append(section, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255)
	b := block(nil, 0x0a0d0d0a, section)
	for _, typ := range types {
		b = block(b, 1, []byte{byte(typ), byte(typ >> 8), 0, 0, 0, 0, 4, 0})
	}
	for id := range types {
		for _, data := range frames {
			var body []byte
			for _, v := range []uint32{uint32(id), 0, 10, uint32(len(data)), uint32(len(data))} {
				body = binary.LittleEndian.AppendUint32(body, v)
			}
			b = block(b, 6, append(body, data...))
		}
	}
	return b
}

// block appends one block of pcapng.
func block(b []byte, typ uint32, body []byte) []byte {
	body = append(body, make([]byte, -len(body)&3)...)
	length := uint32(len(body) + 12)
	b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, typ), length)
	return binary.LittleEndian.AppendUint32(append(b, body...), length)
}
