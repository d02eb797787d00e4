package pcap_test

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// appendTo appends frames to a capture.
func appendTo(path string, o pcap.Options, frames ...sendrecv.Frame) error {
	o.Append = true
	w, err := pcap.CreateWith(path, o)
	if err != nil {
		return err
	}
	defer w.Discard()
	if err := w.Write(frames...); err != nil {
		return err
	}
	return w.Commit()
}

func TestAppendGoesOnWithAnyForm(t *testing.T) {
	for _, target := range targets {
		t.Run(target, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), target)
			var want []sendrecv.Frame
			for range 3 { // the first one makes it
				if err := appendTo(path, pcap.Options{}, some("Ether")...); err != nil {
					t.Fatal(err)
				}
				want = append(want, some("Ether")...)
				if diff := cmp.Diff(want, readFile(t, path)); diff != "" {
					t.Error(diff)
				}
			}
			if strings.HasSuffix(target, "pcapng") {
				sections, faces := 0, 0
				for _, f := range blocksOf(t, content(t, path)) {
					switch f.typ {
					case sectionHeader:
						sections++
					case interfaceBlock:
						faces++
					}
				}
				if sections != 1 || faces != 1 {
					t.Errorf("%d sections and %d interfaces, want one of each", sections, faces)
				}
			}
			if got := listing(t, filepath.Dir(path)); got != target {
				t.Errorf("left %s", got)
			}
		})
	}
}

// TestAppendGoesOnWithOtherPrograms appends to what has another order of bytes, or counts microseconds.
func TestAppendGoesOnWithOtherPrograms(t *testing.T) {
	made := madeFiles()
	for _, name := range []string{"micro little", "micro big", "nano big", "rich little", "rich big"} {
		t.Run(name, func(t *testing.T) {
			target := "a.pcap"
			if strings.HasPrefix(name, "rich") {
				target = "a.pcapng"
			}
			path := put(t, filepath.Join(t.TempDir(), target), string(made[name]))
			before := whole(t, made[name])
			f := sendrecv.Frame{Time: time.Unix(1700000005, 7000), Link: "Ether", Data: []byte("appended")}
			if err := appendTo(path, pcap.Options{}, f); err != nil {
				t.Fatal(err)
			}
			after := content(t, path)
			if !bytes.HasPrefix(after, made[name]) {
				t.Error("the older bytes were changed")
			}
			got := readFile(t, path)
			if diff := cmp.Diff(f, got[len(got)-1]); diff != "" || len(got) != len(before)+1 {
				t.Errorf("%d frames and one: %s", len(before), diff)
			}
		})
	}
}

// TestWhatCannotBeAppended leaves the older file as it was, and says why.
func TestWhatCannotBeAppended(t *testing.T) {
	made := madeFiles()
	cut := made["micro little"][:len(made["micro little"])-1]
	for _, c := range []struct {
		name, target, content string
		o                     pcap.Options
		frame                 sendrecv.Frame
		why                   string
	}{
		{"another link type", "a.pcap", string(made["micro little"]), pcap.Options{}, some("IP")[0], "link: want Ether as in the file's header, got IP: a pcap file has one link type"},
		{"another link type by name", "a.pcap", string(made["micro little"]), pcap.Options{LinkType: "IP"}, some("IP")[0], "linktype: want Ether as in the file's header, got IP"},
		{"a longer frame", "a.pcap", string(made["micro little"]), pcap.Options{}, sendrecv.Frame{Link: "Ether", Data: make([]byte, 65)}, "want at most 64 bytes, the snapshot length in the file's header, got 65"},
		{"a comment", "a.pcap", string(made["micro little"]), pcap.Options{Comments: []string{"x"}}, some("Ether")[0], "comment: a pcap file holds none"},
		{"a file that is cut off", "a.pcap", string(cut), pcap.Options{}, some("Ether")[0], "append: want a capture that is whole: pcap: "},
		{"a compressed file that is cut off", "a.pcap.gz", string(zipped(t, made["micro little"]))[:100], pcap.Options{}, some("Ether")[0], "append: want a capture that is whole: pcap: "},
		{"snoop", "a.pcap", string(made["snoop"]), pcap.Options{}, some("Ether")[0], "append: want a pcap or pcapng file as programs of today write them"},
		{"Kuznetsov's pcap", "a.pcap", string(made["kuznetsov big"]), pcap.Options{}, some("Ether")[0], "append: want a pcap or pcapng file"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := put(t, filepath.Join(t.TempDir(), c.target), c.content)
			err := appendTo(path, c.o, c.frame)
			if err == nil || !strings.Contains(err.Error(), c.why) {
				t.Errorf("got %v, want %s", err, c.why)
			}
			if string(content(t, path)) != c.content || listing(t, filepath.Dir(path)) != c.target {
				t.Error("the older file was changed")
			}
		})
	}
}

// TestAppendMatchesOrIsRefused appends to every capture that is read: what is written then is read after what was there, or nothing is
// written and the error says the way out.
func TestAppendMatchesOrIsRefused(t *testing.T) {
	goesOn := []string{"micro", "nano", "rich", "usb"}
	made := madeFiles()
	made["version 2.3"] = (&maker{order: binary.LittleEndian}).header(0xa1b2c3d4, 3, 1500, 1).words(1, 2, 3, 100).text("abc").b
	made["AIX"] = (&maker{order: binary.BigEndian}).header(0xa1b2c3d4, 2, 1500, 6).words(1, 2, 100, 3).text("abc").b
	for name, file := range made {
		t.Run(name, func(t *testing.T) {
			before := whole(t, file)
			path := put(t, filepath.Join(t.TempDir(), "a.cap"), string(file))
			f := sendrecv.Frame{Time: time.Unix(1700000005, 7000), Link: before[0].Link, Data: []byte("\x45ppended")}
			err := appendTo(path, pcap.Options{}, f)
			kind, _, _ := strings.Cut(name, " ")
			if !slices.Contains(goesOn, kind) {
				if err == nil || !strings.Contains(err.Error(), `make one of it: wrpcap("new.pcapng", rdpcap(f))`) || !bytes.Equal(content(t, path), file) {
					t.Errorf("got %v, want it refused", err)
				}
				return
			}
			got := readFile(t, path)
			if diff := cmp.Diff(f, got[len(got)-1]); err != nil || diff != "" || len(got) != len(before)+1 {
				t.Errorf("%v: %d frames became %d: %s", err, len(before), len(got), diff)
			}
		})
	}
}

func TestAppendToAnEmptyFile(t *testing.T) {
	path := put(t, filepath.Join(t.TempDir(), "a.pcap"), "")
	if err := appendTo(path, pcap.Options{}, some("IP")...); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(some("IP"), readFile(t, path)); diff != "" {
		t.Error(diff)
	}
}

// TestAppendWithAComment begins another section, which is where comments stand.
func TestAppendWithAComment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pcapng")
	for _, comment := range []string{"first", "second"} {
		if err := appendTo(path, pcap.Options{Comments: []string{comment}}, some("Ether")...); err != nil {
			t.Fatal(err)
		}
	}
	var heads []string
	for _, f := range blocksOf(t, content(t, path)) {
		if f.typ == sectionHeader {
			heads = append(heads, f.body)
		}
	}
	if len(heads) != 2 || !strings.Contains(heads[0], "first") || !strings.Contains(heads[1], "second") || len(readFile(t, path)) != 6 {
		t.Errorf("sections %q, %d frames", heads, len(readFile(t, path)))
	}
}

// TestOptionsOfAWriter are those that change what is written.
func TestOptionsOfAWriter(t *testing.T) {
	frame := sendrecv.Frame{Time: time.Unix(1, 0), Link: "Ether", Data: []byte("0123456789")}
	for _, c := range []struct {
		name string
		o    pcap.Options
		want sendrecv.Frame
		snap uint32
		link uint32
	}{
		{"cut", pcap.Options{SnapLen: 4}, sendrecv.Frame{Time: frame.Time, Link: "Ether", Data: []byte("0123"), Length: 10}, 4, 1},
		{"another link type", pcap.Options{LinkType: "LINKTYPE_147"}, sendrecv.Frame{Time: frame.Time, Link: "LINKTYPE_147", Data: frame.Data}, 262144, 147},
		{"frames that may be long", pcap.Options{Longest: 400000}, frame, 400000, 1},
	} {
		for _, target := range []string{"a.pcap", "a.pcapng"} {
			path := filepath.Join(t.TempDir(), target)
			w, err := pcap.CreateWith(path, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Write(frame); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]sendrecv.Frame{c.want}, readFile(t, path)); diff != "" {
				t.Errorf("%s: %s: %s", c.name, target, diff)
			}
			b := content(t, path)
			at := []int{16, 20}
			if target == "a.pcapng" {
				at = []int{28 + 12, 28 + 8}
				c.link &= 0xffff
				if c.o.Longest > 0 {
					continue // each interface says it itself
				}
			}
			if snap, link := binary.LittleEndian.Uint32(b[at[0]:]), binary.LittleEndian.Uint32(b[at[1]:]); snap != c.snap || link != c.link {
				t.Errorf("%s: %s: snapshot length %d, link type %d, want %d, %d", c.name, target, snap, link, c.snap, c.link)
			}
		}
	}
}

func TestLinkTypesHaveNames(t *testing.T) {
	for text, want := range map[string]string{
		"Ether": "LINKTYPE_1", "IP": "LINKTYPE_101", "RAW": "LINKTYPE_101", "DLT_RAW": "LINKTYPE_101", "LINKTYPE_RAW": "LINKTYPE_101", "raw": "LINKTYPE_101",
		"EN10MB": "LINKTYPE_1", "DLT_EN10MB": "LINKTYPE_1", "ethernet": "LINKTYPE_1", "147": "LINKTYPE_147", "LINKTYPE_147": "LINKTYPE_147", "DLT_USER0": "LINKTYPE_147",
		"IPV4": "LINKTYPE_228", "CookedLinux": "LINKTYPE_113", "LINUX_SLL2": "LINKTYPE_276", "0": "LINKTYPE_0", "DLT_NULL": "LINKTYPE_0",
	} {
		got, err := pcap.LinkNamed(text)
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "Ethr", "TCP", "-1", "65536", "DLT_"} {
		if got, err := pcap.LinkNamed(text); err == nil {
			t.Errorf("%q: got %s, want it refused", text, got)
		}
	}
}

// TestAStreamIsWrittenAsAFileIs writes to what is no file.
func TestAStreamIsWrittenAsAFileIs(t *testing.T) {
	for _, ng := range []bool{false, true} {
		var out bytes.Buffer
		w, err := pcap.NewWriter(&out, "stream", pcap.Options{NG: ng})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(some("Ether")...); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := read(t, bytes.NewReader(out.Bytes()))
		if diff := cmp.Diff(some("Ether"), got); diff != "" || err != nil {
			t.Errorf("pcapng %v: %v %s", ng, err, diff)
		}
	}
}

// TestACaptureWithoutFrames is one that other programs read.
func TestACaptureWithoutFrames(t *testing.T) {
	for _, target := range targets {
		b, _ := wrote(t, target, nil)
		r, err := pcap.NewReader(bytes.NewReader(b))
		if err != nil || r.Link() != "Ether" || len(whole(t, b)) != 0 {
			t.Errorf("%s: %v", target, err)
		}
	}
}
