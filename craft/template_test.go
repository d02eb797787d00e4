package craft_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
)

// scan is a /8 times all ports.
func scan() *craft.Packet {
	return craft.Stack(layers.IP.New("dst", "10.0.0.0/8"), layers.TCP.New("dport", values.Range(0, 65535, 1), "flags", "S"))
}

func compiled(t testing.TB, p *craft.Packet, env craft.Env) *craft.Template {
	t.Helper()
	tmpl, err := craft.Compile(p, env)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// sameElements checks elements of a template against those that are built, in order and one by one.
func sameElements(t *testing.T, tmpl *craft.Template, p *craft.Packet, env craft.Env, first, n uint64) {
	t.Helper()
	i := first
	for got, gotErr := range tmpl.Each(first, n) {
		want, wantErr := craft.Build(p.At(i), env)
		if fmt.Sprint(gotErr) != fmt.Sprint(wantErr) || !bytes.Equal(got, want) {
			t.Fatalf("element %d of %s, in order:\ngot  %x, %v\nwant %x, %v", i, p.Command(), got, gotErr, want, wantErr)
		}
		alone, aloneErr := tmpl.Append([]byte("x"), i)
		if fmt.Sprint(aloneErr) != fmt.Sprint(wantErr) || aloneErr == nil && !bytes.Equal(alone[1:], want) {
			t.Fatalf("element %d of %s, alone:\ngot  %x, %v\nwant %x, %v", i, p.Command(), alone, aloneErr, want, wantErr)
		}
		i++
	}
	if i != first+n {
		t.Fatalf("%d elements, want %d", i-first, n)
	}
}

func TestTemplatesMakeWhatBuildMakes(t *testing.T) {
	tcp := func(pairs ...any) *craft.Layer { return layers.TCP.New(pairs...) }
	byteDrawn := values.RandByte(1)
	cases := []struct {
		name     string
		compiled bool
		packet   *craft.Packet
	}{
		{"one packet", true, craft.Stack(layers.IP.New(), tcp())},
		{"a scan", true, scan()},
		{"loopback among the destinations", true, craft.Stack(layers.IP.New("dst", values.List("10.0.0.1", "127.0.0.0/30", "11.0.0.1")), tcp())},
		{"Ethernet with multicast destinations", true, craft.Stack(layers.Ether.New(), layers.IP.New("dst", values.List("224.0.0.0/30", "10.0.0.1")), layers.UDP.New())},
		{"bit fields", true, craft.Stack(layers.IP.New("flags", values.Range(0, 7, 1), "frag", values.Range(0, 8191, 1117), "version", values.List(4, 15)), tcp("reserved", values.Range(0, 7, 1), "flags", values.List("S", "SA", "", "N")))},
		{"flags", true, craft.Stack(layers.IP.New(), tcp("flags", values.List("S", "A", "SA", values.Range(0, 511, 1))))},
		{"an odd payload", true, craft.Stack(layers.IP.New("ttl", values.Range(0, 255, 1)), tcp("seq", values.Range(0, 1<<32-1, 1<<28)), craft.Raw.New("load", "abc"))},
		{"padding", true, craft.Stack(layers.Ether.New(), layers.IP.New("id", values.Range(1, 999, 1)), layers.UDP.New(), craft.Padding.New("load", "xyz"))},
		{"UDP whose sum may be 0", true, craft.Stack(layers.IP.New(), layers.UDP.New("sport", values.Range(0, 65535, 1)))},
		{"ICMP whose sum may be 0", true, craft.Stack(layers.IP.New(), layers.ICMP.New("type", 0, "id", values.Range(0, 3, 1), "seq", values.Range(0, 65535, 13)))},
		{"IP in IP", true, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.IP.New("dst", "10.1.0.0/30", "ttl", values.Range(1, 9, 1)), tcp("dport", values.List(80, 443)))},
		{"an ICMP error that quotes", true, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.ICMP.New("type", 3, "code", values.Range(0, 3, 1)), layers.IP.New("id", values.Range(0, 9, 1)), layers.UDP.New("sport", values.Range(1, 3, 1)), craft.Raw.New("load", "x"))},
		{"wrong checksums", true, craft.Stack(layers.IP.New("chksum", values.List(0, 1)), tcp("chksum", values.Range(0, 9, 1), "dport", values.Range(0, 9, 1)))},
		{"names and hex", true, craft.Stack(layers.IP.New("proto", values.List("tcp", "udp", 0x2f, "0x11")), tcp("dport", values.List("http", 443)))},
		{"whole fields as bytes", true, craft.Stack(layers.IP.New("id", values.List(craft.Verbatim("ab"), 7)), tcp())},
		{"ARP", true, craft.Stack(layers.Ether.New(), layers.ARP.New("pdst", "10.0.0.0/29", "hwdst", values.HardwareAddresses(values.MAC{2, 255, 255, 255, 255, 254}, values.MAC{3, 0, 0, 0, 0, 1}, 1)))},
		{"MAC addresses", true, craft.Stack(layers.Ether.New("dst", values.List("02:00:00:00:00:01", "ff:ff:ff:ff:ff:ff"), "src", values.HardwareAddresses(values.MAC{2}, values.MAC{2, 0, 0, 0, 2}, 255)), layers.IP.New(), tcp())},
		{"IPv6 addresses in ARP", true, craft.Stack(layers.ARP.New("ptype", 0x86dd, "pdst", "2001:db8::/120", "psrc", values.List("::1", "2001:db8:ffff::1", "fe80::/126")))},
		{"TCP over IPv6", true, craft.Stack(layers.Ether.New(), layers.IPv6.New("dst", "2001:db8::/120", "src", values.List("::1", "fe80::1"), "tc", values.Range(0, 255, 51), "fl", values.RandNum(0, 0xfffff, 1)), tcp("dport", values.Range(1, 3, 1)))},
		{"UDP over IPv6 to loopback and elsewhere", true, craft.Stack(layers.IPv6.New("dst", values.List("::1", "2001:db8::1")), layers.UDP.New("sport", values.Range(0, 9, 1)))},
		{"an IPv6 fragment", true, craft.Stack(layers.IPv6.New("dst", "2001:db8::/126"), layers.IPv6ExtHdrFragment.New("id", 7), layers.UDP.New("sport", values.Range(0, 9, 1)))},
		{"IPv6 in IPv4", true, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.IPv6.New("dst", crafttest.Generator(values.RandIP6("", 1))), layers.UDP.New("sport", values.Range(0, 9, 1)))},
		{"DNS ids", true, craft.Stack(layers.IP.New(), layers.UDP.New(), layers.DNS.New("id", values.RandShort(1), "rd", values.List(0, 1)))},
		{"VLANs with multicast destinations", true, craft.Stack(layers.Ether.New(), layers.Dot1AD.New("vlan", values.Range(1, 9, 1)), layers.Dot1Q.New("prio", values.Range(0, 7, 1)), layers.IP.New("dst", values.List("224.0.0.0/30", "10.0.0.1")), layers.UDP.New())},
		{"802.3", true, craft.Stack(layers.Dot3.New(), layers.LLC.New(), layers.SNAP.New("OUI", values.Range(0, 9, 1)), layers.IP.New("dst", values.List("224.0.0.0/30", "10.0.0.1")))},
		{"labels", true, craft.Stack(layers.Ether.New(), layers.MPLS.New("label", values.Range(16, 99, 1), "ttl", values.Range(1, 3, 1)), layers.IP.New("dst", "10.0.0.0/30"), layers.UDP.New())},
		{"networks in VXLAN", true, craft.Stack(layers.IP.New(), layers.UDP.New(), layers.VXLAN.New("vni", values.Range(1, 99, 1)), layers.Ether.New(), layers.IP.New("dst", "10.0.0.0/30"), tcp("dport", values.Range(1, 9, 1)))},
		{"networks in Geneve", true, craft.Stack(layers.IP.New(), layers.UDP.New("sport", values.Range(1, 9, 1)), layers.GENEVE.New("vni", values.Range(1, 99, 1)), layers.IP.New("dst", "10.0.0.0/30"))},
		{"sessions", true, craft.Stack(layers.Ether.New(), layers.PPPoE.New("sessionid", values.Range(1, 99, 1)), layers.PPP.New(), layers.IP.New("dst", "10.0.0.0/30"), layers.UDP.New())},
		{"L2TP", true, craft.Stack(layers.IP.New(), layers.UDP.New(), layers.L2TP.New("hdr", "length", "tunnel_id", values.Range(1, 99, 1)), layers.PPP.New(), layers.IP.New("dst", "10.0.0.0/30"))},
		{"GRE keys", true, craft.Stack(layers.IP.New(), layers.GRE.New("key_present", 1, "key", values.Range(1, 99, 1)), layers.IP.New("dst", "10.0.0.0/30"))},
		{"GRE with a checksum", true, craft.Stack(layers.IP.New(), layers.GRE.New("chksum_present", 1), layers.IP.New("dst", "10.0.0.0/30"))},
		{"layouts", false, craft.Stack(layers.IP.New(), layers.GRE.New("key_present", values.List(0, 1), "chksum_present", values.List(1, 0)), layers.IP.New("dst", "10.0.0.0/30"))},
		{"numbers of two widths", false, craft.Stack(layers.PPP.New("proto", values.List(0x21, 0x57, 0xc021)), layers.IP.New("dst", "10.0.0.0/30"))},
		{"a CRC", false, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.SCTP.New())},
		{"VRRP", true, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.VRRP.New("vrid", values.Range(1, 9, 1)))},
		{"VRRP version 3", true, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.VRRPv3.New("vrid", values.Range(1, 9, 1)))},
		{"drawn numbers", true, craft.Stack(layers.IP.New("id", values.RandShort(7), "ttl", values.List(1, byteDrawn, values.Range(5, 9, 1))), tcp("sport", values.RandEnum(1024, 65535, 3), "seq", values.RandInt(3), "dport", values.Range(0, 999, 1)))},
		{"drawn addresses", true, craft.Stack(layers.IP.New("src", crafttest.Generator(values.RandIP("10.0.0.0/8", 4)), "dst", crafttest.Generator(values.RandIP("", 5))), layers.UDP.New("dport", values.IncrementalValue(65530, 3, -1)))},
		{"everything drawn but the options", true, craft.Fuzz(craft.Stack(layers.IP.New(), tcp("options", []craft.Option{})), 9)},
		{"options", false, craft.Stack(layers.IP.New(), tcp("options", layers.RandTCPOptions(0, 1), "dport", values.Range(1, 9, 1)))},
		{"options that stay", true, craft.Stack(layers.IP.New("ttl", values.Range(1, 99, 1)), tcp("options", crafttest.TCPOption("MSS", 1460), "dport", values.Range(1, 9, 1)))},
		{"a source route, whose last hop the checksum takes", false, craft.Stack(layers.IP.New("dst", "10.0.0.0/30", "options", crafttest.IPOption("LSRR", 4, "1.2.3.4")), tcp())},
		{"a length that cuts a part", false, craft.Stack(layers.ICMPv6NDOptRouteInfo.New("len", values.Range(0, 9, 1), "prefix", "2001:db8::"))},
		{"payloads", false, craft.Stack(layers.IP.New(), layers.UDP.New(), craft.Raw.New("load", values.List("a", "bb", "")))},
		{"wrong lengths", false, craft.Stack(layers.IP.New("len", values.List(20, 40, 1000)), tcp())},
		{"wrong header lengths", false, craft.Stack(layers.IP.New("ihl", values.Range(0, 15, 1), "len", 40), tcp())},
		{"wrong lengths without a checksum", true, craft.Stack(layers.IP.New("len", values.List(20, 40, 1000)), tcp("chksum", 0))},
		{"wrong UDP lengths", true, craft.Stack(layers.IP.New(), layers.UDP.New("len", values.Range(0, 99, 1)))},
		{"header lengths of TCP", true, craft.Stack(layers.IP.New(), tcp("dataofs", values.Range(0, 15, 1)))},
		{"layouts", false, craft.Stack(layers.IP.New(), layers.ICMP.New("type", values.Range(0, 40, 1), "id", values.Range(1, 3, 1)))},
		{"bytes in place of a field", false, craft.Stack(layers.IP.New("id", craft.Verbatim("####"), "ttl", values.Range(1, 9, 1)), tcp())},
		{"a set of bytes in place of a field", false, craft.Stack(layers.IP.New("id", values.List(craft.Verbatim("####"), 1)), tcp())},
		{"no IP below", true, craft.Stack(tcp("dport", values.Range(1, 9, 1)), craft.Raw.New("load", "x"))},
		{"IPv6", true, craft.Stack(layers.IPv6.New("dst", "2001:db8::/100", "hlim", values.Range(1, 9, 1)), tcp("dport", values.Range(1, 99, 1)))},
		{"IPv6 over Ethernet, groups too", true, craft.Stack(layers.Ether.New(), layers.IPv6.New("dst", values.List("ff02::1", "::1", "2001:db8::/120")), layers.UDP.New("sport", values.Range(1, 9, 1)))},
		{"ICMPv6", true, craft.Stack(layers.IPv6.New("dst", "2001:db8::/120"), layers.ICMPv6EchoRequest.New("id", values.Range(1, 9, 1), "data", "abc"))},
		{"ICMPv6 over IP", true, craft.Stack(layers.IP.New("dst", "10.0.0.0/30"), layers.ICMPv6EchoRequest.New("id", values.Range(1, 9, 1)))},
		{"IPv6 fragments", true, craft.Stack(layers.IPv6.New("src", "2001:db8::/120"), layers.IPv6ExtHdrFragment.New("id", values.Range(1, 9, 1)), layers.UDP.New())},
		{"hop-by-hop options", true, craft.Stack(layers.IPv6.New("src", "2001:db8::/120"), layers.IPv6ExtHdrHopByHop.New(), layers.ICMPv6MLReport.New("mladdr", "ff02::/120"))},
		{"an IPv6 route, whose last hop the checksum takes", false, craft.Stack(layers.IPv6.New("dst", "2001:db8::/126"), layers.IPv6ExtHdrRouting.New("len", 2, "segleft", values.Range(0, 1, 1), "addresses", "::5"), tcp())},
		{"a home address, which the checksum takes", false, craft.Stack(layers.IPv6.New("src", "2001:db8::/126"), layers.IPv6ExtHdrDestOpt.New("options", layers.HAO.New()), tcp())},
		{"data before IP", true, craft.Stack(craft.Raw.New("load", "x"), layers.IP.New("dst", "10.0.0.0/30"), layers.UDP.New("sport", values.Range(1, 3, 1)))},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := craft.Build(c.packet, nil); err != nil {
				t.Fatal(err)
			}
			tmpl := compiled(t, c.packet, nil)
			if tmpl.Compiled() != c.compiled {
				t.Errorf("compiled: %v, want %v", tmpl.Compiled(), c.compiled)
			}
			n, err := c.packet.Count()
			if err != nil || n != tmpl.Len() {
				t.Errorf("%d elements, want %d, %v", tmpl.Len(), n, err)
			}
			sameElements(t, tmpl, c.packet, nil, 0, min(max(n, 5), 3000))
			sameElements(t, tmpl, c.packet, nil, max(n, 50)-50, 50)
		})
	}
}

// worldly is a host whose addresses depend on the destination, with destinations that have no way.
type worldly struct{}

func (worldly) Hardware() values.MAC { return values.MAC{2, 0, 0, 0, 0, 9} }

func (worldly) Source(dst netip.Addr) (netip.Addr, error) {
	b := dst.As4()
	if b[3] == 3 {
		return netip.Addr{}, craft.ErrNoRoute
	}
	return netip.AddrFrom4([4]byte{192, 168, b[3] & 1, 1}), nil
}

func (worldly) NextHop(dst netip.Addr) (values.MAC, error) {
	b := dst.As4()
	return values.MAC{2, 0, b[0], b[1], b[2], b[3]}, nil
}

func TestTemplatesAskTheHost(t *testing.T) {
	for name, p := range map[string]*craft.Packet{
		"IP":               craft.Stack(layers.IP.New("dst", "10.0.0.4/30", "ttl", values.Range(1, 3, 1)), layers.TCP.New("dport", values.Range(1, 9, 1))),
		"Ether":            craft.Stack(layers.Ether.New(), layers.IP.New("ttl", values.Range(1, 3, 1), "dst", "10.0.0.4/30"), layers.UDP.New("dport", values.Range(1, 3, 1))),
		"ARP":              craft.Stack(layers.Ether.New(), layers.ARP.New("op", values.List(1, 2), "pdst", "10.0.0.4/30")),
		"some have no way": craft.Stack(layers.IP.New("dst", "10.0.0.0/28"), layers.TCP.New("dport", values.Range(1, 9, 1))),
	} {
		t.Run(name, func(t *testing.T) {
			tmpl := compiled(t, p, worldly{})
			if name != "some have no way" && !tmpl.Compiled() {
				t.Error("not compiled")
			}
			sameElements(t, tmpl, p, worldly{}, 0, tmpl.Len())
		})
	}
}

// TestRandomSetsMakeTheSameEitherWay crafts thousands of stacks with random sets in random fields.
func TestRandomSetsMakeTheSameEitherWay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fast := 0
	const stacks = 4000
	for range stacks {
		p := randomStack(r)
		n, err := p.Count()
		if err != nil {
			continue
		}
		tmpl := compiled(t, p, nil)
		if tmpl.Compiled() {
			fast++
		}
		sameElements(t, tmpl, p, nil, 0, min(n, 8))
		sameElements(t, tmpl, p, nil, r.Uint64N(n), 8)
	}
	if fast < stacks/3 {
		t.Errorf("%d of %d stacks were compiled: what is tested?", fast, stacks)
	}
}

func randomStack(r *rand.Rand) *craft.Packet {
	stacks := [][]craft.Name{
		{layers.IP, layers.TCP}, {layers.IP, layers.UDP}, {layers.IP, layers.ICMP}, {layers.Ether, layers.IP, layers.TCP, craft.Raw},
		{layers.Ether, layers.ARP}, {layers.IP, layers.IP, layers.UDP, craft.Raw}, {layers.IP, layers.ICMP, layers.IP, layers.TCP}, {layers.UDP, craft.Raw},
		{craft.Raw, layers.IP, layers.UDP, craft.Raw}, {layers.IP, layers.UDP, layers.Ether, layers.IP, layers.TCP, craft.Padding},
		{layers.IPv6, layers.TCP}, {layers.Ether, layers.IPv6, layers.UDP, craft.Raw}, {layers.IP, layers.IPv6, layers.UDP, layers.DNS}, {layers.IPv6, layers.IPv6ExtHdrFragment, layers.UDP},
	}
	var layers []*craft.Layer
	for _, name := range stacks[r.IntN(len(stacks))] {
		l := craft.NewLayer(craft.Lookup(name))
		for range r.IntN(4) {
			fields := l.Fields()
			field := fields[r.IntN(len(fields))]
			_ = l.Set(field, randomSet(r, l, field)) // what the field does not take stays as it is
		}
		layers = append(layers, l)
	}
	return craft.Stack(layers...)
}

// randomSet is a value, a set or a generator that the field may take.
func randomSet(r *rand.Rand, l *craft.Layer, field string) any {
	v, err := l.Get(field)
	if err != nil {
		return nil
	}
	switch v.Kind() {
	case craft.IPv4:
		return []any{"10.0.0.0/8", values.List("1.2.3.4", "127.0.0.0/8", "0.0.0.0/30"), crafttest.Generator(values.RandIP("", r.Uint64())), "9.9.9.9"}[r.IntN(4)]
	case craft.IPv6Address:
		return []any{"2001:db8::/64", values.List("::1", "::/126", "fe80::9"), crafttest.Generator(values.RandIP6("", r.Uint64())), "2001:db8::9"}[r.IntN(4)]
	case craft.Hardware:
		return []any{values.List("02:00:00:00:00:01", "03:00:00:00:00:01"), crafttest.Generator(values.RandMAC("", r.Uint64())), values.HardwareAddresses(values.MAC{2}, values.MAC{3}, 12345)}[r.IntN(3)]
	case craft.Bytes:
		return []any{"x", "four", values.List("a", "bb"), values.RandBin(values.Size{}, r.Uint64())}[r.IntN(4)]
	case craft.Options:
		return []any{layers.RandTCPOptions(0, r.Uint64()), []craft.Option{{Kind: 1}}, []craft.Option{{Kind: 7, Data: []byte("\x04abcd")}}}[r.IntN(3)]
	default:
	}
	last := []uint64{1, 7, 15, 255, 511, 8191, 65535, 1<<32 - 1}[r.IntN(8)]
	return []any{
		values.Range(0, last, 1), values.Range(last/3, last, 3), values.List(last, values.Range(0, last, 7), 0), values.RandNum(0, last, r.Uint64()),
		values.RandEnum(0, last, r.Uint64()), values.IncrementalValue(last, 3, -1), last, values.RandByte(r.Uint64()),
		crafttest.Generator(values.RandChoice(r.Uint64(), 0, last, values.RandNum(0, last, 1))),
	}[r.IntN(9)]
}

func TestA8TimesAllPortsTakesConstantMemory(t *testing.T) {
	tmpl := compiled(t, scan(), nil)
	if tmpl.Len() != 1<<40 || !tmpl.Compiled() {
		t.Fatalf("%d elements, compiled: %v", tmpl.Len(), tmpl.Compiled())
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, port := 0, byte(0)
	for wire, err := range tmpl.Each(1<<39+12345, 200_000) {
		if err != nil {
			t.Fatal(err)
		}
		port ^= wire[23]
		n++
	}
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; n != 200_000 || took > 1<<16 {
		t.Errorf("%d elements took %d bytes", n, took)
	}
	buf := make([]byte, 0, 64)
	i := uint64(1 << 38)
	allocs := testing.AllocsPerRun(1000, func() {
		i = i*5 + 77
		if _, err := tmpl.Append(buf, i%tmpl.Len()); err != nil {
			t.Fatal(err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations for an element", allocs)
	}
}

// BenchmarkTemplate goes through a /8 times all ports: at most 333 ns each are wanted.
func BenchmarkTemplate(b *testing.B) {
	tmpl := compiled(b, scan(), nil)
	b.ReportAllocs()
	b.ResetTimer()
	for wire, err := range tmpl.Each(0, uint64(b.N)) {
		if err != nil || len(wire) != 40 {
			b.Fatal(err)
		}
	}
}

// BenchmarkTemplateAnyOrder makes elements far apart.
func BenchmarkTemplateAnyOrder(b *testing.B) {
	tmpl := compiled(b, scan(), nil)
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i += 0x9e3779b97f4a7c15 {
		if wire, err := tmpl.Append(buf, i%(1<<40)); err != nil || len(wire) != 40 {
			b.Fatal(err)
		}
	}
}

// BenchmarkTemplateDrawn draws source ports and identifications.
func BenchmarkTemplateDrawn(b *testing.B) {
	p := scan()
	for _, err := range []error{p.Layer(layers.IP).Set("id", values.RandShort(1)), p.Layer(layers.TCP).Set("sport", values.RandEnum(1024, 65535, 2))} {
		if err != nil {
			b.Fatal(err)
		}
	}
	tmpl := compiled(b, p, nil)
	b.ReportAllocs()
	b.ResetTimer()
	for wire, err := range tmpl.Each(0, uint64(b.N)) {
		if err != nil || len(wire) != 40 {
			b.Fatal(err)
		}
	}
}

// BenchmarkTemplateOff makes the same by At and Build.
func BenchmarkTemplateOff(b *testing.B) {
	p := scan()
	buf := make([]byte, 0, 64)
	b.ReportAllocs()
	for i := uint64(0); b.Loop(); i++ {
		if wire, err := craft.AppendBuild(buf, p.At(i), nil); err != nil || len(wire) != 40 {
			b.Fatal(err)
		}
	}
}

// TestTemplatesKnowEveryField puts a set into each field of each protocol, alone and between others.
func TestTemplatesKnowEveryField(t *testing.T) {
	for _, proto := range craft.Protocols() {
		t.Run(string(proto.Name()), func(t *testing.T) {
			for _, field := range craft.NewLayer(proto).Fields() {
				l := craft.NewLayer(proto)
				if l.Set(field, values.Range(0, 1, 1)) != nil && l.Set(field, values.List("1.2.3.4", "4.3.2.1")) != nil &&
					l.Set(field, values.List("::1", "::2")) != nil && l.Set(field, values.List("a", "b")) != nil {
					continue // lists of options, of layers
				}
				one := craft.Stack(l)
				between := craft.Stack(layers.IP.New("id", values.RandShort(1))).Over(one).Over(craft.Stack(craft.Raw.New("load", "xyz")))
				for _, p := range []*craft.Packet{one, between, one.Over(craft.Stack(layers.UDP.New("sport", values.Range(1, 2, 1))))} {
					n, err := p.Count()
					if err != nil {
						t.Fatal(err)
					}
					sameElements(t, compiled(t, p, nil), p, nil, 0, n)
				}
			}
		})
	}
}
