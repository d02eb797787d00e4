package craft_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

func TestSetsExpandInScapysOrder(t *testing.T) {
	p := craft.Stack(
		craft.IP.New("dst", craft.List("10.0.0.1", "10.0.0.2"), "ttl", craft.List(1, 2), "src", "10.0.0.9"),
		craft.TCP.New("dport", craft.List(80, 443), "flags", "S"))
	var got []string
	n, err := p.Count()
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		e := p.At(i)
		got = append(got, e.Layer(craft.IP).Text("dst")+" "+e.Layer(craft.IP).Text("ttl")+" "+e.Layer(craft.TCP).Text("dport"))
	}
	want := []string{
		"10.0.0.1 1 80", "10.0.0.1 1 443", "10.0.0.1 2 80", "10.0.0.1 2 443",
		"10.0.0.2 1 80", "10.0.0.2 1 443", "10.0.0.2 2 80", "10.0.0.2 2 443",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSetsCountWithoutExpanding(t *testing.T) {
	cases := []struct {
		name   string
		packet *craft.Packet
		want   uint64
	}{
		{"none", craft.Stack(craft.IP.New()), 1},
		{"range", craft.Stack(craft.TCP.New("dport", craft.Range(1, 1024, 1))), 1024},
		{"range with a step", craft.Stack(craft.TCP.New("dport", craft.Range(1, 10, 4))), 3},
		{"network, both ends included", craft.Stack(craft.IP.New("dst", "10.0.0.0/30")), 4},
		{"a /8 times all ports", craft.Stack(craft.IP.New("dst", "10.0.0.0/8"), craft.TCP.New("dport", craft.Range(0, 65535, 1))), 1 << 40},
		{"nested", craft.Stack(craft.TCP.New("dport", craft.List(80, craft.Range(1, 3, 1), craft.List(5, 6)))), 6},
		{"flags", craft.Stack(craft.TCP.New("flags", craft.List("S", "FA", 18))), 3},
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

func TestTooManyPacketsAreAnError(t *testing.T) {
	all := netip.MustParsePrefix("0.0.0.0/0")
	p := craft.Stack(craft.IP.New("dst", craft.Network(all), "src", craft.Network(all)), craft.TCP.New("dport", craft.Range(0, 65535, 1)))
	if n, err := p.Count(); err == nil {
		t.Errorf("got %d packets, want an error", n)
	}
}

func TestASetIsGoneWhenOneValueIsSet(t *testing.T) {
	l := craft.TCP.New("dport", craft.Range(1, 9, 1))
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
	p := craft.Stack(craft.IP.New("ttl", 5), craft.TCP.New("dport", craft.Range(1, 9, 1)))
	c := p.Copy()
	for _, err := range []error{c.Layer(craft.IP).Set("ttl", 9), c.Layer(craft.TCP).Set("dport", 1), c.Layer(craft.IP).Set("id", craft.Verbatim("xyz"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if p.Layer(craft.IP).Uint("ttl") != 5 || p.Layer(craft.TCP).SetOf("dport") == nil || p.Layer(craft.IP).Uint("id") != 1 {
		t.Errorf("the original changed: %s", p)
	}
}
