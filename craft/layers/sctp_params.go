package layers

import (
	"encoding/binary"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// The parameters of SCTP's chunks, RFC 9260, section 3.3.2.1, RFC 4895 and RFC 5061: elements of a chunk's params.
const (
	// SCTPChunkParamHeartbeatInfo is what a heartbeat's answer returns.
	SCTPChunkParamHeartbeatInfo craft.Name = "SCTPChunkParamHeartbeatInfo"
	// SCTPChunkParamIPv4Addr is an address of the sender.
	SCTPChunkParamIPv4Addr craft.Name = "SCTPChunkParamIPv4Addr"
	// SCTPChunkParamIPv6Addr is an address of the sender.
	SCTPChunkParamIPv6Addr craft.Name = "SCTPChunkParamIPv6Addr"
	// SCTPChunkParamStateCookie is the cookie that a COOKIE ECHO returns.
	SCTPChunkParamStateCookie craft.Name = "SCTPChunkParamStateCookie"
	// SCTPChunkParamUnrecognizedParam returns a parameter that was not understood; its name is scapy's.
	SCTPChunkParamUnrecognizedParam craft.Name = "SCTPChunkParamUnrocognizedParam"
	// SCTPChunkParamCookiePreservative asks for a cookie that lives longer.
	SCTPChunkParamCookiePreservative craft.Name = "SCTPChunkParamCookiePreservative"
	// SCTPChunkParamHostname is the sender's name.
	SCTPChunkParamHostname craft.Name = "SCTPChunkParamHostname"
	// SCTPChunkParamSupportedAddrTypes are the address types that the sender can use.
	SCTPChunkParamSupportedAddrTypes craft.Name = "SCTPChunkParamSupportedAddrTypes"
	// SCTPChunkParamECNCapable says that the sender reads ECN.
	SCTPChunkParamECNCapable craft.Name = "SCTPChunkParamECNCapable"
	// SCTPChunkParamRandom is a random number to make keys of.
	SCTPChunkParamRandom craft.Name = "SCTPChunkParamRandom"
	// SCTPChunkParamChunkList are the chunk types that must be signed.
	SCTPChunkParamChunkList craft.Name = "SCTPChunkParamChunkList"
	// SCTPChunkParamRequestedHMACFunctions are the digests that the sender can use.
	SCTPChunkParamRequestedHMACFunctions craft.Name = "SCTPChunkParamRequestedHMACFunctions"
	// SCTPChunkParamSupportedExtensions are the chunk types of extensions that the sender understands.
	SCTPChunkParamSupportedExtensions craft.Name = "SCTPChunkParamSupportedExtensions"
	// SCTPChunkParamFwdTSN says that the sender understands FORWARD TSN.
	SCTPChunkParamFwdTSN craft.Name = "SCTPChunkParamFwdTSN"
	// SCTPChunkParamAddIPAddr adds an address.
	SCTPChunkParamAddIPAddr craft.Name = "SCTPChunkParamAddIPAddr"
	// SCTPChunkParamDelIPAddr takes an address away.
	SCTPChunkParamDelIPAddr craft.Name = "SCTPChunkParamDelIPAddr"
	// SCTPChunkParamErrorIndication says that a change failed.
	SCTPChunkParamErrorIndication craft.Name = "SCTPChunkParamErrorIndication"
	// SCTPChunkParamSetPrimaryAddr says which address to send to.
	SCTPChunkParamSetPrimaryAddr craft.Name = "SCTPChunkParamSetPrimaryAddr"
	// SCTPChunkParamSuccessIndication says that a change was made.
	SCTPChunkParamSuccessIndication craft.Name = "SCTPChunkParamSuccessIndication"
	// SCTPChunkParamAdaptationLayer says what lies above SCTP.
	SCTPChunkParamAdaptationLayer craft.Name = "SCTPChunkParamAdaptationLayer"
	// SCTPChunkParam is a parameter of another type, with its bytes.
	SCTPChunkParam craft.Name = "SCTPChunkParam"
)

// sctpParamNames are the parameters by type.
var sctpParamNames = sync.OnceValue(func() map[uint64]craft.Name {
	return map[uint64]craft.Name{
		1: SCTPChunkParamHeartbeatInfo, 5: SCTPChunkParamIPv4Addr, 6: SCTPChunkParamIPv6Addr, 7: SCTPChunkParamStateCookie,
		8: SCTPChunkParamUnrecognizedParam, 9: SCTPChunkParamCookiePreservative, 11: SCTPChunkParamHostname,
		12: SCTPChunkParamSupportedAddrTypes, 0x8000: SCTPChunkParamECNCapable, 0x8002: SCTPChunkParamRandom,
		0x8003: SCTPChunkParamChunkList, 0x8004: SCTPChunkParamRequestedHMACFunctions, 0x8008: SCTPChunkParamSupportedExtensions,
		0xc000: SCTPChunkParamFwdTSN, 0xc001: SCTPChunkParamAddIPAddr, 0xc002: SCTPChunkParamDelIPAddr,
		0xc003: SCTPChunkParamErrorIndication, 0xc004: SCTPChunkParamSetPrimaryAddr, 0xc005: SCTPChunkParamSuccessIndication,
		0xc006: SCTPChunkParamAdaptationLayer,
	}
})

var sctpParamTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "heartbeat-info", 5: "IPv4", 6: "IPv6", 7: "state-cookie", 8: "unrecognized-param", 9: "cookie-preservative",
		11: "hostname", 12: "addrtypes", 0x8000: "ecn-capable", 0x8002: "random", 0x8003: "chunk-list", 0x8004: "requested-HMAC-functions",
		0x8008: "supported-extensions", 0xc000: "fwd-tsn-supported", 0xc001: "add-IP", 0xc002: "del-IP", 0xc003: "error-indication",
		0xc004: "set-primary-addr", 0xc005: "success-indication", 0xc006: "adaptation-layer",
	}
})

// sctpParams is the list of parameters in a chunk.
func sctpParams() *craft.Part {
	return craft.PacketList(pickSCTPParam)
}

// pickSCTPParam names the parameter that bytes begin with. One whose length is not that of its fields is any parameter.
func pickSCTPParam(l *craft.Layer, b []byte) craft.Name {
	if len(b) < 4 {
		return craft.Raw
	}
	name, n := sctpParamNames()[uint64(b[0])<<8|uint64(b[1])], int(binary.BigEndian.Uint16(b[2:]))
	switch name {
	case "":
		return SCTPChunkParam
	case SCTPChunkParamAddIPAddr, SCTPChunkParamDelIPAddr, SCTPChunkParamSetPrimaryAddr:
		if len(b) > 9 && b[8] == 0 && b[9] == 6 {
			n -= 12 // an address of IPv6 has so many bytes more
		}
	}
	if proto := l.Lookup(name); proto == nil || !fitsIn(proto, n) {
		return SCTPChunkParam
	}
	return name
}

// sctpParam is a parameter: its type, its length without padding, and its content.
func sctpParam(name craft.Name, typ uint64, doc string, content ...craft.Field) craft.Spec {
	fields := []craft.Field{
		{Name: "type", Kind: craft.Enum, Bits: 16, Default: typ, Names: sctpParamTypes(), Doc: "parameter type"},
		{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.HeaderLength)},
	}
	return craft.Spec{
		Name: name, Families: []craft.Name{SCTPChunkParam}, Doc: doc,
		Fields: append(fields, content...),
		Pad:    &craft.Pad{To: 4},
	}
}

// sctpBytes is content that goes as far as the length says.
func sctpBytes(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Bytes, Doc: doc}
}

// sctpList is a list of numbers of so many bytes.
func sctpList(name string, width int, def []byte, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Values, Initial: def, Item: craft.Item{Bytes: width}, Doc: doc}
}

var sctpCorrelation = craft.Field{Name: "correlation_id", Kind: craft.Number, Bits: 32, Hex: true, Doc: "number of the change"}

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		sctpParam(SCTPChunkParamHeartbeatInfo, 1, "what a heartbeat's answer returns, RFC 9260", sctpBytes("data", "the sender's own notes")),
		sctpParam(SCTPChunkParamIPv4Addr, 5, "an IPv4 address of the sender, RFC 9260",
			craft.Field{Name: "addr", Kind: craft.IPv4, Bits: 32, Default: 0x7f000001, Doc: "the address"}),
		sctpParam(SCTPChunkParamIPv6Addr, 6, "an IPv6 address of the sender, RFC 9260",
			craft.Field{Name: "addr", Kind: craft.IPv6Address, Bits: 128, Initial: loopback6, Doc: "the address"}),
		sctpParam(SCTPChunkParamStateCookie, 7, "the cookie to return, RFC 9260", sctpBytes("cookie", "the cookie")),
		sctpParam(SCTPChunkParamUnrecognizedParam, 8, "a parameter that was not understood, RFC 9260", sctpBytes("param", "the parameter with its type and length")),
		sctpParam(SCTPChunkParamCookiePreservative, 9, "a wish for a cookie that lives longer, RFC 9260",
			craft.Field{Name: "sug_cookie_inc", Kind: craft.Number, Bits: 32, Hex: true, Doc: "how much longer, in milliseconds"}),
		sctpParam(SCTPChunkParamHostname, 11, "the sender's name, RFC 4960", sctpBytes("hostname", "the name")),
		sctpParam(SCTPChunkParamSupportedAddrTypes, 12, "address types that the sender can use, RFC 9260",
			sctpList("addr_type_list", 2, []byte{0, 5}, "5 is IPv4, 6 is IPv6")),
		sctpParam(SCTPChunkParamECNCapable, 0x8000, "the sender reads ECN, RFC 9260"),
		sctpParam(SCTPChunkParamRandom, 0x8002, "a random number to make keys of, RFC 4895",
			craft.Field{Name: "random", Kind: craft.Bytes, Initial: make([]byte, 32), Doc: "the number; scapy takes another one each time"}),
		sctpParam(SCTPChunkParamChunkList, 0x8003, "chunk types that must be signed, RFC 4895", sctpList("chunk_list", 1, nil, "chunk types")),
		sctpParam(SCTPChunkParamRequestedHMACFunctions, 0x8004, "digests that the sender can use, RFC 4895",
			sctpList("HMAC_functions_list", 2, []byte{0, 1}, "1 is SHA-1, 3 is SHA-256")),
		sctpParam(SCTPChunkParamSupportedExtensions, 0x8008, "extensions that the sender understands, RFC 5061",
			sctpList("supported_extensions", 1, []byte{15, 193, 128}, "chunk types")),
		sctpParam(SCTPChunkParamFwdTSN, 0xc000, "the sender understands FORWARD TSN, RFC 3758"),
		sctpAddress(SCTPChunkParamAddIPAddr, 0xc001, "an address to add, RFC 5061"),
		sctpAddress(SCTPChunkParamDelIPAddr, 0xc002, "an address to take away, RFC 5061"),
		sctpParam(SCTPChunkParamErrorIndication, 0xc003, "a change that failed, RFC 5061", sctpCorrelation,
			craft.Field{Name: "error_causes", Kind: craft.Bytes, Doc: "why"}),
		sctpAddress(SCTPChunkParamSetPrimaryAddr, 0xc004, "the address to send to, RFC 5061"),
		sctpParam(SCTPChunkParamSuccessIndication, 0xc005, "a change that was made, RFC 5061", sctpCorrelation),
		sctpParam(SCTPChunkParamAdaptationLayer, 0xc006, "what lies above SCTP, RFC 5061",
			craft.Field{Name: "indication", Kind: craft.Number, Bits: 32, Hex: true, Doc: "the code point"}),
		becomes(sctpParam(SCTPChunkParam, 0, "a parameter of another type, RFC 9260", sctpBytes("data", "the parameter's value")), pickSCTPParam),
	}
})

// sctpAddress is a parameter with an address parameter inside it, of one of two types.
func sctpAddress(name craft.Name, typ uint64, doc string) craft.Spec {
	s := sctpParam(name, typ, doc, sctpCorrelation,
		craft.Field{Name: "addr_type", Kind: craft.Enum, Bits: 16, Default: 5, Names: sctpParamTypes(), Doc: "IPv4 or IPv6"},
		craft.Field{Name: "addr_len", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.LengthOf, Of: "addr", Plus: 4}},
		craft.Field{Name: "addr", Kind: craft.IPv4, Bits: 32, Default: 0x7f000001, Initial: loopback6, Doc: "the address"})
	specs := craft.AllFields(s.Fields)
	v4 := craft.Layout(s.Fields, specs)
	specs[len(specs)-1] = craft.ShapeField{Name: "addr", Kind: craft.IPv6Address, Bits: 128}
	v6 := craft.Layout(s.Fields, specs)
	s.Shape, s.Keys = v4, []string{"addr_type"}
	s.Addresses = []craft.AddressFamily{{Field: "addr", By: "addr_type", Four: 5, Six: 6}}
	s.Choose = func(c craft.Choice) *craft.Shape {
		if c.Header[8] == 0 && c.Header[9] == 6 {
			return v6
		}
		return v4
	}
	return s
}
