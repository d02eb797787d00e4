package craft_test

import (
	"slices"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// The fields are those that scapy 2.5.0's fuzz draws.
func TestFuzzDrawsWhatNobodySetOrComputes(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		layer  craft.Name
		want   []string
	}{
		{"IP", craft.Stack(layers.IP.New()), layers.IP, []string{"version", "tos", "id", "flags", "frag", "ttl", "proto"}},
		{"IP under TCP", craft.Stack(layers.IP.New(), layers.TCP.New()), layers.IP, []string{"version", "tos", "id", "flags", "frag", "ttl"}},
		{"what is set", craft.Stack(layers.IP.New("ttl", 64, "dst", "10.0.0.1", "id", values.Range(1, 3, 1)), layers.TCP.New()), layers.IP, []string{"version", "tos", "flags", "frag"}},
		{"TCP", craft.Stack(layers.TCP.New()), layers.TCP, []string{"sport", "dport", "seq", "ack", "reserved", "flags", "window", "urgptr", "options"}},
		{"UDP", craft.Stack(layers.UDP.New()), layers.UDP, []string{"sport", "dport"}},
		{"Ether", craft.Stack(layers.Ether.New()), layers.Ether, []string{"type"}},
		{"Ether under IP", craft.Stack(layers.Ether.New(), layers.IP.New()), layers.Ether, nil},
		{"Raw", craft.Stack(craft.Raw.New()), craft.Raw, []string{"load"}},
		{"Raw with a load", craft.Stack(craft.Raw.New("load", "abc")), craft.Raw, nil},
		{"a message type that is set", craft.Stack(layers.ICMP.New("type", 5)), layers.ICMP, []string{"code", "gw"}},
		{"what came from the wire", craft.Dissect([]byte("\x00\x35\x10\x00\x00\x0d\x00\x00hello"), layers.UDP), layers.UDP, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := craft.Fuzz(c.packet, 1)
			var got []string
			for _, name := range f.Layer(c.layer).Fields() {
				if f.Layer(c.layer).Draws(name) {
					got = append(got, name)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
			for _, name := range c.packet.Layer(c.layer).Fields() {
				if c.packet.Layer(c.layer).Draws(name) {
					t.Errorf("%s of the original draws", name)
				}
			}
		})
	}
}

func TestFuzzKeepsLengthsAndChecksumsRight(t *testing.T) {
	p := craft.Stack(layers.Ether.New(), layers.IP.New("dst", "10.0.0.1"), layers.TCP.New("dport", 80), craft.Raw.New())
	f := craft.Fuzz(p, 7)
	seen := map[string]bool{}
	for i := range uint64(500) {
		e := f.At(i)
		wire, err := craft.Build(e, nil)
		if err != nil {
			t.Fatal(err)
		}
		seen[string(wire)] = true
		ip, tcp := e.Layer(layers.IP), e.Layer(layers.TCP)
		if ip.Text("dst") != "10.0.0.1" || tcp.Uint("dport") != 80 || ip.Uint("proto") != 6 {
			t.Fatalf("what is set was drawn: %s", e)
		}
		if int(wire[16])<<8|int(wire[17]) != len(wire)-14 || wire[14]&15 != 5 {
			t.Fatalf("len %x, ihl %x of %d bytes", wire[16:18], wire[14], len(wire))
		}
		sum := uint32(0)
		for at := 14; at < 34; at += 2 {
			sum += uint32(wire[at])<<8 | uint32(wire[at+1])
		}
		if sum>>16+sum&0xffff != 0xffff {
			t.Fatalf("the header's checksum is wrong: %x", wire[14:34])
		}
	}
	if len(seen) != 500 {
		t.Errorf("%d different packets of 500", len(seen))
	}
	same, err := craft.Build(craft.Fuzz(p, 7).At(3), nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := craft.Build(craft.Fuzz(p, 8).At(3), nil)
	if err != nil || !seen[string(same)] || seen[string(other)] {
		t.Errorf("the seed decides what is drawn: %v", err)
	}
}

func TestALayerStackedOnAFuzzedOneHasItsSay(t *testing.T) {
	p := craft.Fuzz(craft.Stack(layers.IP.New()), 1).Over(craft.Stack(layers.TCP.New()))
	for i := range uint64(20) {
		if e := p.At(i); e.Layer(layers.IP).Uint("proto") != 6 {
			t.Fatalf("proto is %s", e.Layer(layers.IP).Text("proto"))
		}
	}
	set := craft.Stack(layers.IP.New("proto", values.RandByte(1))).Over(craft.Stack(layers.TCP.New()))
	if !set.Layer(layers.IP).Draws("proto") {
		t.Error("a generator that was set gave way")
	}
}

func TestFuzzDrawsTheLayoutOnce(t *testing.T) {
	types := map[uint64]bool{}
	for seed := range uint64(60) {
		p := craft.Fuzz(craft.Stack(layers.ICMP.New()), seed)
		kind := p.Layer(layers.ICMP).Uint("type")
		types[kind] = true
		for i := range uint64(5) {
			e := p.At(i)
			if e.Layer(layers.ICMP).Uint("type") != kind {
				t.Fatalf("type %d, then %s", kind, e.Layer(layers.ICMP).Text("type"))
			}
			if _, err := craft.Build(e, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(types) < 40 {
		t.Errorf("%d types in 60", len(types))
	}
}

func TestEveryProtocolCanBeFuzzed(t *testing.T) {
	for _, proto := range craft.Protocols() {
		t.Run(string(proto.Name()), func(t *testing.T) {
			for seed := range uint64(20) {
				p := craft.Fuzz(craft.NewPacket(proto), seed)
				for _, f := range proto.Fields() {
					drawable := f.Kind <= craft.Bytes && f.Computed == nil && f.Name != "src" && f.Name != "dst" && !slices.Contains(proto.ShapeFields(), f.Name)
					if l := p.Layers()[0]; drawable && l.Has(f.Name) && !l.Draws(f.Name) {
						t.Fatalf("%s is not drawn", f.Name)
					}
				}
				for i := range uint64(10) {
					if _, err := craft.Build(p.At(i), nil); err != nil {
						t.Fatalf("%s: %v", p.At(i), err)
					}
				}
			}
		})
	}
}
