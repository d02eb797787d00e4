package layers

import (
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// Multicast Listener Discovery of IPv6: RFC 2710, and version 2, RFC 3810. Multicast Router Discovery: RFC 4286.
const (
	// ICMPv6MLQuery asks who listens to a group, or to any.
	ICMPv6MLQuery craft.Name = "ICMPv6MLQuery"
	// ICMPv6MLReport says that a host listens to a group.
	ICMPv6MLReport craft.Name = "ICMPv6MLReport"
	// ICMPv6MLDone says that it does not any more.
	ICMPv6MLDone craft.Name = "ICMPv6MLDone"
	// ICMPv6MLQuery2 is ICMPv6MLQuery of version 2: it asks for sources too.
	ICMPv6MLQuery2 craft.Name = "ICMPv6MLQuery2"
	// ICMPv6MLReport2 is the report of version 2: a list of groups and sources.
	ICMPv6MLReport2 craft.Name = "ICMPv6MLReport2"
	// ICMPv6MLDMultAddrRec is a record of ICMPv6MLReport2.
	ICMPv6MLDMultAddrRec craft.Name = "ICMPv6MLDMultAddrRec"
	// ICMPv6MRDAdvertisement says that a router forwards multicast.
	ICMPv6MRDAdvertisement craft.Name = "ICMPv6MRD_Advertisement"
	// ICMPv6MRDSolicitation asks for that.
	ICMPv6MRDSolicitation craft.Name = "ICMPv6MRD_Solicitation"
	// ICMPv6MRDTermination says that a router does not forward multicast any more.
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
		craft.Field{Name: "sources_number", Kind: craft.Number, Bits: 16, Computed: craft.Counts("sources")},
		craft.Field{Name: "sources", Kind: craft.Values, Doc: "the sources asked for", Item: craft.Item{Kind: craft.IPv6Address}},
	)
	s.Accepts = func(payload []byte) bool { return len(payload) >= query2Min && payload[0] == 130 }
	return s
}

func report2Spec() craft.Spec {
	return craft.Spec{
		Doc: "multicast listener report of version 2, RFC 3810",
		Fields: []craft.Field{
			{Name: "reserved", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			{Name: "records_number", Kind: craft.Number, Bits: 16, Computed: craft.Counts("records")},
			{Name: "records", Kind: craft.Packets, Doc: "the groups: ICMPv6MLDMultAddrRec", Of: ICMPv6MLDMultAddrRec},
		},
		Binds: onLink(1, "ff02::16"),
		Hooks: craft.Hooks{
			Flow: listeners,
		},
	}
}

// Record types of MLDv2 and IGMPv3: RFC 3810, section 5.2.12, and RFC 3376, section 4.2.12.
var recordTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Mode Is Include", 2: "Mode Is Exclude", 3: "Change To Include Mode", 4: "Change To Exclude Mode",
		5: "Allow New Sources", 6: "Block Old Sources",
	}
})

// auxDataLength counts the auxiliary data of a record in words of 4 bytes: RFC 3810, section 5.2.6, and RFC 3376, section 4.2.6.
func auxDataLength(name string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.LengthOf, Of: "auxdata", Unit: 4}}
}

// auxData ends a record, with zeros up to a multiple of 4 bytes.
func auxData() craft.Field {
	return craft.Field{Name: "auxdata", Kind: craft.Bytes, Doc: "more about the group, with zeros up to a multiple of 4 bytes; nobody has defined anything", Part: &craft.Part{
		Encode: func(l *craft.Layer, v any) ([]byte, error) {
			b, err := craft.PlainText().Encode(l, v)
			return append(b, make([]byte, -len(b)&3)...), err
		},
		Decode: func(_ *craft.Layer, b []byte) any {
			if len(b)%4 != 0 { // cut short: as it is
				return craft.Verbatim(b)
			}
			return string(b)
		},
	}}
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: ICMPv6MLDMultAddrRec, Title: "ICMPv6 MLDv2 - Multicast Address Record", Doc: "record of a multicast listener report, RFC 3810",
		Fields: []craft.Field{
			{Name: "rtype", Kind: craft.Enum, Bits: 8, Default: 4, Names: recordTypes(), Doc: "record type: which sources are wanted"},
			auxDataLength("auxdata_len"),
			{Name: "sources_number", Kind: craft.Number, Bits: 16, Computed: craft.Counts("sources")},
			{Name: "dst", Kind: craft.IPv6Address, Bits: 128, Steady: true, Doc: "the group"},
			{Name: "sources", Kind: craft.Values, Doc: "the sources", Item: craft.Item{Kind: craft.IPv6Address}},
			auxData(),
		},
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
