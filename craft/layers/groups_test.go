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

// TestFieldsFollowTheFamilyOfTheirAddress where they are not set: what announces an address says of which family it is.
func TestFieldsFollowTheFamilyOfTheirAddress(t *testing.T) {
	const four, six = "192.0.2.1", "2001:db8::1"
	for _, c := range []struct {
		layer      craft.Name
		field, by  string
		four, six  uint64
		fieldOfSix string
	}{
		{layers.EDNS0ClientSubnet, "address", "family", 1, 2, ""},
		{layers.DNSRR, "rdata", "type", 1, 28, ""},
		{layers.ARP, "psrc", "ptype", 0x0800, 0x86dd, ""},
		{layers.ARP, "pdst", "ptype", 0x0800, 0x86dd, ""},
		{layers.SCTPChunkParamAddIPAddr, "addr", "addr_type", 5, 6, ""},
		{layers.SCTPChunkParamDelIPAddr, "addr", "addr_type", 5, 6, ""},
		{layers.SCTPChunkParamSetPrimaryAddr, "addr", "addr_type", 5, 6, ""},
		{layers.ICMPExtensionInterfaceInformation, "ip4", "afi", 1, 2, "ip6"},
	} {
		if c.fieldOfSix == "" {
			c.fieldOfSix = c.field
		}
		l := c.layer.New()
		for _, step := range []struct {
			field, address string
			want           uint64
		}{{c.fieldOfSix, six, c.six}, {c.field, four, c.four}, {c.fieldOfSix, six, c.six}} {
			crafttest.Set(t, l, step.field, step.address)
			p := craft.Stack(l).Copy()
			read := craft.Dissect(crafttest.Build(t, p), c.layer).Layers()[0]
			if l.Uint(c.by) != step.want || read.Uint(c.by) != step.want || read.Addr(step.field).String() != step.address && read.Text(step.field) == "" {
				t.Errorf("%s.%s of %s: got %d, on the wire %d, want %d", c.layer, c.by, step.address, l.Uint(c.by), read.Uint(c.by), step.want)
			}
			if p.Layers()[0].Text(step.field) != l.Text(step.field) {
				t.Errorf("%s: the copy has %s", c.layer, p.Layers()[0].Text(step.field))
			}
		}
		if c.fieldOfSix != c.field {
			continue
		}
		set := c.layer.New(c.by, c.four)
		if err := set.Set(c.field, six); err == nil || set.Uint(c.by) != c.four {
			t.Errorf("%s: %s was set and became %d (%v)", c.layer, c.by, set.Uint(c.by), err)
		}
	}
	is(t, built(t, craft.Stack(layers.EDNS0ClientSubnet.New("address", "2001:db8::"))), "0008 0008 0002 20 00 20010db8")
	is(t, built(t, craft.Stack(layers.EDNS0ClientSubnet.New("source_plen", 56, "address", "2001:db8::"))), "0008 000b 0002 38 00 20010db8000000")
	is(t, built(t, craft.Stack(layers.ICMPExtensionInterfaceInformation.New("ip6", six))), "0018 0204 0002 0000 20010db8000000000000000000000001")
	if err := layers.ICMPExtensionInterfaceInformation.New().Set("ip4", six); err == nil {
		t.Error("an IPv6 address in ip4")
	}
}
