package layers

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Multicast Listener Discovery of IPv6: RFC 2710, and version 2, RFC 3810. Multicast Router Discovery: RFC 4286.
const (
	// ICMPv6MLQuery asks who listens to a group, or to any.
	ICMPv6MLQuery craft.Name = "ICMPv6MLQuery"
	// ICMPv6MLReport tells that somebody listens to a group.
	ICMPv6MLReport craft.Name = "ICMPv6MLReport"
	// ICMPv6MLDone tells that somebody does not any more.
	ICMPv6MLDone craft.Name = "ICMPv6MLDone"
	// ICMPv6MLQuery2 is ICMPv6MLQuery of version 2: it asks for sources too.
	ICMPv6MLQuery2 craft.Name = "ICMPv6MLQuery2"
	// ICMPv6MLReport2 is the report of version 2: a list of groups and sources.
	ICMPv6MLReport2 craft.Name = "ICMPv6MLReport2"
	// ICMPv6MLDMultAddrRec is a record of ICMPv6MLReport2.
	ICMPv6MLDMultAddrRec craft.Name = "ICMPv6MLDMultAddrRec"
	// ICMPv6MRDAdvertisement tells that a router forwards multicast.
	ICMPv6MRDAdvertisement craft.Name = "ICMPv6MRD_Advertisement"
	// ICMPv6MRDSolicitation asks for that.
	ICMPv6MRDSolicitation craft.Name = "ICMPv6MRD_Solicitation"
	// ICMPv6MRDTermination tells that a router does not forward multicast any more.
	ICMPv6MRDTermination craft.Name = "ICMPv6MRD_Termination"
)

// onLink are the values that a message gives the IPv6 header right below it.
func onLink(hops uint64, group string) []craft.Binding {
	binds := []craft.Binding{craft.StackOver(IPv6, "hlim", hops)}
	if group != "" {
		binds = append(binds, craft.StackBytes(IPv6, "dst", netip.MustParseAddr(group).AsSlice()))
	}
	return binds
}

// listeners is the flow of all messages of listener discovery: any report answers any query.
func listeners(f *craft.Flow, _ *craft.Layer) { withoutAddresses(f, 130) }

// withoutAddresses makes a flow of a protocol whose answers have other addresses than its questions.
func withoutAddresses(f *craft.Flow, mark uint16) {
	*f = craft.Flow{Proto: f.Proto, SPort: mark, DPort: mark, Fragment: f.Fragment}
}

// reservedCode stands in the place of a code.
var reservedCode = craft.Field{Name: "res", Kind: craft.Number, Bits: 8, Doc: "reserved"}

// mld is the table of a message of listener discovery.
func mld(doc string, delay uint64, group string) craft.Spec {
	return craft.Spec{
		Doc: doc,
		Fields: []craft.Field{
			{Name: "mrd", Kind: craft.Number, Bits: 16, Default: delay, Doc: "maximum response delay in milliseconds; version 2 has floating point beyond 32767"},
			{Name: "reserved", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			{Name: "mladdr", Kind: craft.IPv6Address, Bits: 128, Doc: "the group; :: for all of them"},
		},
		Binds: onLink(1, group),
		Hooks: craft.Hooks{Flow: listeners},
	}
}

// answersQuery makes a report the answer of queries.
func answersQuery(s craft.Spec) craft.Spec {
	s.Replies = []craft.Name{ICMPv6MLQuery, ICMPv6MLQuery2}
	s.Answers = func(m craft.Match, _, j int) (bool, string) {
		switch m.Question.Layers()[j].Name() {
		case ICMPv6MLQuery, ICMPv6MLQuery2:
			return true, "a report answers a query"
		}
		return false, "a report is not answered"
	}
	return s
}

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		icmpv6(ICMPv6MLQuery, 130, "MLD - Multicast Listener Query", plainCode, querySpec()),
		icmpv6(ICMPv6MLReport, 131, "MLD - Multicast Listener Report", plainCode, answersQuery(mld("multicast listener report, RFC 2710", 0, ""))),
		icmpv6(ICMPv6MLDone, 132, "MLD - Multicast Listener Done", plainCode, mld("multicast listener done, RFC 2710", 0, "ff02::2")),
		icmpv6(ICMPv6MLQuery2, 130, "MLDv2 - Multicast Listener Query", plainCode, query2Spec()),
		icmpv6(ICMPv6MLReport2, 143, "MLDv2 - Multicast Listener Report", reservedCode, answersQuery(report2Spec())),
	}
})

func querySpec() craft.Spec {
	s := mld("multicast listener query, RFC 2710", 10000, "ff02::1")
	s.Accepts = func(payload []byte) bool { return len(payload) > 0 && len(payload) < query2Min && payload[0] == 130 }
	return s
}

// query2Min is how long a query of version 2 is at least: RFC 3810, section 8.1.
const query2Min = 28

func query2Spec() craft.Spec {
	s := mld("multicast listener query of version 2, RFC 3810", 10000, "ff02::1")
	s.Fields = append(s.Fields,
		craft.Field{Name: "Resv", Kind: craft.Number, Bits: 4, Doc: "reserved"},
		craft.Field{Name: "S", Kind: craft.Number, Bits: 1, Doc: "routers are not to update their timers"},
		craft.Field{Name: "QRV", Kind: craft.Number, Bits: 3, Doc: "querier's robustness variable"},
		craft.Field{Name: "QQIC", Kind: craft.Number, Bits: 8, Doc: "querier's query interval code, in seconds up to 127"},
		craft.Field{Name: "sources_number", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "number of sources"},
		craft.Field{Name: "sources", Kind: craft.Values, Doc: "the sources asked for",
			Part: craft.ItemList(craft.Item{Bytes: 16, Kind: craft.IPv6Address}, func(l *craft.Layer, _ []byte) (int, error) { return 16 * int(l.Uint("sources_number")), nil })},
	)
	s.Accepts = func(payload []byte) bool { return len(payload) >= query2Min && payload[0] == 130 }
	s.Derive = func(b *craft.Builder, i int, hdr, _ []byte, unset uint64) error {
		if unset>>10&1 == 1 {
			return putCount(b.Layer(i), hdr, "sources_number", len(b.Layer(i).PartBytes("sources"))/16)
		}
		return nil
	}
	return s
}

func report2Spec() craft.Spec {
	return craft.Spec{
		Doc: "multicast listener report of version 2, RFC 3810",
		Fields: []craft.Field{
			{Name: "reserved", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			{Name: "records_number", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "number of records"},
			{Name: "records", Kind: craft.Packets, Doc: "the groups: ICMPv6MLDMultAddrRec", Part: craft.PacketList(
				func(*craft.Layer, []byte) craft.Name { return ICMPv6MLDMultAddrRec },
				func(l *craft.Layer, rest []byte) (int, error) {
					return recordsLength(int(l.Uint("records_number")), rest)
				})},
		},
		Binds: onLink(1, "ff02::16"),
		Hooks: craft.Hooks{
			Flow: listeners,
			Derive: func(b *craft.Builder, i int, hdr, _ []byte, unset uint64) error {
				l := b.Layer(i)
				if unset>>4&1 == 1 {
					return putCount(l, hdr, "records_number", l.Elements("records"))
				}
				return nil
			},
		},
	}
}

// recordsLength is how long so many records are.
func recordsLength(records int, rest []byte) (int, error) {
	n := 0
	for i := range records {
		if len(rest)-n < 20 {
			return len(rest), fmt.Errorf("truncated: %d records, %d are here", records, i)
		}
		n += 20 + 16*int(binary.BigEndian.Uint16(rest[n+2:])) + int(rest[n+1])
		n = min(n, len(rest))
	}
	return n, nil
}

// putCount fills a field, a number of whole bytes, into a built header.
func putCount(l *craft.Layer, hdr []byte, field string, n int) error {
	if most := 1<<(8*l.Width(field)) - 1; n > most {
		return fmt.Errorf("%s.%s: want at most %d, got %d: set it yourself to send them", l.Name(), field, most, n)
	}
	l.Put(hdr, field, uint64(n))
	return nil
}

// Record types of MLDv2 and IGMPv3: RFC 3810, section 5.2.12, and RFC 3376, section 4.2.12.
var recordTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Mode Is Include", 2: "Mode Is Exclude", 3: "Change To Include Mode", 4: "Change To Exclude Mode",
		5: "Allow New Sources", 6: "Block Old Sources",
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: ICMPv6MLDMultAddrRec, Title: "ICMPv6 MLDv2 - Multicast Address Record", Doc: "record of a multicast listener report, RFC 3810",
		Fields: []craft.Field{
			{Name: "rtype", Kind: craft.Enum, Bits: 8, Default: 4, Names: recordTypes(), Doc: "record type: which sources are wanted"},
			{Name: "auxdata_len", Kind: craft.Number, Bits: 8, Auto: craft.AutoDerived, Doc: "length of auxdata in bytes, as scapy has it; RFC 3810 counts words"},
			{Name: "sources_number", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "number of sources"},
			{Name: "dst", Kind: craft.IPv6Address, Bits: 128, Steady: true, Doc: "the group"},
			{Name: "sources", Kind: craft.Values, Doc: "the sources",
				Part: craft.ItemList(craft.Item{Bytes: 16, Kind: craft.IPv6Address}, func(l *craft.Layer, _ []byte) (int, error) { return 16 * int(l.Uint("sources_number")), nil })},
			{Name: "auxdata", Kind: craft.Bytes, Doc: "more about the group; nobody has defined anything", Part: craft.ByLength("auxdata_len", 0)},
		},
		Hooks: craft.Hooks{Derive: func(b *craft.Builder, i int, hdr, _ []byte, unset uint64) error {
			l := b.Layer(i)
			if unset>>1&1 == 1 {
				if err := putCount(l, hdr, "auxdata_len", len(l.Bytes("auxdata"))); err != nil {
					return err
				}
			}
			if unset>>2&1 == 1 {
				return putCount(l, hdr, "sources_number", len(l.Bytes("sources"))/16)
			}
			return nil
		}},
	}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		icmpv6(ICMPv6MRDAdvertisement, 151, "ICMPv6 Multicast Router Discovery Advertisement",
			craft.Field{Name: "advinter", Kind: craft.Number, Bits: 8, Default: 20, Doc: "seconds between advertisements"}, craft.Spec{
				Doc: "multicast router advertisement, RFC 4286",
				Fields: []craft.Field{
					{Name: "queryint", Kind: craft.Number, Bits: 16, Doc: "seconds between queries"},
					{Name: "robustness", Kind: craft.Number, Bits: 16, Doc: "robustness variable of the querier"},
				},
				Binds: onLink(1, "ff02::2"),
			}),
		icmpv6(ICMPv6MRDSolicitation, 152, "ICMPv6 Multicast Router Discovery Solicitation", reservedCode, craft.Spec{
			Doc:   "multicast router solicitation, RFC 4286",
			Binds: onLink(1, "ff02::2"),
		}),
		icmpv6(ICMPv6MRDTermination, 153, "ICMPv6 Multicast Router Discovery Termination", reservedCode, craft.Spec{
			Doc:   "multicast router termination, RFC 4286",
			Binds: onLink(1, "ff02::6a"),
		}),
	}
})
