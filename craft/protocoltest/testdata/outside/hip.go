// Package outside declares the Host Identity Protocol for moonwire without being a part of it: a program that imports the package
// builds, reads, lists and matches HIP as any protocol of craft/layers.
package outside

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

const (
	// HIP is the Host Identity Protocol, version 2, RFC 7401.
	HIP craft.Name = "HIP"
	// HIPv1 is its first version, RFC 5201, under the same protocol number.
	HIPv1 craft.Name = "HIPv1"
	// HIPUDP is the zero that tells HIP in UDP from ESP in UDP, RFC 9028.
	HIPUDP craft.Name = "HIPUDP"
	// HIPParam is a parameter of another type, with its bytes.
	HIPParam craft.Name = "HIPParam"
	// HIPParamESPInfo tells the SPIs to use, RFC 7402.
	HIPParamESPInfo craft.Name = "HIPParamESPInfo"
	// HIPParamPuzzle is what the responder wants to be solved.
	HIPParamPuzzle craft.Name = "HIPParamPuzzle"
	// HIPParamAck names the updates that have arrived.
	HIPParamAck craft.Name = "HIPParamAck"
	// HIPParamLocatorSet lists where a host can be reached, RFC 8046.
	HIPParamLocatorSet craft.Name = "HIPParamLocatorSet"
	// HIPLocator is one of these.
	HIPLocator craft.Name = "HIPLocator"
)

// protocol is HIP's number in IP, and in pseudo-headers.
const protocol = 139

var _ = craft.Install(func() []craft.Spec {
	return []craft.Spec{
		header(HIP, 2, "Host Identity Protocol, version 2, RFC 7401", craft.Over), header(HIPv1, 1, "Host Identity Protocol, version 1, RFC 5201", craft.StackOver),
		inUDP(),
		parameter(HIPParam, 0, "a parameter of HIP", craft.Field{Name: "contents", Kind: craft.Bytes, Doc: "what it says"}),
		parameter(HIPParamESPInfo, 65, "the SPIs to use, RFC 7402",
			craft.Field{Name: "reserved", Kind: craft.Number, Bits: 16, Doc: "reserved"},
			craft.Field{Name: "keymat_index", Kind: craft.Number, Bits: 16, Doc: "where the ESP keys begin in the keying material"},
			craft.Field{Name: "old_spi", Kind: craft.Number, Bits: 32, Hex: true, Doc: "SPI to replace; 0 for none"},
			craft.Field{Name: "new_spi", Kind: craft.Number, Bits: 32, Hex: true, Doc: "SPI to use"}),
		parameter(HIPParamPuzzle, 257, "what the responder wants to be solved, RFC 7401, section 5.2.4",
			craft.Field{Name: "k", Kind: craft.Number, Bits: 8, Doc: "bits that must match"},
			craft.Field{Name: "lifetime", Kind: craft.Number, Bits: 8, Default: 37, Doc: "2^(lifetime-32) seconds"},
			craft.Field{Name: "opaque", Kind: craft.Bytes, Bits: 16, Doc: "the responder's own note"},
			craft.Field{Name: "i", Kind: craft.Bytes, Doc: "the random number, as long as a hash"}),
		parameter(HIPParamAck, 449, "the updates that have arrived, RFC 7401, section 5.2.17",
			craft.Field{Name: "ids", Kind: craft.Values, Item: craft.Item{Bytes: 4}, Doc: "their numbers"}),
		parameter(HIPParamLocatorSet, 193, "where a host can be reached, RFC 8046, section 4",
			craft.Field{Name: "locators", Kind: craft.Packets, Of: HIPLocator, Doc: "list of HIPLocator"}),
		locator(),
	}
})

// types are the messages.
func types() map[uint64]string {
	return map[uint64]string{1: "I1", 2: "R1", 3: "I2", 4: "R2", 16: "UPDATE", 17: "NOTIFY", 18: "CLOSE", 19: "CLOSE_ACK"}
}

// header is a message of one of the versions.
func header(name craft.Name, version uint64, doc string, over func(craft.Name, string, uint64, ...craft.FieldValue) craft.Binding) craft.Spec {
	return craft.Spec{
		Name: name, Title: "Host Identity Protocol", Doc: doc,
		Fields: []craft.Field{
			{Name: "nh", Kind: craft.Enum, Bits: 8, Default: 59, Names: layers.IPProtocols(), Doc: "next header; 59 is none"},
			{Name: "len", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.HeaderLength, Unit: 8, Plus: -1}},
			{Name: "zero", Kind: craft.Number, Bits: 1, Doc: "0, for shim6"},
			{Name: "type", Kind: craft.Enum, Bits: 7, Default: 1, Names: types(), Doc: "message"},
			{Name: "version", Kind: craft.Number, Bits: 4, Default: version, Doc: "version"},
			{Name: "reserved", Kind: craft.Number, Bits: 3, Doc: "reserved"},
			{Name: "one", Kind: craft.Number, Bits: 1, Default: 1, Doc: "1, for shim6"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.SegmentSum, Number: protocol}, Hex: true},
			{Name: "controls", Kind: craft.Flags, Bits: 16, Flags: []string{"A"}, Doc: "A: the sender's identity is not published"},
			{Name: "shit", Kind: craft.IPv6Address, Bits: 128, Doc: "sender's host identity tag"},
			{Name: "rhit", Kind: craft.IPv6Address, Bits: 128, Doc: "receiver's host identity tag; 0 when it is not known"},
			{Name: "params", Kind: craft.Packets, Part: parameters(), Doc: "list of HIPParam and its kind"},
		},
		Binds: []craft.Binding{over(layers.IP, "proto", protocol), over(layers.IPv6, "nh", protocol)},
		Next:  []string{"nh"}, Like: layers.IPv6,
		Identity: []string{"type"},
		Brief:    string(name) + " %" + string(name) + ".type%",
		Hooks:    craft.Hooks{Dispatch: byVersion, Answers: answers},
	}
}

// byVersion names the version that a message really has; "" leaves it to the one that was announced.
func byVersion(data []byte) craft.Name {
	if len(data) < 4 {
		return ""
	}
	return map[byte]craft.Name{1: HIPv1, 2: HIP}[data[3]>>4]
}

// answers is the base exchange, RFC 7401, section 4.1, and the updates after it. Whoever does not know the receiver's tag asks
// for 0, and gets it.
func answers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	want, asks := map[uint64]uint64{1: 2, 3: 4, 16: 16, 18: 19}[q.Uint("type")]
	switch {
	case !asks || r.Uint("type") != want:
		return false, r.Text("type") + " is no answer to " + q.Text("type")
	case r.Addr("rhit") != q.Addr("shit"), q.Addr("rhit") != r.Addr("shit") && !q.Addr("rhit").IsUnspecified():
		return false, "the host identity tags are others"
	}
	return true, r.Text("type") + " answers " + q.Text("type") + ", and the host identity tags fit"
}

// inUDP stands between UDP and HIP. ESP, which shares the port, begins with an SPI, which is not 0.
func inUDP() craft.Spec {
	return craft.Spec{
		Name: HIPUDP, Title: "HIP in UDP", Doc: "the zero in front of HIP in UDP, RFC 9028, section 5.1",
		Fields:  []craft.Field{{Name: "marker", Kind: craft.Number, Bits: 32, Hex: true, Doc: "0, which is no SPI"}},
		Binds:   []craft.Binding{craft.Over(layers.UDP, "dport", 10500), craft.ReadOver(layers.UDP, "sport", 10500)},
		Carries: map[uint64]craft.Name{0: HIP},
		Hooks: craft.Hooks{
			Accepts: func(payload []byte) bool { return len(payload) >= 4 && string(payload[:4]) == "\x00\x00\x00\x00" },
			Answers: func(m craft.Match, i, j int) (bool, string) { return m.Next(i, j) }, // HIP decides, not UDP by its ports
		},
	}
}

// parameters is the list of parameters. Each is filled up to 8 bytes, the last one too, and the header's length counts that.
func parameters() *craft.Part {
	kinds := map[uint64]craft.Name{65: HIPParamESPInfo, 193: HIPParamLocatorSet, 257: HIPParamPuzzle, 449: HIPParamAck}
	list := craft.PacketList(func(_ *craft.Layer, b []byte) craft.Name {
		if len(b) < 4 {
			return ""
		}
		if name, known := kinds[uint64(b[0])<<8|uint64(b[1])]; known {
			return name
		}
		return HIPParam
	})
	list.Encode = func(_ *craft.Layer, v any) ([]byte, error) { return craft.AppendPackets(nil, v) }
	return list
}

// parameter is a type, a length without the padding, and the contents.
func parameter(name craft.Name, number uint64, doc string, contents ...craft.Field) craft.Spec {
	names := map[uint64]string{65: "ESP_INFO", 193: "LOCATOR_SET", 257: "PUZZLE", 449: "ACK", 513: "DIFFIE_HELLMAN", 579: "HIP_CIPHER", 705: "HOST_ID", 61505: "HIP_MAC"}
	head := []craft.Field{
		{Name: "type", Kind: craft.Enum, Bits: 16, Default: number, Names: names, Doc: "type; odd ones must be understood"},
		{Name: "length", Kind: craft.Number, Bits: 16, Computed: &craft.Computation{What: craft.HeaderLength, Plus: -4}},
	}
	return craft.Spec{Name: name, Doc: doc, Fields: append(head, contents...), Pad: &craft.Pad{To: 8}}
}

// locator is an address, of a kind that has an SPI or of one that has none.
func locator() craft.Spec {
	return craft.Spec{
		Name: HIPLocator, Doc: "where a host can be reached, RFC 8046, section 4.1",
		Fields: []craft.Field{
			{Name: "traffic", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "both", 1: "signalling", 2: "data"}, Doc: "what it is for"},
			{Name: "type", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "address", 1: "SPI"}, Doc: "kind of locator"},
			{Name: "length", Kind: craft.Number, Bits: 8, Computed: &craft.Computation{What: craft.HeaderLength, Unit: 4, Plus: -2}},
			{Name: "reserved", Kind: craft.Number, Bits: 7, Doc: "reserved"},
			{Name: "preferred", Kind: craft.Number, Bits: 1, Doc: "it is the one to use"},
			{Name: "lifetime", Kind: craft.Number, Bits: 32, Default: 120, Doc: "seconds"},
			{Name: "spi", Kind: craft.Number, Bits: 32, Hex: true, When: craft.GivenAny("type", 1), Doc: "SPI that is reached there"},
			{Name: "address", Kind: craft.IPv6Address, Bits: 128, Doc: "IPv6 address, or an IPv4 one in it"},
		},
	}
}
