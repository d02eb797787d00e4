package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

const (
	// GRE is Generic Routing Encapsulation, RFC 2784 with the key and sequence number of RFC 2890.
	GRE craft.Name = "GRE"
	// GRErouting is one entry of the routing that RFC 1701 had.
	GRErouting craft.Name = "GRErouting"
)

// greSum is when the checksum and the offset are there: RFC 1701.
var greSum = []craft.Condition{{Field: "chksum_present", Or: &craft.Condition{Field: "routing_present"}}}

// greWithoutSum leaves the checksum at 0 where it is there for the routing alone.
func greWithoutSum(b *craft.Builder, i int) (n uint64, ok bool) {
	return 0, b.Layer(i).Uint("chksum_present") == 0
}

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
		{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.MessageSum, Instead: greWithoutSum}, Hex: true, When: greSum},
		{Name: "offset", Kind: craft.Number, Bits: 16, Hex: true, When: greSum, Doc: "offset of the active route in bytes, RFC 1701"},
		{Name: "key", Kind: craft.Number, Bits: 32, Hex: true, When: craft.Given("key_present"), Doc: "key of the flow, RFC 2890"},
		{Name: "sequence_number", Kind: craft.Number, Bits: 32, Hex: true, When: craft.Given("seqnum_present"), Doc: "number of the packet, RFC 2890"},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GRE, Doc: "Generic Routing Encapsulation, RFC 2784 and 2890",
		Fields: greFields(),
		Binds:  []craft.Binding{craft.Over(IP, "proto", 47), craft.Over(IPv6, "nh", 47)},
		Next:   []string{"proto"},
		Reads:  Ether,
		Hooks: craft.Hooks{
			Dispatch: func(data []byte) craft.Name {
				if beginsPPTP(data) {
					return GREPPTP
				}
				return ""
			},
			GuessPayload: func(l *craft.Layer, _ []byte) craft.Name {
				if l.Uint("routing_present") == 1 {
					return GRErouting
				}
				return ""
			},
		},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: GRErouting, Title: "GRE routing information", Doc: "source route entry of GRE, RFC 1701",
		Fields: []craft.Field{
			{Name: "address_family", Kind: craft.Number, Bits: 16, Doc: "family of the addresses; 0 with an SRE_len of 0 ends the list"},
			{Name: "SRE_offset", Kind: craft.Number, Bits: 8, Doc: "offset of the next address in bytes"},
			{Name: "SRE_len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("routing_info")},
			{Name: "routing_info", Kind: craft.Bytes, Doc: "the addresses"},
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
	}
})
