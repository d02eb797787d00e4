package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

func TestMalformedPacketsAreKeptAndNoted(t *testing.T) {
	ip := func(fields ...any) *craft.Packet {
		return craft.Stack(layers.IP.New(append([]any{"src", hostA, "dst", hostB}, fields...)...), layers.TCP.New("sport", 1, "dport", 2))
	}
	cases := []struct {
		name   string
		packet *craft.Packet
		cut    int // bytes taken off the end
		want   string
	}{
		{"header length beyond the packet", ip("ihl", 15), 0, "malformed: ihl 15 beyond the packet"},
		{"header length below the header", ip("ihl", 3), 0, "malformed: ihl 3, the header alone has 20 bytes"},
		{"truncated IP header", ip(), 25, "truncated: IP header of 20 bytes, 15 are here"},
		{"truncated TCP header", ip(), 5, "truncated: TCP header of 20 bytes, 15 are here"},
		{"total length beyond the packet", ip("len", 60), 0, "truncated: len is 60, 40 bytes are here"},
		{"TCP data offset beyond the packet", craft.Stack(layers.IP.New(), layers.TCP.New("dataofs", 9)), 0, "malformed: dataofs 9 beyond the packet"},
		{"UDP length below the header", craft.Stack(layers.IP.New(), layers.UDP.New("len", 3)), 0, "malformed: len is 3, the header alone has 8 bytes"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			wire, err := craft.Build(c.packet, nil)
			if err != nil {
				t.Fatal(err)
			}
			wire = wire[:len(wire)-c.cut]
			p := craft.Dissect(wire, layers.IP)
			if !strings.Contains(p.Summary(), c.want) {
				t.Errorf("got %s, want a note %q", p.Summary(), c.want)
			}
			crafttest.Rebuilt(t, p, wire)
		})
	}
}

func TestTrailersBecomePadding(t *testing.T) {
	wire := append(crafttest.Unhex(t, "000000000002000000000001 0800"+golden[2].wire), "0123456789"...)
	p := craft.Dissect(wire, layers.Ether)
	if got := p.Summary(); got != "Ether / IP / UDP 127.0.0.1:53 > 127.0.0.1:53 / Padding" {
		t.Error(got)
	}
	if got := string(p.Layer(craft.Padding).Bytes("load")); got != "0123456789" {
		t.Errorf("padding is %q", got)
	}
}

func TestZerosBehindOptionsAreTheHeaders(t *testing.T) {
	wire := crafttest.Unhex(t, "46000020 00010000 40118c95 c0000201 c6336402 01000000 00010002000813a4 00000010")
	p := craft.Dissect(wire, layers.IP)
	if got := p.Summary(); got != "IP / UDP 192.0.2.1:1 > 198.51.100.2:2 / Padding" {
		t.Error(got)
	}
	if got := len(p.Layer(craft.Padding).Bytes("load")); got != 4 {
		t.Errorf("got a trailer of %d bytes, want 4", got)
	}
	crafttest.Rebuilt(t, p, wire)
}

func TestAQuoteMayBeCutShort(t *testing.T) {
	p := quoting(t, ab(question("S", 100)), 8)
	if got := p.Summary(); got != "IP / ICMP 192.0.2.3 > 192.0.2.1 time-exceeded ttl-zero-during-transit / IPerror / TCPerror" {
		t.Error(got)
	}
	l := p.Layer(layers.TCPerror)
	if l.Uint("sport") != 1000 || l.Uint("seq") != 100 {
		t.Errorf("read %s", p)
	}
	if _, err := l.Get("ack"); err == nil {
		t.Error("the quote ends before ack, and ack has a value")
	}
}

func TestNestedTunnelsHaveABound(t *testing.T) {
	stack := []*craft.Layer{}
	for range 200 {
		stack = append(stack, layers.IP.New("len", 0))
	}
	wire, err := craft.Build(craft.Stack(stack...), nil)
	if err != nil {
		t.Fatal(err)
	}
	p := craft.Dissect(wire, layers.IP)
	if n := len(p.Layers()); n > 70 {
		t.Errorf("%d layers", n)
	}
	crafttest.Rebuilt(t, p, wire)
}

func TestGopacketsLayersCanBeRead(t *testing.T) {
	p := craft.Dissect(crafttest.Build(t, bfd()), layers.IP)
	l := p.Layer("BFD")
	if l == nil {
		t.Fatalf("no BFD in %s", p.Summary())
	}
	if l.Uint("mydiscriminator") != 0x1234 || l.Uint("detectmultiplier") != 3 || l.Text("mydiscriminator") != "4660" {
		t.Errorf("read %s", p.Show())
	}
	if err := l.Set("mydiscriminator", 7); err == nil {
		t.Error("a layer without a table was changed")
	}
}

// TestQuotesThatWereCutShortAreBuilt gives the source of a quoted header back to the builder when the header has no room for a
// destination, and stacks a transport on one.
func TestQuotesThatWereCutShortAreBuilt(t *testing.T) {
	for _, c := range []struct {
		first craft.Name
		wire  string
		quote craft.Name
	}{
		{layers.ICMP, "0b0000000000000045000000000000004011000001020304", layers.IPerror},
		{layers.ICMPv6PacketTooBig, "0256000000001c00" + "6000000000003a40" + "20010db8000000000000000000000001", layers.IPerror6},
		{layers.ICMPv6PacketTooBig, "0256000000001c001a01610000000000", layers.IPerror6},
	} {
		p := craft.Dissect(crafttest.Unhex(t, c.wire), c.first)
		if q := p.Layer(c.quote); q.Has("src") {
			if err := q.Clear("src"); err != nil {
				t.Error(err)
			}
		}
		crafttest.Build(t, p)
		crafttest.Build(t, p.Over(craft.Stack(layers.ICMPv6EchoRequest.New())))
		crafttest.Build(t, p.Over(craft.Stack(layers.UDP.New())))
	}
}

// TestALayerTakenOutLeavesItsList takes the only layer out of a packet that stands in a field: the packet goes with it.
func TestALayerTakenOutLeavesItsList(t *testing.T) {
	p := craft.Dissect(crafttest.Unhex(t, "1633000200010203"), layers.TLS)
	before := len(p.Layer(layers.TLS).Value("msg").Packets())
	if p.Remove(craft.Raw, 1) == nil {
		t.Fatalf("no Raw in %s", p.Show())
	}
	if after := len(p.Layer(layers.TLS).Value("msg").Packets()); after != before-1 {
		t.Errorf("got %d messages, want %d", after, before-1)
	}
	_ = p.Summary() + p.Show() + p.Command()
	q := craft.Stack(layers.DNS.New("qd", layers.DNSQR.New("qname", "a")))
	q.Remove(layers.DNSQR, 1)
	if _ = q.Summary(); len(q.Layers()[0].Value("qd").Packets()) != 0 {
		t.Errorf("got %s, want no question", q.Show())
	}
}
