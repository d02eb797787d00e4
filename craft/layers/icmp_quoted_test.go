package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// misbuiltQuotes are quotes with something else upon them than what they are read with.
var misbuiltQuotes = []goldenPacket{
	{"a header upon a quote", stack(ipAB(), layers.ICMP.New("type", 3), quoteBA(), layers.TCP.New()),
		"45000044000100004001f6b4c0000201c0000202 0300811e00000000 45000028000100004006f6cbc0000202c0000201 00140050000000000000000050022000 0b7b0000"},
	{"a message upon a quote", stack(ipAB(), layers.ICMP.New("type", 3), quoteBA(), layers.UDPerror.New("sport", 1), layers.NTP.New()),
		"45000068000100004001f690c0000201c0000202 0300814d00000000 4500004c000100004011f69cc0000202c0000201 0001007b0038cefa" +
			"23020a0000000000000000007f000001 0000000000000000 0000000000000000 0000000000000000 0000000000000000"},
}

func ipAB() *craft.Layer    { return layers.IP.New("src", hostA, "dst", hostB) }
func quoteBA() *craft.Layer { return layers.IPerror.New("src", hostB, "dst", hostA) }

// quotes are the protocols that stand in quotes under names of their own, by the name of the one that each is a copy of.
var quotes = map[craft.Name]craft.Name{
	layers.IP: layers.IPerror, layers.IPv6: layers.IPerror6, layers.TCP: layers.TCPerror, layers.UDP: layers.UDPerror,
	layers.ICMP: layers.ICMPerror, layers.SCTP: layers.SCTPerror,
}

// TestQuotesAreAnnouncedAsTheirOriginals stacks each quoted header on every protocol: what that announces is what it announces
// for the header that is quoted.
func TestQuotesAreAnnouncedAsTheirOriginals(t *testing.T) {
	for original, quote := range quotes {
		announced := 0
		for _, low := range craft.Protocols() {
			want := craft.Stack(craft.NewLayer(low), original.New()).Layers()[0]
			got := craft.Stack(craft.NewLayer(low), quote.New()).Layers()[0]
			for _, field := range want.Fields() {
				if low.Kind(field) == craft.Packets {
					continue
				}
				if w, g := want.Text(field), got.Text(field); w != g {
					t.Errorf("%s / %s: got %s %s, want %s as for %s", low.Name(), quote, field, g, w, original)
				}
				if want.Text(field) != craft.NewLayer(low).Text(field) {
					announced++
				}
			}
		}
		if announced < 2 {
			t.Errorf("%s is announced by %d protocols", original, announced)
		}
	}
}

// carriers6 are stacks that carry what an IPv6 header carries.
func carriers6() map[string][]*craft.Layer {
	return map[string][]*craft.Layer{
		"nothing":           nil,
		"hop-by-hop":        {layers.IPv6ExtHdrHopByHop.New()},
		"destination":       {layers.IPv6ExtHdrDestOpt.New()},
		"routing":           {layers.IPv6ExtHdrRouting.New("addresses", []any{"2001:db8::9"})},
		"segment routing":   {layers.IPv6ExtHdrSegmentRouting.New("addresses", []any{"2001:db8::9", hostB6})},
		"fragment":          {layers.IPv6ExtHdrFragment.New("m", 1)},
		"several":           {layers.IPv6ExtHdrHopByHop.New(), layers.IPv6ExtHdrRouting.New(), layers.IPv6ExtHdrDestOpt.New()},
		"IPv6":              {layers.IPv6.New("src", hostA6, "dst", hostB6)},
		"IPv6, destination": {layers.IPv6.New("src", hostA6, "dst", hostB6), layers.IPv6ExtHdrDestOpt.New()},
		"IPv4":              {layers.IP.New("src", hostA, "dst", hostB)},
	}
}

// TestEverythingInAQuoteIsQuoted sends packets and reads the errors that quote them: each header comes home under its name
// in a quote, what has none keeps its own, and the error answers the packet.
func TestEverythingInAQuoteIsQuoted(t *testing.T) {
	for name, under := range carriers6() {
		for _, upper := range []craft.Name{layers.TCP, layers.UDP, layers.SCTP, layers.ICMP, layers.ICMPv6EchoRequest} {
			if ip4 := name == "IPv4"; upper == layers.ICMP && !ip4 || upper == layers.ICMPv6EchoRequest && ip4 {
				continue
			}
			var stack []*craft.Layer
			want := "IPerror6"
			for _, l := range under {
				stack = append(stack, craft.Stack(l).Copy().Layers()[0])
				want += " / " + string(quoteName(l.Name()))
			}
			q := ab6(append(stack, upper.New())...)
			r := quoting6(t, q, 1000)
			want += " / " + string(quoteName(upper))
			var got []string
			for _, l := range r.Layers()[2:] {
				got = append(got, string(l.Name()))
			}
			if strings.Join(got, " / ") != want {
				t.Errorf("behind %s: got %s, want %s", name, strings.Join(got, " / "), want)
			}
			if !craft.Answers(r, q) {
				t.Errorf("%s behind %s: %s", upper, name, craft.Why(r, q))
			}
			wire, err := craft.Build(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Refresh()
			for _, l := range r.Layers() {
				l.Refresh() // as Lua's p:refresh() does
			}
			crafttest.Rebuilt(t, r, wire)
		}
	}
}

func quoteName(name craft.Name) craft.Name {
	if quote, ok := quotes[name]; ok {
		return quote
	}
	return name
}

// TestErrorsAnswerWhatTheyQuoteBehindExtensionHeaders changes what a quote has behind an extension header.
func TestErrorsAnswerWhatTheyQuoteBehindExtensionHeaders(t *testing.T) {
	for name, under := range carriers6() {
		ask := func(dport int) *craft.Packet {
			var stack []*craft.Layer
			for _, l := range under {
				stack = append(stack, craft.Stack(l).Copy().Layers()[0])
			}
			return ab6(append(stack, layers.UDP.New("sport", 1000, "dport", dport))...)
		}
		tunnel := strings.HasPrefix(name, "IPv")
		for _, c := range []struct {
			quoted *craft.Packet
			want   bool
		}{{ask(2000), true}, {ask(2001), tunnel}} { // of a tunnel the outer header is compared
			r := quoting6(t, c.quoted, 1000)
			if got := craft.Answers(r, ask(2000)); got != c.want {
				t.Errorf("behind %s: got %v, want %v: %s", name, got, c.want, craft.Why(r, ask(2000)))
			}
		}
	}
}

// TestTunnelsInQuotesOfIPv4 are read as those of IPv6 are.
func TestTunnelsInQuotesOfIPv4(t *testing.T) {
	cases := []struct {
		tunnelled []*craft.Layer
		want      string
	}{
		{[]*craft.Layer{layers.IP.New(), layers.TCP.New()}, "IPerror / IPerror / TCPerror"},
		{[]*craft.Layer{layers.IPv6.New(), layers.UDP.New()}, "IPerror / IPerror6 / UDPerror"},
		{[]*craft.Layer{layers.IPv6.New(), layers.IPv6ExtHdrDestOpt.New(), layers.UDP.New()}, "IPerror / IPerror6 / IPv6ExtHdrDestOpt / UDPerror"},
		{[]*craft.Layer{layers.ICMP.New("type", 3), layers.IPerror.New(), layers.TCPerror.New()}, "IPerror / ICMPerror / IPerror / TCPerror"},
		{[]*craft.Layer{layers.GRE.New(), layers.IP.New(), layers.TCP.New()}, "IPerror / GRE / IPerror / TCPerror"},
		{[]*craft.Layer{layers.GRE.New("key_present", 1, "key", 7), layers.IPv6.New(), layers.UDP.New()}, "IPerror / GRE / IPerror6 / UDPerror"},
		{[]*craft.Layer{layers.GREPPTP.New("call_id", 7), layers.PPP.New(), layers.IP.New(), layers.TCP.New()}, "IPerror / GRE_PPTP / PPP / IPerror / TCPerror"},
		{[]*craft.Layer{layers.MPLS.New("label", 16), layers.IP.New(), layers.TCP.New()}, "IPerror / MPLS / IPerror / TCPerror"},
	}
	for _, c := range cases {
		quoted := append([]*craft.Layer{layers.IP.New("src", hostA, "dst", hostB)}, c.tunnelled...)
		wire, err := craft.Build(craft.Stack(append([]*craft.Layer{layers.IP.New(), layers.ICMP.New("type", 11)}, quoted...)...), nil)
		if err != nil {
			t.Fatal(err)
		}
		p := craft.Dissect(wire, layers.IP)
		if got := p.Summary(); !strings.HasSuffix(got, " / "+c.want) {
			t.Errorf("got %s, want ... %s", got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// TestTunnelsInQuotesOfIPv6 reads tunnels that a field announces, that are guessed, and behind what has no table.
func TestTunnelsInQuotesOfIPv6(t *testing.T) {
	const authenticated = "0604000000000001" + "00000002" + "000000000000000000000000"
	for _, c := range []struct {
		quoted []*craft.Layer
		want   string
	}{
		{[]*craft.Layer{layers.GRE.New(), layers.IP.New(), layers.TCP.New()}, "IPerror6 / GRE / IPerror / TCPerror"},
		{[]*craft.Layer{layers.IPv6ExtHdrDestOpt.New(), layers.MPLS.New("label", 16), layers.IPv6.New(), layers.UDP.New()}, "IPv6ExtHdrDestOpt / MPLS / IPerror6 / UDPerror"},
		{[]*craft.Layer{layers.IPv6ExtHdrDestOpt.New("nh", 51), craft.Raw.New("load", crafttest.Unhex(t, authenticated)), layers.TCP.New()}, "IPv6ExtHdrDestOpt / IPSecAH / TCPerror"},
	} {
		all := append([]*craft.Layer{layers.IPv6.New(), layers.ICMPv6TimeExceeded.New(), layers.IPv6.New()}, c.quoted...)
		wire := crafttest.Build(t, craft.Stack(all...))
		p := craft.Dissect(wire, layers.IPv6)
		if got := p.Summary(); !strings.HasSuffix(got, " / "+c.want) {
			t.Errorf("got %s, want ... %s", got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// announcedQuote is a header of a quote. ICMPerror is announced over IPv4 alone, as in scapy.
func announcedQuote(name craft.Name) deviation {
	return deviation{
		layer: name, why: "a quoted header is announced wherever the one that it is a copy of is; scapy does so in few places",
		mend: func(p plan, i int) {
			if i == 0 || p[i-1].name == layers.IPerror {
				return
			}
			below := craft.Lookup(p[i-1].name)
			if _, field := below.PayloadsOf(); field != "" && p[i-1].setting(field) == nil {
				p[i-1].put(field, "number", below.Fields()[below.Index(field)].Default)
			}
		},
		plan: plan{{layers.IPv6ExtHdrFragment, fragment1}, {name, nil}},
	}
}
