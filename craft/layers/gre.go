package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

const (
	// GRE is Generic Routing Encapsulation, RFC 2784 with the key and sequence number of RFC 2890.
	GRE craft.Name = "GRE"
	// GRErouting is one entry of the routing that RFC 1701 had.
	GRErouting craft.Name = "GRErouting"
)

// The field of GRE that deriveGRE computes.
const greSum = 9

var greFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "chksum_present", Kind: craft.Number, Bits: 1, Doc: "chksum and offset are there"},
		{Name: "routing_present", Kind: craft.Number, Bits: 1, Doc: "routing is there, and chksum and offset too, RFC 1701"},
		{Name: "key_present", Kind: craft.Number, Bits: 1, Doc: "key is there"},
		{Name: "seqnum_present", Kind: craft.Number, Bits: 1, Doc: "sequence_number is there"},
		{Name: "strict_route_source", Kind: craft.Number, Bits: 1, Doc: "all routing is strict, RFC 1701"},
		{Name: "recursion_control", Kind: craft.Number, Bits: 3, Doc: "further encapsulations allowed, RFC 1701"},
		{Name: "flags", Kind: craft.Number, Bits: 5, Doc: "reserved"},
		{Name: "version", Kind: craft.Number, Bits: 3, Doc: "version; 1 is PPTP's"},
		{Name: "proto", Kind: craft.Enum, Bits: 16, Hex: true, Names: etherTypes(), Doc: "protocol of the payload"},
		{Name: "chksum", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Hex: true, Doc: "checksum of header and payload"},
		{Name: "offset", Kind: craft.Number, Bits: 16, Hex: true, Doc: "offset of the active route in bytes, RFC 1701"},
		{Name: "key", Kind: craft.Number, Bits: 32, Hex: true, Doc: "key of the flow, RFC 2890"},
		{Name: "sequence_number", Kind: craft.Number, Bits: 32, Hex: true, Doc: "number of the packet, RFC 2890"},
	}
})

// greShapes are the layouts by the flags: 1 with checksum and offset, 2 with a key, 4 with a sequence number.
var greShapes = sync.OnceValue(func() [8]*craft.Shape {
	return func() (shapes [8]*craft.Shape) {
		for i := range shapes {
			specs := craft.AllFields(greFields()[:greSum])
			for _, more := range []struct {
				flag  int
				names []string
			}{{1, []string{"chksum", "offset"}}, {2, []string{"key"}}, {4, []string{"sequence_number"}}} {
				if i&more.flag == 0 {
					continue
				}
				for _, name := range more.names {
					specs = append(specs, craft.ShapeField{Name: name})
				}
			}
			shapes[i] = craft.Layout(greFields(), specs)
		}
		return shapes
	}()
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GRE, Doc: "Generic Routing Encapsulation, RFC 2784 and 2890",
		Fields: greFields(),
		Binds:  []craft.Binding{craft.Over(IP, "proto", 47), craft.Over(IPv6, "nh", 47)},
		Next:   []string{"proto"},
		Reads:  Ether,
		Keys:   []string{"chksum_present", "routing_present", "key_present", "seqnum_present"},
		Shape:  greShapes()[0],
		Hooks: craft.Hooks{
			Dispatch: func(data []byte) craft.Name {
				if beginsPPTP(data) {
					return GREPPTP
				}
				return ""
			},
			Choose: func(c craft.Choice) *craft.Shape {
				i := 0
				if c.Header[0]&0xc0 != 0 {
					i |= 1
				}
				return greShapes()[i|int(c.Header[0]>>4&2)|int(c.Header[0]>>2&4)]
			},
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if l.Uint("routing_present") == 1 {
					return GRErouting
				}
				return ""
			},
			Derive: func(b *craft.Builder, i int, hdr, payload []byte, _ uint64) error {
				if b.Layer(i).Uint("chksum_present") == 1 { // with routing alone the field is there, and 0
					binary.BigEndian.PutUint16(hdr[4:], ^craft.FoldSum(craft.AddSum(craft.AddSum(0, hdr), payload)))
				}
				return nil
			},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.WithLengths(craft.Spec{
		Name: GRErouting, Title: "GRE routing information", Doc: "source route entry of GRE, RFC 1701",
		Fields: []craft.Field{
			{Name: "address_family", Kind: craft.Number, Bits: 16, Doc: "family of the addresses; 0 with an SRE_len of 0 ends the list"},
			{Name: "SRE_offset", Kind: craft.Number, Bits: 8, Doc: "offset of the next address in bytes"},
			{Name: "SRE_len", Kind: craft.Number, Bits: 8, Auto: craft.AutoDerived, Doc: "length of routing_info in bytes"},
			{Name: "routing_info", Kind: craft.Bytes, Part: craft.ByLength("SRE_len", 0), Doc: "the addresses"},
		},
		Binds: []craft.Binding{craft.StackOver(GRE, "routing_present", 1), craft.StackOver(GREPPTP, "routing_present", 1)},
		Hooks: craft.Hooks{
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if l.Uint("address_family") == 0 && l.Uint("SRE_len") == 0 {
					return craft.Raw
				}
				return GRErouting
			},
		},
	}, craft.LengthField{Field: "SRE_len"})
})
