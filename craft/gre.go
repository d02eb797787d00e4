package craft

import "encoding/binary"

const (
	// GRE is Generic Routing Encapsulation, RFC 2784 with the key and sequence number of RFC 2890.
	GRE Name = "GRE"
	// GRErouting is one entry of the routing that RFC 1701 had.
	GRErouting Name = "GRErouting"
)

// The field of GRE that deriveGRE computes.
const greSum = 9

var greFields = []Field{
	{Name: "chksum_present", Kind: Number, Bits: 1, Doc: "chksum and offset are there"},
	{Name: "routing_present", Kind: Number, Bits: 1, Doc: "routing is there, and chksum and offset too, RFC 1701"},
	{Name: "key_present", Kind: Number, Bits: 1, Doc: "key is there"},
	{Name: "seqnum_present", Kind: Number, Bits: 1, Doc: "sequence_number is there"},
	{Name: "strict_route_source", Kind: Number, Bits: 1, Doc: "all routing is strict, RFC 1701"},
	{Name: "recursion_control", Kind: Number, Bits: 3, Doc: "further encapsulations allowed, RFC 1701"},
	{Name: "flags", Kind: Number, Bits: 5, Doc: "reserved"},
	{Name: "version", Kind: Number, Bits: 3, Doc: "version; 1 is PPTP's"},
	{Name: "proto", Kind: Enum, Bits: 16, hex: true, names: etherTypes, Doc: "protocol of the payload"},
	{Name: "chksum", Kind: Number, Bits: 16, auto: derived, hex: true, Doc: "checksum of header and payload"},
	{Name: "offset", Kind: Number, Bits: 16, hex: true, Doc: "offset of the active route in bytes, RFC 1701"},
	{Name: "key", Kind: Number, Bits: 32, hex: true, Doc: "key of the flow, RFC 2890"},
	{Name: "sequence_number", Kind: Number, Bits: 32, hex: true, Doc: "number of the packet, RFC 2890"},
}

// greShapes are the layouts by the flags: 1 with checksum and offset, 2 with a key, 4 with a sequence number.
var greShapes = func() (shapes [8]*shape) {
	for i := range shapes {
		specs := all(greFields[:greSum])
		for _, more := range []struct {
			flag  int
			names []string
		}{{1, []string{"chksum", "offset"}}, {2, []string{"key"}}, {4, []string{"sequence_number"}}} {
			if i&more.flag == 0 {
				continue
			}
			for _, name := range more.names {
				specs = append(specs, slotSpec{name: name})
			}
		}
		shapes[i] = layout(greFields, specs)
	}
	return shapes
}()

var _ = define(spec{
	name: GRE, doc: "Generic Routing Encapsulation, RFC 2784 and 2890",
	fields: greFields,
	binds:  []bind{over(IP, "proto", 47), over(IPv6, "nh", 47)},
	next:   []string{"proto"},
	reads:  Ether,
	keys:   []string{"chksum_present", "routing_present", "key_present", "seqnum_present"},
	shape:  greShapes[0],
	hooks: hooks{
		becomes: func(data []byte) Name {
			if beginsPPTP(data) {
				return GREPPTP
			}
			return ""
		},
		choose: func(c choice) *shape {
			i := 0
			if c.hdr[0]&0xc0 != 0 {
				i |= 1
			}
			return greShapes[i|int(c.hdr[0]>>4&2)|int(c.hdr[0]>>2&4)]
		},
		carries: func(l *Layer, _ []byte) Name {
			if l.Uint("routing_present") == 1 {
				return GRErouting
			}
			return ""
		},
		derive: func(b *builder, i int, hdr, payload []byte, _ uint64) error {
			if b.p.layers[i].Uint("chksum_present") == 1 { // with routing alone the field is there, and 0
				binary.BigEndian.PutUint16(hdr[4:], ^fold(sum(sum(0, hdr), payload)))
			}
			return nil
		},
	},
})

var _ = define(measured(spec{
	name: GRErouting, title: "GRE routing information", doc: "source route entry of GRE, RFC 1701",
	fields: []Field{
		{Name: "address_family", Kind: Number, Bits: 16, Doc: "family of the addresses; 0 with an SRE_len of 0 ends the list"},
		{Name: "SRE_offset", Kind: Number, Bits: 8, Doc: "offset of the next address in bytes"},
		{Name: "SRE_len", Kind: Number, Bits: 8, auto: derived, Doc: "length of routing_info in bytes"},
		{Name: "routing_info", Kind: Bytes, part: byLength("SRE_len", 0), Doc: "the addresses"},
	},
	binds: []bind{stackOver(GRE, "routing_present", 1), stackOver(GREPPTP, "routing_present", 1)},
	hooks: hooks{
		carries: func(l *Layer, _ []byte) Name {
			if l.Uint("address_family") == 0 && l.Uint("SRE_len") == 0 {
				return Raw
			}
			return GRErouting
		},
	},
}, measure{length: "SRE_len"}))
