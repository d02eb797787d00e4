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
	{Name: "proto", Kind: Enum, Bits: 16, Hex: true, Names: etherTypes, Doc: "protocol of the payload"},
	{Name: "chksum", Kind: Number, Bits: 16, Auto: AutoDerived, Hex: true, Doc: "checksum of header and payload"},
	{Name: "offset", Kind: Number, Bits: 16, Hex: true, Doc: "offset of the active route in bytes, RFC 1701"},
	{Name: "key", Kind: Number, Bits: 32, Hex: true, Doc: "key of the flow, RFC 2890"},
	{Name: "sequence_number", Kind: Number, Bits: 32, Hex: true, Doc: "number of the packet, RFC 2890"},
}

// greShapes are the layouts by the flags: 1 with checksum and offset, 2 with a key, 4 with a sequence number.
var greShapes = func() (shapes [8]*Shape) {
	for i := range shapes {
		specs := AllFields(greFields[:greSum])
		for _, more := range []struct {
			flag  int
			names []string
		}{{1, []string{"chksum", "offset"}}, {2, []string{"key"}}, {4, []string{"sequence_number"}}} {
			if i&more.flag == 0 {
				continue
			}
			for _, name := range more.names {
				specs = append(specs, ShapeField{Name: name})
			}
		}
		shapes[i] = Layout(greFields, specs)
	}
	return shapes
}()

var _ = Define(Spec{
	Name: GRE, Doc: "Generic Routing Encapsulation, RFC 2784 and 2890",
	Fields: greFields,
	Binds:  []Binding{Over(IP, "proto", 47), Over(IPv6, "nh", 47)},
	Next:   []string{"proto"},
	Reads:  Ether,
	Keys:   []string{"chksum_present", "routing_present", "key_present", "seqnum_present"},
	Shape:  greShapes[0],
	Hooks: Hooks{
		Dispatch: func(data []byte) Name {
			if beginsPPTP(data) {
				return GREPPTP
			}
			return ""
		},
		Choose: func(c Choice) *Shape {
			i := 0
			if c.Header[0]&0xc0 != 0 {
				i |= 1
			}
			return greShapes[i|int(c.Header[0]>>4&2)|int(c.Header[0]>>2&4)]
		},
		GuessPayload: func(l *Layer, _ []byte) Name {
			if l.Uint("routing_present") == 1 {
				return GRErouting
			}
			return ""
		},
		Derive: func(b *Builder, i int, hdr, payload []byte, _ uint64) error {
			if b.Layer(i).Uint("chksum_present") == 1 { // with routing alone the field is there, and 0
				binary.BigEndian.PutUint16(hdr[4:], ^FoldSum(AddSum(AddSum(0, hdr), payload)))
			}
			return nil
		},
	},
})

var _ = Define(WithLengths(Spec{
	Name: GRErouting, Title: "GRE routing information", Doc: "source route entry of GRE, RFC 1701",
	Fields: []Field{
		{Name: "address_family", Kind: Number, Bits: 16, Doc: "family of the addresses; 0 with an SRE_len of 0 ends the list"},
		{Name: "SRE_offset", Kind: Number, Bits: 8, Doc: "offset of the next address in bytes"},
		{Name: "SRE_len", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "length of routing_info in bytes"},
		{Name: "routing_info", Kind: Bytes, Part: ByLength("SRE_len", 0), Doc: "the addresses"},
	},
	Binds: []Binding{StackOver(GRE, "routing_present", 1), StackOver(GREPPTP, "routing_present", 1)},
	Hooks: Hooks{
		GuessPayload: func(l *Layer, _ []byte) Name {
			if l.Uint("address_family") == 0 && l.Uint("SRE_len") == 0 {
				return Raw
			}
			return GRErouting
		},
	},
}, LengthField{Field: "SRE_len"}))
