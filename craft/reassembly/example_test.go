package reassembly_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/reassembly"
)

func ExampleFragment() {
	p := craft.Stack(layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.ICMP.New(), craft.Raw.New("load", strings.Repeat("x", 3000)))
	fragments, err := reassembly.Fragment(p, 1480, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range fragments {
		ip := f.Layer(layers.IP)
		fmt.Println(ip.Uint("frag")*8, ip.Text("flags"), len(f.Layer(craft.Raw).Bytes("load")))
	}
	// Output:
	// 0 MF 1480
	// 1480 MF 1480
	// 2960  48
}

func ExampleDefragmenter() {
	p := craft.Stack(layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"), layers.ICMP.New(), craft.Raw.New("load", strings.Repeat("x", 3000)))
	fragments, _ := reassembly.Fragment(p, 1480, nil)
	other, _ := reassembly.Fragment(craft.Stack(layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2", "id", 2), layers.ICMP.New(), craft.Raw.New("load", strings.Repeat("y", 3000))), 1480, nil)

	d := reassembly.NewDefragmenter(reassembly.DefragOptions{})
	for _, f := range []*craft.Packet{fragments[2], other[0], fragments[0], other[2], fragments[1]} {
		if whole, _ := d.Add(f); whole != nil {
			fmt.Println(whole.Summary(), len(whole.Layer(craft.Raw).Bytes("load")))
		}
	}
	for _, b := range d.Flush() {
		fmt.Println(b.Why)
	}
	// Output:
	// IP / ICMP 10.0.0.1 > 10.0.0.2 echo-request 0 / Raw 3000
	// 10.0.0.1 > 10.0.0.2 id 2 proto 1: bytes 1480..2959 are missing
}

func ExampleFollow() {
	segment := func(seq int, flags, data string) *craft.Packet {
		return craft.Stack(layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"),
			layers.TCP.New("sport", 4000, "dport", 80, "seq", seq, "flags", flags), craft.Raw.New("load", data))
	}
	streams := reassembly.Follow(slices.Values([]*craft.Packet{
		segment(100, "S", ""), segment(107, "A", "world"), segment(101, "A", "hello "), segment(101, "A", "HELLO "), segment(120, "FA", "!"),
	}))
	for _, s := range streams {
		fmt.Println(s)
		fmt.Printf("%q, without bytes %v; %q came for %q\n", s.Data, s.Gaps, s.Conflicts[0].Other, s.Conflicts[0].Kept)
	}
	// Output:
	// 10.0.0.1:4000 > 10.0.0.2:80 12 bytes, 1 gap, 1 conflict (FIN)
	// "hello world!", without bytes [11..18]; "HELLO" came for "hello"
}

func ExampleStreams() {
	s := reassembly.NewStreams(reassembly.StreamLimits{Part: 1}) // everything as soon as it can be read
	for _, g := range []struct {
		seq         int
		flags, data string
	}{{100, "S", ""}, {101, "A", "one "}, {109, "A", "three"}, {105, "A", "two "}} {
		parts := s.Add(craft.Stack(layers.IP.New("src", "10.0.0.1", "dst", "10.0.0.2"),
			layers.TCP.New("sport", 4000, "dport", 80, "seq", g.seq, "flags", g.flags), craft.Raw.New("load", g.data)))
		for _, part := range parts {
			fmt.Printf("%d %q\n", part.Offset, part.Data)
		}
	}
	for _, rest := range s.Flush() {
		fmt.Println(rest.End)
	}
	// Output:
	// 0 "one "
	// 4 "two three"
	// open
}
