package reassembly_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
)

// pieces are the fragments of a datagram with that id, of 16 bytes each, as they come from the wire.
func pieces(t *testing.T, id int) []*craft.Packet {
	t.Helper()
	fragments, err := reassembly.Fragment(craft.Stack(ipv4("id", id), crafttest.Datagram(4000, 4001), load(alphabet)), 16, nil)
	if err != nil {
		t.Fatal(err)
	}
	return arrived(t, fragments...)
}

// arrived are packets as they come from the wire, one second after the other.
func arrived(t *testing.T, packets ...*craft.Packet) []*craft.Packet {
	t.Helper()
	var all []*craft.Packet
	for i, p := range packets {
		q := craft.Dissect(crafttest.Build(t, p), p.Layers()[0].Name())
		q.Time = time.Unix(int64(1000+i), 0)
		all = append(all, q)
	}
	return all
}

// wholeDatagram is what scapy 2.5.0 puts together of these.
const wholeDatagram = "4500004000050000401166a60a0000010a0000020fa00fa1002c38ad303132333435363738396162636465666768696a6b6c6d6e6f707172737475767778797a"

func TestDefragmenter(t *testing.T) {
	f, g := pieces(t, 5), pieces(t, 6)
	overlapping := func(overlap *craft.Packet) []*craft.Packet {
		p := craft.Stack(ipv4("id", 5), crafttest.Datagram(4000, 4001), load(alphabet))
		fragments, err := reassembly.OverlapFrag(p, overlap, 16, 16, nil)
		if err != nil {
			t.Fatal(err)
		}
		return arrived(t, fragments...)
	}
	edit := func(p *craft.Packet, pairs ...any) *craft.Packet {
		c := p.Copy()
		for i := 0; i < len(pairs); i += 2 {
			if err := c.Layer(layers.IP).Set(pairs[i].(string), pairs[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	ping := arrived(t, craft.Stack(ipv4(), layers.ICMP.New()))[0]
	const who = "10.0.0.1 > 10.0.0.2 id 5 proto 17: "
	cases := []struct {
		name    string
		packets []*craft.Packet
		whole   string   // summaries of what came out, one a line
		broken  []string // why
	}{
		{"in order", f, "IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw", nil},
		{"backwards", []*craft.Packet{f[2], f[1], f[0]}, "IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw", nil},
		{"among others", []*craft.Packet{f[0], ping, f[1], g[0], f[2]},
			"IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0\nIP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw",
			[]string{"10.0.0.1 > 10.0.0.2 id 6 proto 17: the last fragment is missing"}},
		{"a fragment that comes twice", []*craft.Packet{f[0], f[0], f[1], f[2]}, "IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw", nil},
		{"the same id again", slices.Concat(f, f), "IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw\nIP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw", nil},
		{"another protocol is another datagram", []*craft.Packet{f[0], f[1], edit(f[2], "proto", 6)}, "",
			[]string{who + "the last fragment is missing", "10.0.0.1 > 10.0.0.2 id 5 proto 6: bytes 0..31 are missing"}},
		{"a gap", []*craft.Packet{f[0], f[2]}, "", []string{who + "bytes 16..31 are missing"}},
		{"no first fragment", f[1:], "", []string{who + "bytes 0..15 are missing"}},
		{"no last fragment", f[:2], "", []string{who + "the last fragment is missing"}},
		{"the attack of overlapping fragments", overlapping(craft.Stack(layers.UDP.New(), load("HACK"))), "",
			[]string{who + "fragments overlap in bytes 0..11"}},
		{"an overlap in the middle", []*craft.Packet{f[0], edit(f[1], "frag", 1), f[2], f[1]}, "",
			[]string{who + "fragments overlap in bytes 8..15, 16..23"}},
		{"two ends", []*craft.Packet{f[2], edit(f[1], "flags", 0), f[0]}, "",
			[]string{who + "it ends at byte 44 and at byte 32"}},
		{"more behind the end", []*craft.Packet{edit(f[2], "flags", "MF", "frag", 4), edit(f[1], "flags", 0), f[0]}, "",
			[]string{who + "it ends at byte 32 and goes on to byte 44"}},
		{"a fragment that promises more than it has", []*craft.Packet{f[0], edit(f[1], "len", 100), f[2]},
			"IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw", nil},
		{"longer than any packet", []*craft.Packet{edit(f[0], "frag", 8191, "flags", 0), craft.Stack(ipv4("id", 5, "proto", 17, "flags", "MF"), load(strings.Repeat("x", 65504))),
			craft.Stack(ipv4("id", 5, "proto", 17, "flags", "MF", "frag", 8188), load(strings.Repeat("x", 24)))}, "",
			[]string{who + "craft: IP.len: want at most 65535 bytes, got 65564: set len yourself to send it"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
			var whole, broken []string
			keep := func(list []reassembly.Incomplete) {
				for _, b := range list {
					broken = append(broken, b.Why)
				}
			}
			for _, p := range c.packets {
				w, b := d.Add(p)
				if w != nil {
					whole = append(whole, w.Summary())
				}
				keep(b)
			}
			keep(d.Flush())
			if got := strings.Join(whole, "\n"); got != c.whole {
				t.Errorf("whole packets\n%s\nwant\n%s", got, c.whole)
			}
			if !slices.Equal(broken, c.broken) {
				t.Errorf("broken\n%s\nwant\n%s", strings.Join(broken, "\n"), strings.Join(c.broken, "\n"))
			}
		})
	}
}

func TestDefragmentedPacket(t *testing.T) {
	d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
	f := pieces(t, 5)
	for _, i := range []int{2, 0} {
		if whole, _ := d.Add(f[i]); whole != nil {
			t.Fatalf("fragment %d completes nothing", i)
		}
	}
	whole, _ := d.Add(f[1])
	if got := wires(t, []*craft.Packet{whole})[0]; got != wholeDatagram {
		t.Errorf("got  %s\nwant %s", got, wholeDatagram)
	}
	if !whole.Time.Equal(f[1].Time) || whole.Wire != nil {
		t.Errorf("time %s, want that of the fragment that came last; Wire %x, want none: it never arrived so", whole.Time, whole.Wire)
	}
}

func TestDefragmenterLeavesPacketsAlone(t *testing.T) {
	d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
	p := craft.Stack(layers.Ether.New(), ipv4("flags", "DF"), layers.UDP.New())
	if whole, broken := d.Add(p); whole != p || broken != nil {
		t.Errorf("got %v and %v, want the packet itself", whole, broken)
	}
}

// TestHeadersThatAreCutAreNoneToPutTogether: what a capture kept of a header does not say what it is a part of.
func TestHeadersThatAreCutAreNoneToPutTogether(t *testing.T) {
	first := crafttest.Build(t, pieces(t, 5)[0])
	segment := crafttest.Build(t, tcp("10.0.0.1", "10.0.0.2", 4000, 80, "PA", 1, 1, "abc"))
	for n := 1; n < 40; n++ {
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
		if p := craft.Dissect(first[:min(n, 19)], layers.IP); n < 20 {
			if whole, broken := d.Add(p); whole != p || broken != nil {
				t.Errorf("%d bytes: got %v and %v, want the packet itself", n, whole, broken)
			}
		}
		p := craft.Dissect(segment[:n:n], layers.IP)
		if got := reassembly.Follow(slices.Values([]*craft.Packet{p})); len(got) > 0 {
			t.Errorf("%d bytes are of a stream: %s", n, allTold(got))
		}
	}
}

// A tunnel may be fragmented outside, inside, or both.
func TestDefragmenterInTunnels(t *testing.T) {
	cut := func(p *craft.Packet, size int) []*craft.Packet {
		fragments, err := reassembly.Fragment(p, size, nil)
		if err != nil {
			t.Fatal(err)
		}
		return fragments
	}
	var sent []*craft.Packet
	for i, inner := range cut(craft.Stack(ipv4("id", 9), crafttest.Datagram(4000, 4001), load(alphabet)), 16) {
		outer := craft.Stack(layers.Ether.New(), layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2", "id", i)).Over(inner)
		sent = append(sent, cut(outer, 24)...)
	}
	d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
	var whole []string
	for _, p := range arrived(t, sent...) {
		if w, _ := d.Add(p); w != nil {
			whole = append(whole, w.Summary()+" "+string(w.Layer(craft.Raw).Bytes("load")))
			if len(crafttest.Build(t, w)) != 14+20+20+8+len(alphabet) || w.Layer(layers.IP).Uint("len") != uint64(20+20+8+len(alphabet)) {
				t.Errorf("the tunnel's own length is that of a fragment: %s", w)
			}
		}
	}
	if want := []string{"Ether / IP / IP / UDP 10.0.0.1:4000 > 10.0.0.2:4001 / Raw " + alphabet}; !slices.Equal(whole, want) {
		t.Errorf("got %q, want %q", whole, want)
	}
}

func TestDefragmenterIsBounded(t *testing.T) {
	first := func(id int) *craft.Packet { return pieces(t, id)[0] }
	t.Run("datagrams", func(t *testing.T) {
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Datagrams: 2})
		var broken []reassembly.Incomplete
		for id := range 5 {
			_, b := d.Add(first(id))
			broken = append(broken, b...)
		}
		if len(broken) != 3 || broken[0].Why != "10.0.0.1 > 10.0.0.2 id 0 proto 17: given up: too many fragments wait; the last fragment is missing" {
			t.Errorf("got %v, want the three oldest", broken)
		}
		if left := d.Flush(); len(left) != 2 || len(left[1].Fragments) != 1 {
			t.Errorf("%d were left, want 2", len(left))
		}
	})
	t.Run("bytes", func(t *testing.T) {
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Bytes: 100_000})
		given := 0
		for id := range 1000 {
			_, b := d.Add(first(id))
			given += len(b)
		}
		if left := len(d.Flush()); left > 100 || left < 10 || left+given != 1000 {
			t.Errorf("%d were left and %d given up: want about 90 left, and all told", left, given)
		}
	})
	t.Run("fragments of one datagram", func(t *testing.T) {
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Bytes: 100_000})
		given := 0
		for i := range 1000 {
			p := first(1)
			p.Layer(layers.IP).Set("frag", i*7%8000)
			_, b := d.Add(p)
			given += len(b)
		}
		if given < 5 {
			t.Errorf("%d given up: one datagram holds more than the limit", given)
		}
	})
	t.Run("age", func(t *testing.T) {
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Age: 2 * time.Second})
		f := pieces(t, 1)
		f[2].Time = f[0].Time.Add(3 * time.Second)
		d.Add(f[0])
		d.Add(f[1])
		whole, broken := d.Add(f[2])
		if whole != nil || len(broken) != 1 || broken[0].Why != "10.0.0.1 > 10.0.0.2 id 1 proto 17: given up after 2s; the last fragment is missing" {
			t.Errorf("got %v and %v, want the datagram given up", whole, broken)
		}
	})
}

func TestDefragmenterInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 50 {
		var sent []*craft.Packet
		for id := range 5 {
			p := craft.Stack(ipv4("id", id), layers.ICMP.New("id", id), load(strings.Repeat(fmt.Sprint(id), r.IntN(3000))))
			fragments, err := reassembly.Fragment(p, 8+r.IntN(500), nil)
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, fragments...)
		}
		r.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Age: -1})
		whole := 0
		for _, p := range arrived(t, sent...) {
			w, broken := d.Add(p)
			if len(broken) > 0 {
				t.Fatalf("round %d: %v", round, broken)
			}
			if w != nil {
				whole++
				if id := w.Layer(layers.IP).Uint("id"); w.Layer(layers.ICMP).Uint("id") != id {
					t.Fatalf("round %d: the datagram %d is %s", round, id, w)
				}
			}
		}
		if left := d.Flush(); whole != 5 || len(left) != 0 {
			t.Fatalf("round %d: %d whole, %d broken, want 5 whole", round, whole, len(left))
		}
	}
}

// FuzzDefragmenter feeds packets made of hostile bytes: nothing panics, nothing is lost, the bound holds.
func FuzzDefragmenter(f *testing.F) {
	f.Add([]byte("\x45\x00\x00\x1c\x00\x01\x20\x00\x40\x11\x00\x00\x7f\x00\x00\x01\x7f\x00\x00\x01abcdefgh"), []byte{0, 1, 2, 3, 0x20, 0, 1})
	f.Add([]byte("\x60\x00\x00\x00\x00\x10\x2c\x40aaaabbbbccccddddeeeeffffgggghhhh\x11\x00\x00\x01\x00\x00\x00\x07abcdefgh"), []byte{0, 0, 1})
	f.Fuzz(func(t *testing.T, wire, offsets []byte) {
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Datagrams: 8, Bytes: 1 << 16})
		in, out := 0, 0
		count := func(list []reassembly.Incomplete) {
			for _, b := range list {
				out += len(b.Fragments)
			}
		}
		for _, o := range offsets {
			b := slices.Clone(wire)
			at := 6
			if len(b) > 43 && b[0]>>4 == 6 {
				at = 42
			}
			if len(b) > at+1 {
				b[at], b[at+1] = b[at]^o>>3, b[at+1]^o
			}
			in++
			whole, broken := d.Add(craft.Dissect(b, layers.IPVersion(b)))
			if whole != nil {
				if _, err := craft.Build(whole, nil); err != nil {
					t.Fatal(err)
				}
			}
			count(broken)
		}
		count(d.Flush())
		if out > in {
			t.Fatalf("%d fragments out of %d", out, in)
		}
	})
}
