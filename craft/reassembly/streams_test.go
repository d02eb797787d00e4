package reassembly_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
)

// A talk makes the packets of one TCP connection, client 10.0.0.1:4000 and server 10.0.0.2:80.
type talk struct{ client, server uint32 } // their ISNs

func (c talk) up(flags string, at int, data string) *craft.Packet {
	return tcp("10.0.0.1", "10.0.0.2", 4000, 80, flags, c.client+uint32(at), c.server+1, data)
}

func (c talk) down(flags string, at int, data string) *craft.Packet {
	return tcp("10.0.0.2", "10.0.0.1", 80, 4000, flags, c.server+uint32(at), c.client+1, data)
}

func tcp(src, dst string, sport, dport int, flags string, seq, ack uint32, data string) *craft.Packet {
	layers := []*craft.Layer{layers.IP.New("src", src, "dst", dst), layers.TCP.New("sport", sport, "dport", dport, "flags", flags, "seq", seq, "ack", ack)}
	if data != "" {
		layers = append(layers, load(data))
	}
	return craft.Stack(layers...)
}

// told writes a stream as the tests compare it.
func told(s *reassembly.Stream) string {
	text := fmt.Sprintf("%d %s %s %q", s.Connection, s.Src, s.End, s.Data)
	if s.Offset > 0 {
		text += fmt.Sprintf(" from %d", s.Offset)
	}
	if len(s.Gaps) > 0 {
		text += fmt.Sprintf(" gaps %v", s.Gaps)
	}
	for _, c := range s.Conflicts {
		text += fmt.Sprintf(" at %d %q was %q", c.Offset, c.Other, c.Kept)
	}
	if s.Unplaced > 0 {
		text += fmt.Sprintf(" unplaced %d", s.Unplaced)
	}
	if !s.Began {
		text += " midway"
	}
	return text
}

func allTold(list []*reassembly.Stream) string {
	var lines []string
	for _, s := range list {
		lines = append(lines, told(s))
	}
	return strings.Join(lines, "\n")
}

const clientPort, serverPort = "10.0.0.1:4000", "10.0.0.2:80"

var streamCases = []struct {
	name    string
	packets func(talk) []*craft.Packet
	want    string
}{
	{"a request and an answer", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.down("SA", 0, ""), c.up("A", 1, ""), c.up("PA", 1, "GET /"), c.down("PA", 1, "200 "), c.down("PA", 5, "OK"),
			c.up("FA", 6, ""), c.down("FA", 7, "")}
	}, "1 10.0.0.1:4000 FIN \"GET /\"\n1 10.0.0.2:80 FIN \"200 OK\""},
	{"out of order", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("FA", 7, "gh"), c.up("A", 4, "def"), c.up("A", 1, "abc"), c.up("S", 0, "")}
	}, `1 10.0.0.1:4000 FIN "abcdefgh"`},
	{"retransmissions", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("S", 0, ""), c.up("A", 1, "abc"), c.up("A", 1, "abc"), c.up("A", 3, "cde"), c.up("A", 1, "abcdefg"), c.up("FA", 8, ""), c.up("FA", 8, "")}
	}, `1 10.0.0.1:4000 FIN "abcdefg"`},
	{"a retransmission that differs", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 1, "abcdef"), c.up("A", 1, "abXXef")}
	}, `1 10.0.0.1:4000 open "abcdef" at 2 "XX" was "cd"`},
	{"early data that differs", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 3, "cd"), c.up("A", 7, "gh"), c.up("A", 2, "bXdefgY"), c.up("A", 1, "a")}
	}, `1 10.0.0.1:4000 open "abcdefgh" at 2 "X" was "c" at 7 "Y" was "h"`},
	{"a gap", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 1, "abc"), c.up("A", 8, "hij"), c.up("A", 12, "lm")}
	}, `1 10.0.0.1:4000 open "abchijlm" gaps [3..6 10..10]`},
	{"a gap at the beginning and at the end", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 4, "def"), c.up("FA", 9, "")}
	}, `1 10.0.0.1:4000 FIN "def" gaps [0..2 6..7]`},
	{"no beginning", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("A", 104, "def"), c.up("A", 101, "abc"), c.down("A", 301, "xy")}
	}, "1 10.0.0.1:4000 open \"abcdef\" midway\n1 10.0.0.2:80 open \"xy\" midway"},
	{"the server's word for where the client begins", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.down("SA", 0, ""), c.up("A", 4, "def")}
	}, `1 10.0.0.1:4000 open "def" gaps [0..2]`},
	{"data in the SYN", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, "early"), c.up("A", 6, "late")}
	}, `1 10.0.0.1:4000 open "earlylate"`},
	{"a keepalive's byte", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 1, "abc"), c.up("A", 3, "\x00"), c.up("A", 4, "d")}
	}, `1 10.0.0.1:4000 open "abcd" at 2 "\x00" was "c"`},
	{"bytes before the beginning", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 0, "\x00"), c.up("A", 1, "abc")}
	}, `1 10.0.0.1:4000 open "abc" unplaced 1`},
	{"a reset", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.down("SA", 0, ""), c.up("A", 1, "abc"), c.down("R", 1, "go away")}
	}, `1 10.0.0.1:4000 RST "abc"`},
	{"a reset before its data", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("R", 4, ""), c.up("A", 1, "abc")}
	}, `1 10.0.0.1:4000 RST "abc"`},
	{"the same ports again", func(c talk) []*craft.Packet {
		d := talk{c.client + 1_000_000, c.server + 99}
		return []*craft.Packet{c.up("S", 0, ""), c.down("SA", 0, ""), c.up("A", 1, "one"), c.up("FA", 4, ""), c.down("FA", 1, ""),
			d.up("S", 0, ""), d.down("SA", 0, ""), d.up("A", 1, "two")}
	}, "1 10.0.0.1:4000 FIN \"one\"\n2 10.0.0.1:4000 open \"two\""},
	{"the same ports again, the end was not seen", func(c talk) []*craft.Packet {
		d := talk{c.client + 1_000_000, c.server + 99}
		return []*craft.Packet{c.up("S", 0, ""), c.down("SA", 0, ""), c.up("A", 1, "one"), d.up("S", 0, ""), d.down("SA", 0, ""), d.up("A", 1, "two")}
	}, "1 10.0.0.1:4000 reused \"one\"\n2 10.0.0.1:4000 open \"two\""},
	{"a forged SYN", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.down("SA", 0, ""), c.up("A", 1, "abc"), talk{client: c.client + 5_000_000}.up("S", 0, "evil"), c.up("A", 4, "def")}
	}, `1 10.0.0.1:4000 open "abcdef"`},
	{"no data", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.down("RA", 0, "")}
	}, ""},
	{"no TCP", func(talk) []*craft.Packet {
		return []*craft.Packet{craft.Stack(ipv4(), layers.UDP.New(), load("x")), craft.Stack(load("x")), {}}
	}, ""},
	{"a trailer is no data", func(c talk) []*craft.Packet {
		return []*craft.Packet{c.up("S", 0, ""), c.up("A", 1, "").Over(craft.Stack(craft.Padding.New("load", "\x00\x00"))), c.up("A", 1, "abc").Over(craft.Stack(craft.Padding.New("load", "\x00")))}
	}, `1 10.0.0.1:4000 open "abc"`},
}

func TestFollow(t *testing.T) {
	for _, c := range streamCases {
		// The second pair of numbers wraps within the data.
		for _, numbers := range []talk{{1000, 2_000_000_000}, {0xffffffff - 1, 0xffffffff}, {0x7ffffffe, 0x7fffffff}} {
			t.Run(fmt.Sprintf("%s from %d", c.name, numbers.client), func(t *testing.T) {
				if got := allTold(reassembly.Follow(slices.Values(c.packets(numbers)))); got != c.want {
					t.Errorf("got\n%s\nwant\n%s", got, c.want)
				}
			})
		}
	}
}

// One packet at a time gives the same, as long as nothing is too much to hold. (A stream that is complete is handed out
// before one that began earlier.)
func TestStreamsOnePacketAtATime(t *testing.T) {
	for _, c := range streamCases {
		t.Run(c.name, func(t *testing.T) {
			s := reassembly.NewStreams(reassembly.StreamLimits{})
			var all []*reassembly.Stream
			for _, p := range c.packets(talk{1000, 5000}) {
				all = append(all, s.Add(p)...)
			}
			all = append(all, s.Flush()...)
			got, want := strings.Split(allTold(all), "\n"), strings.Split(c.want, "\n")
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), c.want)
			}
		})
	}
}

func TestStreamIsHandedOutWhenItEnds(t *testing.T) {
	c := talk{100, 200}
	s := reassembly.NewStreams(reassembly.StreamLimits{})
	for _, p := range []*craft.Packet{c.up("S", 0, ""), c.down("SA", 0, ""), c.up("A", 4, "def"), c.up("FA", 7, "")} {
		if got := s.Add(p); got != nil {
			t.Fatalf("got %s before the end", allTold(got))
		}
	}
	if got := allTold(s.Add(c.up("A", 1, "abc"))); got != `1 10.0.0.1:4000 FIN "abcdef"` {
		t.Errorf("got %s with the last byte", got)
	}
	if got := allTold(s.Add(c.up("A", 1, "aXc"))); got != "" {
		t.Errorf("got %s of a retransmission after the end", got)
	}
	if got := allTold(s.Add(c.down("A", 1, "xyz"))); got != "" {
		t.Errorf("got %s while the other side goes on", got)
	}
	if got := allTold(s.Add(c.up("R", 7, ""))); got != `1 10.0.0.2:80 RST "xyz"` {
		t.Errorf("got %s when it is reset", got)
	}
	if got := allTold(s.Flush()); got != `1 10.0.0.1:4000 FIN "" from 6 at 1 "X" was "b"` {
		t.Errorf("got %s at the end: want the conflict told", got)
	}
}

func TestStreamInParts(t *testing.T) {
	c := talk{100, 200}
	s := reassembly.NewStreams(reassembly.StreamLimits{Part: 1})
	var got []string
	for _, p := range []*craft.Packet{c.up("S", 0, ""), c.up("A", 1, "ab"), c.up("A", 5, "ef"), c.up("A", 3, "cd"), c.up("A", 2, "bX"), c.up("FA", 7, "")} {
		got = append(got, allTold(s.Add(p)))
	}
	want := []string{"", `1 10.0.0.1:4000 part "ab"`, "", `1 10.0.0.1:4000 part "cdef" from 2`, `1 10.0.0.1:4000 part "" from 6 at 2 "X" was "c"`, `1 10.0.0.1:4000 FIN "" from 6`}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Of a connection that was there before the capture, data comes soon all the same.
func TestStreamThatBeganBefore(t *testing.T) {
	c := talk{100, 200}
	s := reassembly.NewStreams(reassembly.StreamLimits{Midway: 3, Part: 1})
	var got []string
	for _, p := range []*craft.Packet{c.up("A", 5, "ef"), c.up("A", 3, "cd"), c.up("A", 9, "ij"), c.up("A", 7, "gh"), c.up("A", 1, "ab")} {
		got = append(got, allTold(s.Add(p)))
	}
	want := []string{"", "", `1 10.0.0.1:4000 part "cdef" midway`, `1 10.0.0.1:4000 part "ghij" from 4 midway`, ""}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestStreamSplit(t *testing.T) {
	s := &reassembly.Stream{Offset: 10, Data: []byte("abcdef"), Gaps: []reassembly.Extent{{Offset: 10, Length: 5}, {Offset: 17, Length: 100}, {Offset: 121, Length: 1}}}
	offsets, pieces := s.Split()
	if got := fmt.Sprintf("%v %q", offsets, pieces); got != `[15 117] ["ab" "cdef"]` {
		t.Errorf("got %s", got)
	}
	if offsets, pieces := (&reassembly.Stream{Offset: 3, Data: []byte("abc")}).Split(); len(pieces) != 1 || offsets[0] != 3 {
		t.Errorf("without gaps got %v %q, want one piece", offsets, pieces)
	}
}

func TestStreamTimesAndPackets(t *testing.T) {
	c := talk{100, 200}
	packets := []*craft.Packet{c.up("S", 0, ""), c.up("A", 1, "a"), c.down("SA", 0, ""), c.up("FA", 2, "")}
	for i, p := range packets {
		p.Time = time.Unix(int64(50-i), 0)
	}
	s := reassembly.Follow(slices.Values(packets))[0]
	if s.Packets != 3 || !s.First.Equal(time.Unix(47, 0)) || !s.Last.Equal(time.Unix(50, 0)) || s.Dst != netip.MustParseAddrPort(serverPort) {
		t.Errorf("got %d packets from %s to %s for %s", s.Packets, s.First, s.Last, s.Dst)
	}
	if got := s.String(); got != clientPort+" > "+serverPort+" 1 byte (FIN)" {
		t.Errorf("got %s", got)
	}
}

// Any order of segments that overlap and repeat, whatever they begin with, gives the same bytes.
func TestStreamsInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		c := talk{r.Uint32(), r.Uint32()}
		sent := make([]byte, 1+r.IntN(20000))
		for i := range sent {
			sent[i] = byte(r.Uint32())
		}
		packets := []*craft.Packet{c.up("S", 0, ""), c.up("FA", 1+len(sent), "")}
		for at := 0; at < len(sent); {
			n := min(1+r.IntN(1500), len(sent)-at)
			packets = append(packets, c.up("A", 1+at, string(sent[at:at+n])))
			if r.IntN(3) == 0 { // once more, from somewhere else on
				from := max(0, at-r.IntN(2000))
				packets = append(packets, c.up("A", 1+from, string(sent[from:at+n])))
			}
			at += n
		}
		r.Shuffle(len(packets), func(i, j int) { packets[i], packets[j] = packets[j], packets[i] })
		got := reassembly.Follow(slices.Values(packets))
		if len(got) != 1 || !bytes.Equal(got[0].Data, sent) || got[0].Gaps != nil || got[0].Conflicts != nil || got[0].End != reassembly.EndFIN || !got[0].Began {
			t.Fatalf("round %d: got %s", round, allTold(got))
		}
		s := reassembly.NewStreams(reassembly.StreamLimits{Midway: -1, Part: 1 + r.IntN(5000)})
		var joined []byte
		for _, p := range packets {
			for _, part := range s.Add(p) {
				if int64(len(joined)) != part.Offset || part.Gaps != nil {
					t.Fatalf("round %d: a part at %d with gaps %v, want one at %d", round, part.Offset, part.Gaps, len(joined))
				}
				joined = append(joined, part.Data...)
			}
		}
		for _, part := range s.Flush() {
			joined = append(joined, part.Data...)
		}
		if !bytes.Equal(joined, sent) {
			t.Fatalf("round %d: the parts have %d bytes, want %d", round, len(joined), len(sent))
		}
	}
}

// BenchmarkReversedSegments follows a stream whose segments come last first.
func BenchmarkReversedSegments(b *testing.B) {
	c := talk{1, 1}
	var packets []*craft.Packet
	for i := range 80_000 {
		packets = append(packets, c.up("A", 1+2*i, "ab"))
	}
	slices.Reverse(packets)
	packets = append([]*craft.Packet{c.up("S", 0, "")}, packets...)
	for range b.N {
		s := reassembly.NewStreams(reassembly.StreamLimits{Early: 1 << 30, Bytes: 1 << 30, Midway: -1})
		for _, p := range packets {
			s.Add(p)
		}
		s.Flush()
	}
}

// Whatever is lost is told, byte for byte.
func TestStreamsTellWhatIsMissing(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 300 {
		c := talk{r.Uint32(), r.Uint32()}
		sent := []byte(strings.Repeat("0123456789", 1+r.IntN(1000)))
		here := make([]bool, len(sent))
		packets := []*craft.Packet{c.up("S", 0, "")}
		for at := 0; at < len(sent); {
			n := min(1+r.IntN(600), len(sent)-at)
			if r.IntN(3) > 0 {
				packets = append(packets, c.up("A", 1+at, string(sent[at:at+n])))
				for i := at; i < at+n; i++ {
					here[i] = true
				}
			}
			at += n
		}
		r.Shuffle(len(packets), func(i, j int) { packets[i], packets[j] = packets[j], packets[i] })
		packets = append(packets, c.up("FA", 1+len(sent), ""))
		for _, s := range reassembly.Follow(slices.Values(packets)) {
			offsets, pieces := s.Split()
			for i, piece := range pieces {
				for k, b := range piece {
					at := int(offsets[i]) + k
					if !here[at] || b != sent[at] {
						t.Fatalf("round %d: byte %d is %q, want %q", round, at, b, sent[at])
					}
					here[at] = false
				}
			}
			for _, g := range s.Gaps {
				for at := g.Offset; at < g.Offset+g.Length; at++ {
					if here[at] {
						t.Fatalf("round %d: byte %d is missing in %v, and was sent", round, at, s.Gaps)
					}
				}
			}
		}
		if i := slices.Index(here, true); i >= 0 {
			t.Fatalf("round %d: byte %d was sent and is nowhere", round, i)
		}
	}
}

func BenchmarkStreams(b *testing.B) {
	s := reassembly.NewStreams(reassembly.StreamLimits{Part: 1 << 16})
	p := craft.Dissect(crafttest.Build(b, tcp("10.0.0.1", "10.0.0.2", 1000, 80, "A", 0, 0, strings.Repeat("x", 1460))), layers.IP)
	l := p.Layer(layers.TCP)
	b.SetBytes(1460)
	b.ReportAllocs()
	for i := range b.N {
		if err := l.SetUint("seq", uint64(uint32(i*1460))); err != nil {
			b.Fatal(err)
		}
		s.Add(p)
	}
}

func FuzzStreams(f *testing.F) {
	f.Add([]byte("\x02\x00\x00\x00\x10\x01\x00\x05\x10\x04\x00\x09\x10\x02\x00\xff\x01\x07\x00\x00\x04\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, script []byte) {
		s := reassembly.NewStreams(reassembly.StreamLimits{Connections: 2, Bytes: 4096, Early: 1024, Part: 512})
		in, out := 0, 0
		count := func(list []*reassembly.Stream) {
			for _, st := range list {
				out += len(st.Data)
				at := st.Offset
				for _, g := range st.Gaps {
					if g.Offset < at || g.Length < 1 {
						t.Fatalf("gaps of %s from %d on: %v", st, st.Offset, st.Gaps)
					}
					at = g.Offset + g.Length
				}
				offsets, pieces := st.Split()
				if n := len(bytes.Join(pieces, nil)); n != len(st.Data) || len(offsets) != len(pieces) {
					t.Fatalf("the pieces of %s have %d bytes", st, n)
				}
			}
		}
		for len(script) >= 4 {
			flags, at, size, which := int(script[0]), uint32(script[1])|uint32(script[3])<<28, int(script[2]), int(script[3])
			script = script[4:]
			p := tcp("10.0.0.1", "10.0.0.2", 1000+which&3, 80, "", at, 0, strings.Repeat("x", size))
			if which&4 != 0 {
				p = tcp("10.0.0.2", "10.0.0.1", 80, 1000+which&3, "", at, at, strings.Repeat("y", size))
			}
			if err := p.Layer(layers.TCP).Set("flags", flags); err != nil {
				t.Fatal(err)
			}
			in += size
			count(s.Add(p))
		}
		count(s.Flush())
		if out > in {
			t.Fatalf("%d bytes in, %d out", in, out)
		}
	})
}
