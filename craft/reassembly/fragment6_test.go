package reassembly_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
)

// ipv6 is an IPv6 header from 2001:db8::1 to 2001:db8::2 with more fields.
func ipv6(pairs ...any) *craft.Layer {
	return layers.IPv6.New(append([]any{"src", "2001:db8::1", "dst", "2001:db8::2"}, pairs...)...)
}

func fragmentHeader(pairs ...any) *craft.Layer {
	return layers.IPv6ExtHdrFragment.New(append([]any{"id", 7}, pairs...)...)
}

func TestFragment6GivesScapysBytes(t *testing.T) {
	frame := layers.Ether.New("dst", "00:00:00:00:00:02", "src", "00:00:00:00:00:01")
	cases := []struct {
		name   string
		packet *craft.Packet
		mtu    int
		want   string
	}{
		{"three fragments", craft.Stack(ipv6(), fragmentHeader(), layers.UDP.New(), load(alphabet+alphabet)), 80, "6000000000282c4020010db800000000000000000000000120010db800000000000000000000000211000001000000070035003500507c24303132333435363738396162636465666768696a6b6c6d6e 6000000000282c4020010db800000000000000000000000120010db800000000000000000000000211000021000000076f707172737475767778797a303132333435363738396162636465666768696a 6000000000182c4020010db800000000000000000000000120010db800000000000000000000000211000040000000076b6c6d6e6f707172737475767778797a"},
		{"the last fragment may be a little longer", craft.Stack(ipv6(), fragmentHeader(), layers.UDP.New(), load(alphabet+alphabet[:24])), 85, "6000000000282c4020010db800000000000000000000000120010db8000000000000000000000002110000010000000700350035004436fd303132333435363738396162636465666768696a6b6c6d6e 60000000002c2c4020010db800000000000000000000000120010db800000000000000000000000211000020000000076f707172737475767778797a303132333435363738396162636465666768696a6b6c6d6e"},
		{"below Ether", craft.Stack(frame, ipv6(), fragmentHeader(), layers.UDP.New(), load(alphabet)), 90, "00000000000200000000000186dd6000000000202c4020010db800000000000000000000000120010db8000000000000000000000002110000010000000700350035002c101230313233343536373839616263646566 00000000000200000000000186dd60000000001c2c4020010db800000000000000000000000120010db800000000000000000000000211000018000000076768696a6b6c6d6e6f707172737475767778797a"},
		{"in a tunnel", craft.Stack(layers.IP.New("src", "1.1.1.1", "dst", "2.2.2.2"), ipv6(), fragmentHeader(), layers.UDP.New(), load(alphabet)), 100, "45000064000100004029746b01010101020202026000000000282c4020010db800000000000000000000000120010db8000000000000000000000002110000010000000700350035002c1012303132333435363738396162636465666768696a6b6c6d6e 45000050000100004029747f01010101020202026000000000142c4020010db800000000000000000000000120010db800000000000000000000000211000020000000076f707172737475767778797a"},
		{"a wrong plen was the whole datagram's", craft.Stack(ipv6("plen", 400), fragmentHeader(), layers.UDP.New(), load(alphabet)), 80, "6000000000282c4020010db800000000000000000000000120010db8000000000000000000000002110000010000000700350035002c1012303132333435363738396162636465666768696a6b6c6d6e 6000000000142c4020010db800000000000000000000000120010db800000000000000000000000211000020000000076f707172737475767778797a"},
		{"a wrong nh stays", craft.Stack(ipv6("nh", 99), fragmentHeader("nh", 17), layers.UDP.New(), load(alphabet)), 80, "600000000028634020010db800000000000000000000000120010db8000000000000000000000002110000010000000700350035002c1012303132333435363738396162636465666768696a6b6c6d6e 600000000014634020010db800000000000000000000000120010db800000000000000000000000211000020000000076f707172737475767778797a"},
		{"a packet that needs no fragments", craft.Stack(ipv6(), layers.UDP.New(), load(alphabet)), 1280, "6000000000342c4020010db800000000000000000000000120010db8000000000000000000000002110000000000000000350035002c1012303132333435363738396162636465666768696a6b6c6d6e6f707172737475767778797a"},
		{"bytes", craft.Stack(ipv6(), fragmentHeader(), load(alphabet)), 80, "6000000000282c4020010db800000000000000000000000120010db80000000000000000000000023b00000100000007303132333435363738396162636465666768696a6b6c6d6e6f70717273747576 60000000000c2c4020010db800000000000000000000000120010db80000000000000000000000023b000020000000077778797a"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := c.packet.Command()
			fragments, err := reassembly.Fragment6(c.packet, c.mtu, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(wires(t, fragments), " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if c.packet.Command() != before {
				t.Errorf("the packet became %s", c.packet.Command())
			}
		})
	}
}

// A packet from the wire says what UDP is carried by; the new header says it from now on.
func TestFragment6AddsAHeader(t *testing.T) {
	p := arrived(t, craft.Stack(ipv6(), layers.UDP.New(), load(alphabet)))[0]
	fragments, err := reassembly.Fragment6(p, 72, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, second := fragments[0].Layer(layers.IPv6ExtHdrFragment), fragments[1].Layer(layers.IPv6ExtHdrFragment)
	if got := fragments[0].Layer(layers.IPv6).Uint("nh"); got != 44 || first.Uint("nh") != 17 {
		t.Errorf("nh %d, then %d; want the Fragment header, then UDP", got, first.Uint("nh"))
	}
	if first.Uint("id") == 0 || first.Uint("id") != second.Uint("id") {
		t.Errorf("ids %d and %d, want one that is not the default", first.Uint("id"), second.Uint("id"))
	}
	if len(fragments) != 2 || first.Uint("m") != 1 || second.Uint("m") != 0 || second.Uint("offset") != 3 {
		t.Errorf("got %v", fragments)
	}
}

// A fragment is cut into fragments of the same datagram; scapy 2.5.0 begins again at offset 0.
func TestFragment6OfAFragment(t *testing.T) {
	fragments, err := reassembly.Fragment6(craft.Stack(ipv6(), fragmentHeader("offset", 10, "m", 1), load(alphabet)), 72, nil)
	if err != nil {
		t.Fatal(err)
	}
	l := fragments[1].Layer(layers.IPv6ExtHdrFragment)
	if len(fragments) != 2 || l.Uint("offset") != 13 || l.Uint("m") != 1 {
		t.Errorf("got %v, want the second one at 13, with more to come", fragments)
	}
}

func TestFragment6Refuses(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		mtu    int
		want   string
	}{
		{"no IPv6", craft.Stack(ipv4(), load("x")), 1280, "fragment6: want a packet with an IPv6 layer, got 10.0.0.1"},
		{"no room", craft.Stack(ipv6(), load(alphabet)), 55, "fragment6: want an mtu of at least 56 bytes, got 55: the headers in front take 48"},
		{"no size", craft.Stack(ipv6(), load(alphabet)), -8, "fragment6: want an mtu of at least 56 bytes, got -8"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := reassembly.Fragment6(c.packet, c.mtu, nil); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	_, err := reassembly.Fragment(craft.Stack(ipv6(), load(alphabet)), 8, nil)
	if err == nil || !strings.Contains(err.Error(), "Fragment6") {
		t.Errorf("Fragment: got %v, want a hint at Fragment6", err)
	}
}

func TestDefragmenter6(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for round := range 30 {
		var sent []*craft.Packet
		for id := range 4 {
			data := strings.Repeat(fmt.Sprint(id), 700+r.IntN(3000))
			p := craft.Stack(layers.Ether.New(), ipv6(), layers.IPv6ExtHdrFragment.New("id", id), crafttest.Datagram(5000, 4000+id), load(data))
			fragments, err := reassembly.Fragment6(p, 100+r.IntN(500), nil)
			if err != nil {
				t.Fatal(err)
			}
			sent = append(sent, fragments...)
		}
		r.Shuffle(len(sent), func(i, j int) { sent[i], sent[j] = sent[j], sent[i] })
		d := reassembly.NewDefragmenter(reassembly.DefragOptions{Age: -1})
		whole := map[uint64]bool{}
		for _, p := range arrived(t, sent...) {
			w, broken := d.Add(p)
			if len(broken) > 0 {
				t.Fatalf("round %d: %s", round, broken[0].Why)
			}
			if w == nil {
				continue
			}
			port := w.Layer(layers.UDP).Uint("dport")
			whole[port] = true
			data := string(w.Layer(craft.Raw).Bytes("load"))
			if strings.Trim(data, fmt.Sprint(port-4000)) != "" || w.Has(layers.IPv6ExtHdrFragment) ||
				w.Layer(layers.IPv6).Uint("plen") != uint64(8+len(data)) {
				t.Fatalf("round %d: got %s", round, w)
			}
		}
		if len(whole) != 4 {
			t.Fatalf("round %d: %d of 4 datagrams", round, len(whole))
		}
	}
}

func TestDefragmenter6TellsWhatIsWrong(t *testing.T) {
	fragments, err := reassembly.Fragment6(craft.Stack(ipv6(), fragmentHeader(), crafttest.Datagram(4000, 4001), load(alphabet)), 64, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
	atomic := craft.Stack(ipv6(), fragmentHeader(), crafttest.Datagram(1, 2))
	if whole, _ := d.Add(atomic); whole != atomic {
		t.Errorf("a Fragment header without fragments: got %v, want the packet itself", whole)
	}
	d.Add(fragments[0])
	d.Add(fragments[2])
	var why []string
	for _, b := range d.Flush() {
		why = append(why, b.Why)
	}
	if want := []string{"2001:db8::1 > 2001:db8::2 id 7: bytes 16..31 are missing"}; !slices.Equal(why, want) {
		t.Errorf("got %q, want %q", why, want)
	}
}

func TestStreamsOfIPv6(t *testing.T) {
	segment := func(seq int, flags, data string) *craft.Packet {
		return craft.Stack(ipv6(), layers.TCP.New("sport", 4000, "dport", 80, "seq", seq, "flags", flags), load(data))
	}
	got := reassembly.Follow(slices.Values([]*craft.Packet{segment(6, "FA", "world"), segment(0, "S", ""), segment(1, "A", "hello")}))
	if len(got) != 1 || got[0].String() != "[2001:db8::1]:4000 > [2001:db8::2]:80 10 bytes (FIN)" {
		t.Errorf("got %s", got)
	}
}
