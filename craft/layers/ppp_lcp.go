package layers

import (
	"bytes"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// The Link Control Protocol of PPP, RFC 1661, sections 5 and 6. PPPLCP is the general message; bytes that are read are one of
// the special ones where their code is known.
const (
	// PPPLCP is any message of the Link Control Protocol.
	PPPLCP craft.Name = "PPP_LCP"
	// PPPLCPConfigure asks for options, or accepts, corrects or rejects them.
	PPPLCPConfigure craft.Name = "PPP_LCP_Configure"
	// PPPLCPTerminate closes the link, or says that it is closed.
	PPPLCPTerminate craft.Name = "PPP_LCP_Terminate"
	// PPPLCPCodeReject returns a message with an unknown code.
	PPPLCPCodeReject craft.Name = "PPP_LCP_Code_Reject"
	// PPPLCPProtocolReject returns a packet of an unknown protocol.
	PPPLCPProtocolReject craft.Name = "PPP_LCP_Protocol_Reject"
	// PPPLCPEcho asks whether the peer is there, or answers.
	PPPLCPEcho craft.Name = "PPP_LCP_Echo"
	// PPPLCPDiscardRequest is thrown away by the peer.
	PPPLCPDiscardRequest craft.Name = "PPP_LCP_Discard_Request"
)

// numberLCP is the protocol number of the Link Control Protocol.
const numberLCP = 0xc021

var lcpCodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		1: "Configure-Request", 2: "Configure-Ack", 3: "Configure-Nak", 4: "Configure-Reject", 5: "Terminate-Request",
		6: "Terminate-Ack", 7: "Code-Reject", 8: "Protocol-Reject", 9: "Echo-Request", 10: "Echo-Reply", 11: "Discard-Request",
	}
})

var _ = defineAll(func() []craft.Spec {
	general := lcpSpec(PPPLCP, 5, craft.Field{Name: "data", Kind: craft.Bytes, Doc: "data"})
	general.Binds = []craft.Binding{craft.Over(PPP, "proto", numberLCP)}
	general.Dispatch = byCode(map[byte]craft.Name{
		1: PPPLCPConfigure, 2: PPPLCPConfigure, 3: PPPLCPConfigure, 4: PPPLCPConfigure, 5: PPPLCPTerminate, 6: PPPLCPTerminate,
		7: PPPLCPCodeReject, 8: PPPLCPProtocolReject, 9: PPPLCPEcho, 10: PPPLCPEcho, 11: PPPLCPDiscardRequest,
	})
	magic := craft.Field{Name: "magic_number", Kind: craft.Number, Bits: 32, Doc: "the sender's magic number"}
	data := craft.Field{Name: "data", Kind: craft.Bytes, Doc: "data"}
	configure := lcpSpec(PPPLCPConfigure, 1, optionsOf(PPPLCPOption))
	configure.Answers = answersByID(map[uint64][]uint64{1: {2, 3, 4}})
	terminate := lcpSpec(PPPLCPTerminate, 5, craft.Field{Name: "data", Kind: craft.Bytes, Doc: "why"})
	terminate.Answers = answersByID(map[uint64][]uint64{5: {6}})
	echo := lcpSpec(PPPLCPEcho, 9, magic, data)
	echo.Answers = answersByID(map[uint64][]uint64{9: {10}})
	return []craft.Spec{
		general, configure, terminate, echo,
		lcpSpec(PPPLCPCodeReject, 7, rejected("rejected_packet", "the message that was not understood", PPPLCP)),
		lcpSpec(PPPLCPProtocolReject, 8,
			craft.Field{Name: "rejected_protocol", Kind: craft.Enum, Bits: 16, Names: iana.PPPProtocols(), Doc: "the number that was not understood"},
			rejected("rejected_information", "the packet without its number", craft.Raw)),
		lcpSpec(PPPLCPDiscardRequest, 11, magic, data),
	}
})

// lcpSpec is the table of a message of the Link Control Protocol.
func lcpSpec(name craft.Name, code uint64, data ...craft.Field) craft.Spec {
	s := controlSpec(name, "PPP Link Control Protocol", "PPP's Link Control Protocol, RFC 1661", lcpCodes(), code, data...)
	s.Families = []craft.Name{PPPLCP}
	s.Binds = []craft.Binding{craft.StackOver(PPP, "proto", numberLCP)}
	s.Summary = func(p *craft.Packet, i int) string { return "LCP " + p.Layers()[i].Text("code") }
	return s
}

// rejected is a field with one packet, or its bytes.
func rejected(name, doc string, what craft.Name) craft.Field {
	p := craft.LayersOf(what)
	p.Encode = func(_ *craft.Layer, v any) ([]byte, error) {
		switch v := v.(type) {
		case string:
			return []byte(v), nil
		case []byte:
			return bytes.Clone(v), nil
		}
		return craft.AppendPackets(nil, v)
	}
	return craft.Field{Name: name, Kind: craft.Packets, Doc: doc, Part: p}
}
