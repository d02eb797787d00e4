package craft

import (
	"encoding/binary"
	"fmt"
	"net/netip"
)

// IP is the Internet Protocol, version 4, RFC 791.
const IP Name = "IP"

// Numbers of the fields that the hooks compute.
const (
	ipIHL = 1
	ipLen = 3
	ipSum = 9
)

var ipSpec = spec{
	name: IP, doc: "Internet Protocol version 4, RFC 791",
	fields: []Field{
		{Name: "version", Kind: Number, Bits: 4, def: 4, Doc: "IP version"},
		{Name: "ihl", Kind: Number, Bits: 4, auto: derived, Doc: "header length in words of 4 bytes"},
		{Name: "tos", Kind: Number, Bits: 8, hex: true, Doc: "type of service: DSCP and ECN, RFC 2474"},
		{Name: "len", Kind: Number, Bits: 16, auto: derived, Doc: "length of header and payload in bytes"},
		{Name: "id", Kind: Number, Bits: 16, def: 1, Doc: "identification of the fragments of one packet"},
		{Name: "flags", Kind: Flags, Bits: 3, flags: []string{"MF", "DF", "evil"}, join: "+", Doc: "more fragments, don't fragment, RFC 3514"},
		{Name: "frag", Kind: Number, Bits: 13, Doc: "fragment offset in units of 8 bytes"},
		{Name: "ttl", Kind: Number, Bits: 8, def: 64, Doc: "time to live in hops"},
		{Name: "proto", Kind: Enum, Bits: 8, names: ipProtocols, Doc: "protocol of the payload"},
		{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum of the header"},
		{Name: "src", Kind: IPv4, Bits: 32, auto: fromHost, Doc: "source address"},
		{Name: "dst", Kind: IPv4, Bits: 32, def: 0x7f000001, Doc: "destination address"},
		{Name: "options", Kind: Options, Doc: "IP options"},
	},
	binds: []bind{
		over(Ether, "type", 0x0800), over(IP, "proto", 4), over(IPv6, "nh", 4), readOver(IPerror6, "nh", 4), over(SNAP, "code", 0x0800),
		over(CookedLinux, "proto", 0x0800), over(GRE, "proto", 0x0800), over(GENEVE, "proto", 0x0800), over(PPP, "proto", 0x21),
		stackOver(MPLS, "label", 0), over(Loopback, "type", 2), readOver(Loopback, "type", 0),
		stackOver(VXLAN, "flags", 12, eq{field: "NextProtocol", value: 1}), readOver(VXLAN, "NextProtocol", 1),
	},
	next: []string{"proto"},
	hooks: hooks{
		network:    true,
		headerLen:  func(hdr []byte) int { return int(hdr[0]&15) * 4 },
		payloadLen: ipPayload,
		carries:    ipCarries,
		ask:        askIP,
		derive:     deriveIP,
		sum:        sumRule{covers: overHeader, field: "chksum"},
		summary:    ipSummary,
		answers:    ipAnswers,
		flow: func(f *flow, l *Layer) {
			f.proto, f.src, f.dst = uint16(l.Uint("proto")), l.Addr("src"), l.Addr("dst")
			f.part = l.Uint("frag") != 0
		},
		options: ipOptions,
	},
}

var _ = define(ipSpec)

var ipProtocols = map[uint64]string{
	0: "hopopt", 1: "icmp", 2: "igmp", 4: "ipencap", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 46: "rsvp", 47: "gre",
	50: "esp", 51: "ah", 58: "ipv6_icmp", 89: "ospf", 94: "ipip", 103: "pim", 112: "vrrp", 115: "l2tp", 132: "sctp",
	136: "udplite", 137: "mpls_in_ip",
}

// The pointer of a route option is the place of the next address, counted from 1: the fourth byte of an empty one.
var ipOptions = []optionSpec{
	{0, "EOL", "", nil}, {1, "NOP", "", nil},
	{130, "Security", "HHHs", []any{0, 0, 0, "xxx"}},
	{131, "LSRR", "BA*", []any{4}},
	{68, "Timestamp", "BBAI", []any{9, 1, "0.0.0.0", 0}},
	{7, "RR", "BA*", []any{4}},
	{136, "Stream_Id", "H", []any{0}},
	{137, "SSRR", "BA*", []any{4}},
	{11, "MTU_Probe", "H", []any{0}}, {12, "MTU_Reply", "H", []any{0}},
	{18, "Traceroute", "HHHA", []any{0, 0, 0, "0.0.0.0"}},
	{147, "Address_Extension", "AA", []any{"0.0.0.0", "0.0.0.0"}},
	{148, "Router_Alert", "H", []any{0}},
	{149, "SDBM", "A*", nil},
}

func askIP(b *builder, i int, _ uint64) error {
	hdr := b.header(i)
	src, err := b.source(netip.AddrFrom4([4]byte(hdr[16:20])))
	if err != nil {
		return err
	}
	copy(hdr[12:16], src.AsSlice())
	return nil
}

func deriveIP(b *builder, i int, hdr, payload []byte, unset uint64) error {
	if unset>>ipIHL&1 == 1 {
		if len(hdr) > 60 {
			return fmt.Errorf("IP.ihl: want a header of at most 60 bytes, got %d: set ihl yourself to send it", len(hdr))
		}
		hdr[0] = hdr[0]&0xf0 | byte(len(hdr)/4)
	}
	if unset>>ipLen&1 == 1 {
		n := len(hdr) + len(payload)
		if n > 0xffff {
			return fmt.Errorf("IP.len: want at most 65535 bytes, got %d: set len yourself to send it", n)
		}
		binary.BigEndian.PutUint16(hdr[2:], uint16(n))
	}
	if unset>>ipSum&1 == 1 {
		binary.BigEndian.PutUint16(hdr[10:], 0)
		binary.BigEndian.PutUint16(hdr[10:], checksum(hdr))
	}
	return nil
}

// ipPayload is what the total length leaves after the header. A length shorter than the header is taken for "as much
// as there is", as segmentation offload leaves it.
func ipPayload(l *Layer, rest int) (int, error) {
	header := l.length()
	n := int(l.Uint("len")) - header
	if n < 0 {
		return rest, nil
	}
	if n > rest {
		return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", l.Uint("len"), header+rest)
	}
	return n, nil
}

// ipCarries keeps fragments other than the first from being read as the header that they do not begin with.
func ipCarries(l *Layer, _ []byte) Name {
	if l.Uint("frag") != 0 {
		return Raw
	}
	return ""
}

// finalHop is the last address of a packet's source route; ok is false unless there is exactly one such option.
func finalHop(l *Layer) (hop []byte, ok bool) {
	if len(l.tail) == 0 {
		return nil, false
	}
	for _, o := range l.read("options").Options() {
		if o.Kind != 131 && o.Kind != 137 {
			continue
		}
		if ok || len(o.Data) < 5 {
			return nil, false
		}
		n := (len(o.Data) - 1) / 4
		hop, ok = o.Data[1+4*(n-1):1+4*n], true
	}
	return hop, ok
}

func ipSummary(p *Packet, i int) string {
	l := p.layers[i]
	s := l.endpoint("src") + " > " + l.Text("dst") + " " + l.Text("proto")
	if f := l.Uint("frag"); f > 0 {
		s += fmt.Sprintf(" frag:%d", f)
	}
	return s
}

// endpoint writes an address of a packet, and what an unset source will be when no host is asked.
func (l *Layer) endpoint(field string) string {
	if v := l.read(field); !v.none {
		return v.String()
	}
	src, err := (&builder{}).source(l.Addr("dst"))
	if err != nil {
		return "?"
	}
	return src.String()
}

// ipAnswers obeys scapy's rules: the addresses are swapped and the protocol is the same, or the reply is an ICMP error
// that quotes the question.
func ipAnswers(m match, i, j int) (bool, string) {
	r, q := m.r.layers[i], m.q.layers[j]
	switch {
	case r.Uint("proto") == igmpProtocol && q.Uint("proto") == igmpProtocol:
		return m.next(i, j) // its questions and answers go to groups
	case r.Addr("dst") != q.Addr("src"):
		return false, "it is not addressed to the question's source"
	}
	if i+2 < len(m.r.layers) && m.r.layers[i+1].proto.name == ICMP && m.r.layers[i+2].proto.name == IPerror {
		return m.quote(i+2, j)
	}
	switch {
	case r.Addr("src") != q.Addr("dst"):
		return false, "it does not come from the question's destination"
	case r.Uint("proto") != q.Uint("proto"):
		return false, "the IP protocols differ"
	}
	return m.next(i, j)
}
