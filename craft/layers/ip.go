package layers

import (
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// IP is the Internet Protocol, version 4, RFC 791.
const IP craft.Name = "IP"

// minIPHeader is the length of a header without options.
const minIPHeader = 20

// The options that lay down a route: RFC 791, section 3.1.
const optLSRR, optSSRR = 131, 137

// Numbers of the fields that the pseudo-header looks at.
const ipIHL, ipLen = 1, 3

func ipSpec() craft.Spec {
	return craft.Spec{
		Name: IP, Doc: "Internet Protocol version 4, RFC 791",
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Number, Bits: 4, Default: 4, Doc: "IP version"},
			{Name: "ihl", Kind: craft.Number, Bits: 4, Computed: &craft.Computation{What: craft.HeaderLength, Unit: 4}},
			{Name: "tos", Kind: craft.Number, Bits: 8, Hex: true, Doc: "type of service: DSCP and ECN, RFC 2474"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.Total, Open: craft.Unless("len")}},
			{Name: "id", Kind: craft.Number, Bits: 16, Default: 1, Doc: "identification of the fragments of one packet"},
			{Name: "flags", Kind: craft.Flags, Bits: 3, Flags: []string{"MF", "DF", "evil"}, Join: "+", Doc: "more fragments, don't fragment, RFC 3514"},
			{Name: "frag", Kind: craft.Number, Bits: 13, Doc: "fragment offset in units of 8 bytes"},
			{Name: "ttl", Kind: craft.Number, Bits: 8, Default: 64, Doc: "time to live in hops"},
			{Name: "proto", Kind: craft.Enum, Bits: 8, Names: ipProtocols(), Doc: "protocol of the payload"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderSum), Hex: true},
			{Name: "src", Kind: craft.IPv4, Bits: 32, Computed: craft.Computes(craft.Asked), Doc: "source address"},
			{Name: "dst", Kind: craft.IPv4, Bits: 32, Steady: true, Default: 0x7f000001, Doc: "destination address"},
			{Name: "options", Kind: craft.Options, Doc: "IP options"},
		},
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x0800), craft.Over(IP, "proto", 4), craft.Over(IPv6, "nh", 4), craft.ReadOver(IPerror6, "nh", 4), craft.Over(SNAP, "code", 0x0800),
			craft.Over(CookedLinux, "proto", 0x0800), craft.Over(GRE, "proto", 0x0800), craft.Over(GENEVE, "proto", 0x0800), craft.Over(PPP, "proto", 0x21),
			craft.StackOver(MPLS, "label", 0), craft.Over(Loopback, "type", 2), craft.ReadOver(Loopback, "type", 0),
			craft.StackOver(VXLAN, "flags", 12, craft.FieldValue{Field: "NextProtocol", Value: 1}), craft.ReadOver(VXLAN, "NextProtocol", 1),
		},
		Next: []string{"proto"}, Identity: []string{"id"},
		Fragments: []craft.Condition{{Field: "flags", Mask: 1}, {Field: "frag"}},
		Network:   true,
		Options:   ipOptions,
		Hooks: craft.Hooks{
			Validate:     func(l *craft.Layer, _ []byte) error { noteVersion(l, 4); return nil },
			GuessPayload: ipCarries,
			Ask:          askIP,
			Neighbour:    neighbour,
			Pseudo:       ipPseudo,
			Reroutes:     finalHop,
			Summary:      ipSummary,
			Answers:      ipAnswers,
			Flow: func(f *craft.Flow, l *craft.Layer) {
				f.Proto, f.Src, f.Dst = uint16(l.Uint("proto")), l.Addr("src"), l.Addr("dst")
				f.Fragment = l.Uint("frag") != 0
			},
		},
	}
}

var _ = define(ipSpec)

// IPProtocols are the names of the numbers by which IP announces what it carries, for protocols of other packages. The map is
// the caller's own.
func IPProtocols() map[uint64]string { return maps.Clone(ipProtocols()) }

var ipProtocols = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "hopopt", 1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 46: "rsvp", 47: "gre",
		50: "esp", 51: "ah", 58: "ipv6_icmp", 89: "ospf", 94: "ipip", 103: "pim", 112: "vrrp", 115: "l2tp", 132: "sctp",
		136: "udplite", 137: "mpls_in_ip",
	}
})

// The pointer of a route option is the place of the next address, counted from 1: the fourth byte of an empty one.
var ipOptions = []craft.OptionSpec{
	{Kind: 0, Name: "EOL", Format: "", Defaults: nil}, {Kind: 1, Name: "NOP", Format: "", Defaults: nil},
	{Kind: 130, Name: "Security", Format: "HHHs", Defaults: []any{0, 0, 0, "xxx"}},
	{Kind: 131, Name: "LSRR", Format: "BA*", Defaults: []any{4}},
	{Kind: 68, Name: "Timestamp", Format: "BBAI", Defaults: []any{9, 1, "0.0.0.0", 0}},
	{Kind: 7, Name: "RR", Format: "BA*", Defaults: []any{4}},
	{Kind: 136, Name: "Stream_Id", Format: "H", Defaults: []any{0}},
	{Kind: 137, Name: "SSRR", Format: "BA*", Defaults: []any{4}},
	{Kind: 11, Name: "MTU_Probe", Format: "H", Defaults: []any{0}}, {Kind: 12, Name: "MTU_Reply", Format: "H", Defaults: []any{0}},
	{Kind: 18, Name: "Traceroute", Format: "HHHA", Defaults: []any{0, 0, 0, "0.0.0.0"}},
	{Kind: 147, Name: "Address_Extension", Format: "AA", Defaults: []any{"0.0.0.0", "0.0.0.0"}},
	{Kind: 148, Name: "Router_Alert", Format: "H", Defaults: []any{0}},
	{Kind: 149, Name: "SDBM", Format: "A*", Defaults: nil},
}

func askIP(b *craft.Builder, i int, _ uint64) error {
	hdr := b.Header(i)
	if len(hdr) < minIPHeader {
		return nil // a quote that was cut short: there is no destination to ask for
	}
	src, err := b.Source(netip.AddrFrom4([4]byte(hdr[16:20])))
	if err != nil {
		return err
	}
	copy(hdr[12:16], src.AsSlice())
	return nil
}

// noteVersion notes another version than the one that the layer below announced.
func noteVersion(l *craft.Layer, version uint64) {
	if n := l.Uint("version"); n != version {
		l.AddNote(fmt.Sprintf("malformed: version is %d, want %d", n, version))
	}
}

// soundIP reports whether bytes that nothing announces beyond doubt begin with a header of IP: its sum is right, or its length is that
// of the bytes. Of one that is cut, the hops and the protocol are ones that there are.
func soundIP(b []byte) bool {
	const hops, proto = 8, 9
	if len(b) <= proto || b[0]>>4 != 4 || b[0]&15 < minIPHeader/4 {
		return false
	}
	n := 4 * int(b[0]&15)
	if n > len(b) {
		return b[hops] != 0 && ipProtocols()[uint64(b[proto])] != ""
	}
	return craft.Checksum(b[:n]) == 0 || int(binary.BigEndian.Uint16(b[2:])) == len(b)
}

// ipCarries keeps fragments other than the first from being read as the header that they do not begin with.
func ipCarries(l *craft.Layer, _ []byte) craft.Name {
	if l.Uint("frag") != 0 {
		return craft.Raw
	}
	return ""
}

// ipPseudo sums up the pseudo-header of RFC 9293, section 3.1. As in scapy the length obeys an explicit IP.len, and the
// destination is the last hop of a source route.
func ipPseudo(b *craft.Builder, i, _ int, proto byte, n int) uint64 {
	l, ip := b.Layer(i), b.Header(i)
	if len(ip) < minIPHeader {
		return 0 // a quote that was cut short has no addresses
	}
	set := l.SetBits()
	if set>>ipLen&1 == 1 && !l.Replaced("len") {
		words := len(ip) / 4
		if set>>ipIHL&1 == 1 { // half a byte: nothing can stand in its place
			words = int(l.Uint("ihl"))
		}
		n = max(int(l.Uint("len"))-4*words, 0)
	}
	sum := uint64(proto) + uint64(uint16(n))
	if len(ip) > minIPHeader {
		if _, hop := finalHop(l); hop != nil {
			return craft.AddSum(craft.AddSum(sum, ip[12:16]), hop)
		}
	}
	return craft.AddSum(sum, ip[12:20])
}

// finalHop is the last address of a packet's source route; nil unless there is exactly one such option.
func finalHop(l *craft.Layer) (_, hop []byte) {
	options, err := l.Get("options")
	if err != nil || len(options.Bytes()) == 0 {
		return nil, nil
	}
	for _, o := range options.Options() {
		if o.Kind != optLSRR && o.Kind != optSSRR {
			continue
		}
		if hop != nil || len(o.Data) < 5 {
			return nil, nil
		}
		n := (len(o.Data) - 1) / 4
		hop = o.Data[1+4*(n-1) : 1+4*n]
	}
	return nil, hop
}

func ipSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	s := endpoint(l, "src") + " > " + l.Text("dst") + " " + l.Text("proto")
	if f := l.Uint("frag"); f > 0 {
		s += fmt.Sprintf(" frag:%d", f)
	}
	return s
}

// endpoint is an address as summaries show it: where it is not set, the one that a packet leaves with when there is no host
// to ask.
func endpoint(l *craft.Layer, field string) string {
	if v, err := l.Get(field); err == nil && !v.IsNone() {
		return v.String()
	}
	src, err := (&craft.Builder{}).Source(l.Addr("dst"))
	if err != nil {
		return "?"
	}
	return src.String()
}

// ipAnswers obeys scapy's rules: the addresses are swapped and the protocol is the same, or the reply is an ICMP error
// that quotes the question.
func ipAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	switch {
	case r.Uint("proto") == iana.IGMP && q.Uint("proto") == iana.IGMP:
		return m.Next(i, j) // its questions and answers go to groups
	case r.Addr("dst") != q.Addr("src"):
		return false, "it is not addressed to the question's source"
	}
	if i+2 < len(m.Reply.Layers()) && m.Reply.Layers()[i+1].Name() == ICMP && m.Reply.Layers()[i+2].Name() == IPerror {
		return ipQuote(m, i+2, j)
	}
	switch {
	case r.Addr("src") != q.Addr("dst"):
		return false, "it does not come from the question's destination"
	case r.Uint("proto") != q.Uint("proto"):
		return false, "the IP protocols differ"
	}
	return m.Next(i, j)
}

// ipQuote decides whether the packet quoted at layer i of the reply is the question from its IP layer j on. Only what the
// first eight bytes of a transport header hold is compared: more may not be there.
func ipQuote(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	if r.Addr("src") != q.Addr("src") || r.Addr("dst") != q.Addr("dst") || r.Uint("proto") != q.Uint("proto") {
		return false, "the ICMP error quotes a packet between other hosts"
	}
	if i+1 == len(m.Reply.Layers()) || j+1 == len(m.Question.Layers()) {
		return true, "an ICMP error that quotes the question"
	}
	return m.Quoted(i+1, j+1)
}
