package craft_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// elements writes some fields of every element, an element a word: "10.0.0.1,80".
func elements(t *testing.T, p *craft.Packet, fields ...string) string {
	t.Helper()
	n, err := p.Count()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range n {
		e := p.At(i)
		var texts []string
		for _, f := range fields {
			layer, field, _ := strings.Cut(f, ".")
			texts = append(texts, e.Layer(craft.Name(layer)).Text(field))
		}
		if _, err := craft.Build(e, nil); err != nil {
			t.Errorf("element %d: %v", i, err)
		}
		all = append(all, strings.Join(texts, ","))
	}
	return strings.Join(all, " ")
}

// The orders are those of list(...) in scapy 2.5.0.
func TestSetsExpandInScapysOrder(t *testing.T) {
	list := values.List
	between := func(first, last string) values.Set {
		s, err := values.Addresses(netip.MustParseAddr(first), netip.MustParseAddr(last), 1)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	cases := []struct {
		name   string
		packet *craft.Packet
		fields []string
		want   string
	}{
		{"layers from the outside in, the field declared last outermost",
			craft.Stack(layers.IP.New("dst", list("1.1.1.1", "2.2.2.2"), "ttl", list(1, 2)), layers.TCP.New("dport", list(80, 443))),
			[]string{"IP.dst", "IP.ttl", "TCP.dport"},
			"1.1.1.1,1,80 1.1.1.1,1,443 1.1.1.1,2,80 1.1.1.1,2,443 2.2.2.2,1,80 2.2.2.2,1,443 2.2.2.2,2,80 2.2.2.2,2,443"},
		{"however they were set",
			craft.Stack(layers.IP.New("ttl", list(1, 2), "id", list(5, 6), "tos", list(0, 1))),
			[]string{"IP.tos", "IP.id", "IP.ttl"},
			"0x0,5,1 0x1,5,1 0x0,6,1 0x1,6,1 0x0,5,2 0x1,5,2 0x0,6,2 0x1,6,2"},
		{"a network in a list", craft.Stack(layers.IP.New("dst", list("1.1.1.1", "10.0.0.0/31"), "ttl", values.Range(1, 3, 1))),
			[]string{"IP.dst", "IP.ttl"}, "1.1.1.1,1 1.1.1.1,2 1.1.1.1,3 10.0.0.0,1 10.0.0.0,2 10.0.0.0,3 10.0.0.1,1 10.0.0.1,2 10.0.0.1,3"},
		{"the host part of a network does not count", craft.Stack(layers.IP.New("dst", "10.0.0.5/30")), []string{"IP.dst"}, "10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7"},
		{"a range of addresses", craft.Stack(layers.IP.New("dst", between("10.0.0.254", "10.0.1.1"))), []string{"IP.dst"}, "10.0.0.254 10.0.0.255 10.0.1.0 10.0.1.1"},
		{"three layers", craft.Stack(layers.Ether.New("type", list(1, 2), "dst", list("00:00:00:00:00:01", "00:00:00:00:00:02")), layers.IP.New("src", list("1.1.1.1", "2.2.2.2"))),
			[]string{"Ether.type", "Ether.dst", "IP.src"},
			"0x1,00:00:00:00:00:01,1.1.1.1 0x1,00:00:00:00:00:01,2.2.2.2 0x1,00:00:00:00:00:02,1.1.1.1 0x1,00:00:00:00:00:02,2.2.2.2 " +
				"0x2,00:00:00:00:00:01,1.1.1.1 0x2,00:00:00:00:00:01,2.2.2.2 0x2,00:00:00:00:00:02,1.1.1.1 0x2,00:00:00:00:00:02,2.2.2.2"},
		{"ICMP types and ids", craft.Stack(layers.ICMP.New("type", list(8, 0), "id", list(1, 2))), []string{"ICMP.type", "ICMP.id"},
			"echo-request,0x1 echo-reply,0x1 echo-request,0x2 echo-reply,0x2"},
		{"payloads", craft.Stack(craft.Raw.New("load", list("a", "bb"))), []string{"Raw.load"}, `"a" "bb"`},
		{"a step that misses the end", craft.Stack(layers.IP.New("ttl", values.Range(1, 9, 3))), []string{"IP.ttl"}, "1 4 7"},
		{"a step that meets the end", craft.Stack(layers.IP.New("ttl", values.Range(1, 10, 3))), []string{"IP.ttl"}, "1 4 7 10"},
		{"numbers that count from 5 in twos", craft.Stack(layers.IP.New("ttl", list(1, 2, 3), "id", values.IncrementalValue(5, 2, -1))), []string{"IP.id"}, "5 7 9"},
		// What scapy 2.5.0 has not.
		{"lists in lists", craft.Stack(layers.TCP.New("sport", list(list(1, 2), values.Range(5, 6, 1)), "dport", list(80, list(1, values.Range(2, 3, 1))))), []string{"TCP.dport", "TCP.sport"},
			"80,1 80,2 80,5 80,6 1,1 1,2 1,5 1,6 2,1 2,2 2,5 2,6 3,1 3,2 3,5 3,6"},
		{"flags", craft.Stack(layers.TCP.New("flags", list("S", "A", "SA", 1))), []string{"TCP.flags"}, "S A SA F"},
		{"IP's flags", craft.Stack(layers.IP.New("flags", list("MF", "MF+DF", 0))), []string{"IP.flags"}, "MF MF+DF "},
		{"types with different fields", craft.Stack(layers.ICMP.New("type", list(8, "redirect"), "id", list(1, 2))), []string{"ICMP.type", "ICMP.id", "ICMP.gw"},
			"echo-request,0x1, redirect,,0.0.0.0 echo-request,0x2, redirect,,0.0.0.0"},
		{"IPv6", craft.Stack(layers.ARP.New("ptype", 0x86dd, "pdst", list("2001:db8::ffff", "2001:db8::fffe/127", between("::ffff:ffff:ffff:ffff", "0:0:0:1::1")))), []string{"ARP.pdst"},
			"2001:db8::ffff 2001:db8::fffe 2001:db8::ffff ::ffff:ffff:ffff:ffff 0:0:0:1:: ::1:0:0:0:1"},
		{"MAC addresses", craft.Stack(layers.Ether.New("src", values.HardwareAddresses(values.MAC{2, 0, 0, 0, 0, 0xff}, values.MAC{2, 0, 0, 0, 1, 1}, 2))), []string{"Ether.src"},
			"02:00:00:00:00:ff 02:00:00:00:01:01"},
		{"names", craft.Stack(layers.IP.New("proto", list("udp", "tcp", "0x1")), craft.Raw.New()), []string{"IP.proto"}, "udp tcp icmp"},
		{"bytes of another width", craft.Stack(layers.IP.New("ttl", list(craft.Verbatim("ab"), 7))), []string{"IP.ttl"}, `"ab" 7`},
		{"text that looks like a network", craft.Stack(craft.Raw.New("load", list("10.0.0.0/8", "x"))), []string{"Raw.load"}, `"10.0.0.0/8" "x"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := elements(t, c.packet, c.fields...); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestSetsAreTriedWhenAssigned(t *testing.T) {
	many := make([]any, 10_000)
	for i := range many {
		many[i] = 1
	}
	many[7777] = 256
	cases := []struct {
		name  string
		proto craft.Name
		field string
		value any
		want  string
	}{
		{"one value of many", layers.IP, "ttl", values.List(many...), "IP.ttl: want number in 0..255, got 256"},
		{"deep inside", layers.TCP, "dport", values.List(1, values.List(2, values.Range(1, 70000, 7))), "TCP.dport: want port in 0..65535, got 69994"},
		{"nothing", layers.TCP, "dport", values.List(), "TCP.dport: want at least one value, got an empty list"},
		{"addresses of the other version", layers.IP, "dst", values.List("10.0.0.0/8", "::/0"), "IP.dst: want IPv4 address, got ::"},
		{"a flag that is none", layers.TCP, "flags", values.List("S", "X"), `TCP.flags: want flags out of "FSRPAUECN", got "X"`},
		{"a generator that is too wide", layers.IP, "ttl", values.RandShort(1), "IP.ttl: want number in 0..255, got 65535 (RandShort())"},
		{"one in a list", layers.IP, "ttl", values.List(1, values.RandNum(5, 300, 1)), "IP.ttl: want number in 0..255, got 300 (RandNum(5,300))"},
		{"one in a choice", layers.IP, "ttl", crafttest.Generator(values.RandChoice(1, 1, values.RandInt(1))), "IP.ttl: want number in 0..255, got 4294967295 (RandInt()) (RandChoice(1,RandInt()))"},
		{"an address for a number", layers.IP, "ttl", crafttest.Generator(values.RandIP("", 1)), "IP.ttl: want number in 0..255, got 0.0.0.0 (RandIP())"},
		{"a string that is too long", layers.ARP, "hwsrc", values.RandString(values.Size{Fixed: 7}, "", 1), `ARP.hwsrc: want a MAC address such as 02:00:00:00:00:01, got "AAAAAAA" (RandString(7))`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			l := craft.NewLayer(craft.Lookup(c.proto))
			err := l.Set(c.field, c.value)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Fatalf("got %v, want %s", err, c.want)
			}
			if l.IsSet(c.field) || l.SetOf(c.field) != nil {
				t.Errorf("the field was changed: %s", l.Text(c.field))
			}
		})
	}
}

func TestSetsCountWithoutExpanding(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		want   uint64
	}{
		{"none", craft.Stack(layers.IP.New()), 1},
		{"range", craft.Stack(layers.TCP.New("dport", values.Range(1, 1024, 1))), 1024},
		{"range with a step", craft.Stack(layers.TCP.New("dport", values.Range(1, 10, 4))), 3},
		{"network, both ends included", craft.Stack(layers.IP.New("dst", "10.0.0.0/30")), 4},
		{"a /8 times all ports", craft.Stack(layers.IP.New("dst", "10.0.0.0/8"), layers.TCP.New("dport", values.Range(0, 65535, 1))), 1 << 40},
		{"a range of addresses in steps", craft.Stack(layers.IP.New("dst", everySecond())), 128},
		{"generators count one", craft.Stack(layers.IP.New("id", values.RandShort(1)), layers.TCP.New("dport", values.List(values.RandShort(1), 80))), 2},
		{"nested", craft.Stack(layers.TCP.New("dport", values.List(80, values.Range(1, 3, 1), values.List(5, 6)))), 6},
		{"flags", craft.Stack(layers.TCP.New("flags", values.List("S", "FA", 18))), 3},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.packet.Count()
			if err != nil || got != c.want {
				t.Errorf("got %d, %v, want %d", got, err, c.want)
			}
			last := c.packet.At(c.want - 1)
			if n, err := last.Count(); err != nil || n != 1 {
				t.Errorf("the last element stands for %d packets, %v", n, err)
			}
		})
	}
}

func everySecond() values.Set {
	s, err := values.Addresses(netip.MustParseAddr("10.0.0.0"), netip.MustParseAddr("10.0.0.255"), 2)
	if err != nil {
		panic(err)
	}
	return s
}

func TestTooManyPacketsAreAnError(t *testing.T) {
	all := netip.MustParsePrefix("0.0.0.0/0")
	p := craft.Stack(layers.IP.New("dst", values.Network(all), "src", values.Network(all)), layers.TCP.New("dport", values.Range(0, 65535, 1)))
	if n, err := p.Count(); err == nil {
		t.Errorf("got %d packets, want an error", n)
	}
}

func TestASetIsGoneWhenOneValueIsSet(t *testing.T) {
	l := layers.TCP.New("dport", values.Range(1, 9, 1))
	if l.SetOf("dport") == nil {
		t.Fatal("no set")
	}
	if err := l.Set("dport", 80); err != nil {
		t.Fatal(err)
	}
	if l.SetOf("dport") != nil || l.Uint("dport") != 80 {
		t.Errorf("got %s", l.Text("dport"))
	}
}

func TestCopiesAreIndependent(t *testing.T) {
	p := craft.Stack(layers.IP.New("ttl", 5), layers.TCP.New("dport", values.Range(1, 9, 1)))
	c := p.Copy()
	for _, err := range []error{c.Layer(layers.IP).Set("ttl", 9), c.Layer(layers.TCP).Set("dport", 1), c.Layer(layers.IP).Set("id", craft.Verbatim("xyz"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if p.Layer(layers.IP).Uint("ttl") != 5 || p.Layer(layers.TCP).SetOf("dport") == nil || p.Layer(layers.IP).Uint("id") != 1 {
		t.Errorf("the original changed: %s", p)
	}
}

// stranger is a set that does not say how its values follow each other.
type stranger struct{ value any }

func (s stranger) Len() uint64   { return 10000 }
func (s stranger) At(uint64) any { return s.value }

func TestEveryValueOfAListIsTriedBesideAStrangersSet(t *testing.T) {
	err := layers.TCP.New().Set("dport", values.List(stranger{80}, uint64(70000), stranger{80}))
	if want := "TCP.dport: want port in 0..65535, got 70000"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
