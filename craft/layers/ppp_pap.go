package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// The Password Authentication Protocol of PPP, RFC 1334.
const (
	// PPPPAP is any message of PAP.
	PPPPAP craft.Name = "PPP_PAP"
	// PPPPAPRequest is a name with a password.
	PPPPAPRequest craft.Name = "PPP_PAP_Request"
	// PPPPAPResponse is the answer to it.
	PPPPAPResponse craft.Name = "PPP_PAP_Response"
)

var papCodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{1: "Authenticate-Request", 2: "Authenticate-Ack", 3: "Authenticate-Nak"}
})

var _ = defineAll(func() []craft.Spec {
	general := papSpec(PPPPAP, 1, craft.Field{Name: "data", Kind: craft.Bytes, Doc: "data"})
	general.Binds = []craft.Binding{craft.Over(PPP, "proto", 0xc023)}
	general.Dispatch = byCode(map[byte]craft.Name{1: PPPPAPRequest, 2: PPPPAPResponse, 3: PPPPAPResponse})
	general.Summary = func(p *craft.Packet, i int) string { return "PAP-" + papVerb(p.Layers()[i]) }
	return []craft.Spec{general, papRequest(), papResponse()}
})

// papSpec is the table of a message of PAP.
func papSpec(name craft.Name, code uint64, data ...craft.Field) craft.Spec {
	s := controlSpec(name, "PPP Password Authentication Protocol", "PPP's Password Authentication Protocol, RFC 1334", papCodes(), code, data...)
	s.Families = []craft.Name{PPPPAP}
	s.Binds = []craft.Binding{craft.StackOver(PPP, "proto", 0xc023)}
	return s
}

// papVerb is the last word of a message's name.
func papVerb(l *craft.Layer) string {
	code := l.Text("code")
	if len(code) > len("Authenticate-") {
		return code[len("Authenticate-"):]
	}
	return code
}

func papRequest() craft.Spec {
	s := papSpec(PPPPAPRequest, 1,
		craft.Field{Name: "username_len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("username")},
		craft.Field{Name: "username", Kind: craft.Bytes, Doc: "who wants to be let in"},
		craft.Field{Name: "passwd_len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("password")},
		craft.Field{Name: "password", Kind: craft.Bytes, Doc: "password"})
	s.Summary = func(p *craft.Packet, i int) string {
		l := p.Layers()[i]
		return "PAP-Request username=" + l.Text("username") + " password=" + l.Text("password")
	}
	return s
}

func papResponse() craft.Spec {
	s := papSpec(PPPPAPResponse, 2,
		craft.Field{Name: "msg_len", Kind: craft.Number, Bits: 8, Computed: craft.Measures("message")},
		craft.Field{Name: "message", Kind: craft.Bytes, Doc: "text for people"})
	s.Summary = func(p *craft.Packet, i int) string {
		text := "PAP-" + papVerb(p.Layers()[i])
		if msg := p.Layers()[i].Bytes("message"); len(msg) > 0 {
			text += " msg=" + values.Quote(msg)
		}
		return text
	}
	s.Replies = []craft.Name{PPPPAPRequest}
	s.Answers = answersByID(map[uint64][]uint64{1: {2, 3}})
	return s
}
