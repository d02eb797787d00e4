package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// TestDatagramsToAGroupByDefault are measured with scapy 2.5.0, which does so for multicast DNS; LLMNR's questions go by RFC 4795.
func TestDatagramsToAGroupByDefault(t *testing.T) {
	udp := func(pairs ...any) *craft.Layer { return layers.UDP.New(pairs...) }
	for _, c := range []struct {
		name            string
		upper           []*craft.Layer
		four, six, mac4 string
	}{
		{"mDNS", []*craft.Layer{udp("dport", 5353), layers.DNS.New()}, "224.0.0.251", "ff02::fb", "01:00:5e:00:00:fb"},
		{"mDNS from its port", []*craft.Layer{udp("sport", 5353, "dport", 5353), layers.DNS.New("qr", 1)}, "224.0.0.251", "ff02::fb", "01:00:5e:00:00:fb"},
		{"anything to its port", []*craft.Layer{udp("dport", 5353), craft.Raw.New("load", "x")}, "224.0.0.251", "ff02::fb", "01:00:5e:00:00:fb"},
		{"to another port", []*craft.Layer{udp("sport", 5353), layers.DNS.New()}, "127.0.0.1", "::1", "ff:ff:ff:ff:ff:ff"},
		{"TCP", []*craft.Layer{layers.TCP.New("dport", 5353), layers.DNS.New()}, "127.0.0.1", "::1", "ff:ff:ff:ff:ff:ff"},
		{"LLMNR", []*craft.Layer{udp(), layers.LLMNRQuery.New()}, "224.0.0.252", "ff02::1:3", "01:00:5e:00:00:fc"},
		{"LLMNR from another port", []*craft.Layer{udp("sport", 1024, "dport", 5355), layers.LLMNRQuery.New()}, "224.0.0.252", "ff02::1:3", "01:00:5e:00:00:fc"},
		{"LLMNR's answer", []*craft.Layer{udp(), layers.LLMNRResponse.New()}, "127.0.0.1", "::1", "ff:ff:ff:ff:ff:ff"},
	} {
		for name, want := range map[craft.Name]string{layers.IP: c.four, layers.IPv6: c.six} {
			p := craft.Stack(layers.Ether.New(), name.New())
			p.Append(craft.Stack(c.upper...).Copy().Layers()...)
			got := craft.Dissect(crafttest.Build(t, p), layers.Ether)
			if dst := got.Layer(name).Addr("dst").String(); dst != want || p.Layer(name).IsSet("dst") {
				t.Errorf("%s over %s: got %s, want %s", c.name, name, dst, want)
			}
			hops := map[craft.Name]string{layers.IP: "ttl", layers.IPv6: "hlim"}[name]
			if n := got.Layer(name).Uint(hops); n != 64 {
				t.Errorf("%s over %s: %s %d", c.name, name, hops, n)
			}
			if mac := got.Layer(layers.Ether).Text("dst"); name == layers.IP && mac != c.mac4 {
				t.Errorf("%s: got %s, want %s", c.name, mac, c.mac4)
			}
			set := craft.Stack(name.New("dst", want), layers.UDP.New())
			crafttest.Set(t, set.Layer(layers.UDP), "dport", 5353)
			if dst := set.Layer(name).Addr("dst").String(); dst != want {
				t.Errorf("a destination that was set became %s", dst)
			}
		}
	}
}

// TestTheGroupFollowsThePort also when it is set later, drawn from a set, cleared, or not in a packet any more.
func TestTheGroupFollowsThePort(t *testing.T) {
	p := craft.Stack(layers.IP.New(), layers.UDP.New())
	dst := func() string { return p.Layer(layers.IP).Addr("dst").String() }
	for _, step := range []struct {
		port any
		want string
	}{{5353, "224.0.0.251"}, {53, "127.0.0.1"}, {5355, "224.0.0.252"}, {5353, "224.0.0.251"}} {
		crafttest.Set(t, p.Layer(layers.UDP), "dport", step.port)
		if dst() != step.want {
			t.Errorf("to port %v: got %s, want %s", step.port, dst(), step.want)
		}
	}
	if err := p.Layer(layers.UDP).Clear("dport"); err != nil || dst() != "127.0.0.1" {
		t.Errorf("cleared: %s, %v", dst(), err)
	}
	crafttest.Set(t, p.Layer(layers.UDP), "dport", values.Range(5352, 5354, 1))
	want := []string{"127.0.0.1", "224.0.0.251", "127.0.0.1"}
	template, err := craft.Compile(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range want {
		if got := p.At(uint64(i)).Layer(layers.IP).Addr("dst").String(); got != want {
			t.Errorf("element %d: got %s, want %s", i, got, want)
		}
		built, err := template.Append(nil, uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		if got := craft.Dissect(built, layers.IP).Layer(layers.IP).Addr("dst").String(); got != want {
			t.Errorf("element %d by its template: got %s, want %s", i, got, want)
		}
	}
	p.Remove(layers.UDP, 1)
	if dst() != "127.0.0.1" {
		t.Errorf("without UDP: %s", dst())
	}
}
