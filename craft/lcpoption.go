package craft

import "encoding/binary"

// The options of the Link Control Protocol, RFC 1661, section 6. PPPLCPOption is the general one; bytes that are read are one
// of the special ones where their type is known and their length fits.
const (
	// PPPLCPOption is any option.
	PPPLCPOption Name = "PPP_LCP_Option"
	// PPPLCPMRUOption is the maximum receive unit.
	PPPLCPMRUOption Name = "PPP_LCP_MRU_Option"
	// PPPLCPACCMOption is the map of control characters to be escaped, RFC 1662.
	PPPLCPACCMOption Name = "PPP_LCP_ACCM_Option"
	// PPPLCPAuthProtocolOption is the protocol to authenticate with.
	PPPLCPAuthProtocolOption Name = "PPP_LCP_Auth_Protocol_Option"
	// PPPLCPQualityProtocolOption is the protocol to watch the link with.
	PPPLCPQualityProtocolOption Name = "PPP_LCP_Quality_Protocol_Option"
	// PPPLCPMagicNumberOption is a number to detect loops with.
	PPPLCPMagicNumberOption Name = "PPP_LCP_Magic_Number_Option"
	// PPPLCPCallbackOption asks to be called back, RFC 1570.
	PPPLCPCallbackOption Name = "PPP_LCP_Callback_Option"
)

var lcpOptions = map[uint64]string{
	1: "Maximum-Receive-Unit", 2: "Async-Control-Character-Map", 3: "Authentication-protocol", 4: "Quality-protocol",
	5: "Magic-number", 7: "Protocol-Field-Compression", 8: "Address-and-Control-Field-Compression", 13: "Callback",
}

// numberCHAP is the protocol number of CHAP, which an option names together with an algorithm.
const numberCHAP = 0xc223

var _ = DefineAll(func() []Spec {
	general := lcpOptionSpec(PPPLCPOption, 0, Field{Name: "data", Kind: Bytes, Part: ByLength("len", 2), Doc: "value"})
	general.Dispatch = bySize(map[byte]Name{
		1: PPPLCPMRUOption, 2: PPPLCPACCMOption, 3: PPPLCPAuthProtocolOption, 4: PPPLCPQualityProtocolOption,
		5: PPPLCPMagicNumberOption, 13: PPPLCPCallbackOption,
	}, map[byte]byte{1: 4, 2: 6, 5: 6})
	return []Spec{
		general,
		lcpOptionSpec(PPPLCPMRUOption, 1, Field{Name: "max_recv_unit", Kind: Number, Bits: 16, Default: 1500, Doc: "longest packet in bytes"}),
		lcpOptionSpec(PPPLCPACCMOption, 2, Field{Name: "accm", Kind: Number, Bits: 32, Hex: true, Doc: "a bit for each control character"}),
		authOption(),
		lcpOptionSpec(PPPLCPQualityProtocolOption, 4,
			Field{Name: "quality_protocol", Kind: Enum, Bits: 16, Default: 0xc025, Hex: true, Names: map[uint64]string{0xc025: "Link Quality Report"}, Doc: "protocol"},
			Field{Name: "data", Kind: Bytes, Part: ByLength("len", 4), Doc: "what it is to do"}),
		lcpOptionSpec(PPPLCPMagicNumberOption, 5, Field{Name: "magic_number", Kind: Number, Bits: 32, Doc: "random number"}),
		lcpOptionSpec(PPPLCPCallbackOption, 13,
			Field{Name: "operation", Kind: Enum, Bits: 8, Names: map[uint64]string{0: "Location determined by user authentication",
				1: "Dialing string", 2: "Location identifier", 3: "E.164 number", 4: "Distinguished name"}, Doc: "what message is"},
			Field{Name: "message", Kind: Bytes, Part: ByLength("len", 3), Doc: "where to call"}),
	}
})

// lcpOptionSpec is the table of an option.
func lcpOptionSpec(name Name, kind uint64, data ...Field) Spec {
	return controlOption(name, "PPP LCP Option", "option of PPP's Link Control Protocol, RFC 1661", lcpOptions, kind, data...)
}

// authOption names CHAP's algorithm in place of data.
func authOption() Spec {
	s := lcpOptionSpec(PPPLCPAuthProtocolOption, 3,
		Field{Name: "auth_protocol", Kind: Enum, Bits: 16, Default: 0xc023, Hex: true, Names: map[uint64]string{
			0xc023: "Password authentication protocol", numberCHAP: "Challenge-response authentication protocol",
			0xc227: "PPP Extensible authentication protocol"}, Doc: "protocol"},
		Field{Name: "data", Kind: Bytes, Part: ByLength("len", 4), Doc: "what it is to do"},
		Field{Name: "algorithm", Kind: Enum, Bits: 8, Default: 5, Names: map[uint64]string{5: "MD5", 6: "SHA1", 0x80: "MS-CHAP", 0x81: "MS-CHAP-v2"},
			Doc: "algorithm of CHAP"})
	s.Keys = []string{"auth_protocol"}
	shapes := map[bool]*Shape{}
	for chap, last := range map[bool]string{false: "data", true: "algorithm"} {
		shapes[chap] = Layout(s.Fields, append(AllFields(s.Fields[:3]), ShapeField{Name: last}))
	}
	s.Shape = shapes[false]
	s.Choose = func(c Choice) *Shape { return shapes[binary.BigEndian.Uint16(c.Header[2:]) == numberCHAP] }
	return s
}
