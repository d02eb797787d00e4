package craft

import "github.com/moonwire/moonwire/craft/values"

// The Password Authentication Protocol of PPP, RFC 1334.
const (
	// PPPPAP is any message of PAP.
	PPPPAP Name = "PPP_PAP"
	// PPPPAPRequest is a name with a password.
	PPPPAPRequest Name = "PPP_PAP_Request"
	// PPPPAPResponse is the answer to it.
	PPPPAPResponse Name = "PPP_PAP_Response"
)

var papCodes = map[uint64]string{1: "Authenticate-Request", 2: "Authenticate-Ack", 3: "Authenticate-Nak"}

var _ = DefineAll(func() []Spec {
	general := papSpec(PPPPAP, 1, Field{Name: "data", Kind: Bytes, Part: ByLength("len", 4), Doc: "data"})
	general.Binds = []Binding{Over(PPP, "proto", 0xc023)}
	general.Dispatch = byCode(map[byte]Name{1: PPPPAPRequest, 2: PPPPAPResponse, 3: PPPPAPResponse})
	general.Summary = func(p *Packet, i int) string { return "PAP-" + papVerb(p.Layers()[i]) }
	return []Spec{general, papRequest(), papResponse()}
})

// papSpec is the table of a message of PAP.
func papSpec(name Name, code uint64, data ...Field) Spec {
	s := controlSpec(name, "PPP Password Authentication Protocol", "PPP's Password Authentication Protocol, RFC 1334", papCodes, code, data...)
	s.Binds = []Binding{StackOver(PPP, "proto", 0xc023)}
	return s
}

// papVerb is the last word of a message's name.
func papVerb(l *Layer) string {
	code := l.Text("code")
	if len(code) > len("Authenticate-") {
		return code[len("Authenticate-"):]
	}
	return code
}

func papRequest() Spec {
	s := papSpec(PPPPAPRequest, 1,
		Field{Name: "username_len", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "length of username in bytes"},
		Field{Name: "username", Kind: Bytes, Part: ByLength("username_len", 0), Doc: "who wants to be let in"},
		Field{Name: "passwd_len", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "length of password in bytes"},
		Field{Name: "password", Kind: Bytes, Part: ByLength("passwd_len", 0), Doc: "password"})
	s.Summary = func(p *Packet, i int) string {
		l := p.Layers()[i]
		return "PAP-Request username=" + l.Text("username") + " password=" + l.Text("password")
	}
	return WithLengths(s, controlLength, LengthField{Field: "username_len", Part: "username"}, LengthField{Field: "passwd_len", Part: "password"})
}

func papResponse() Spec {
	s := papSpec(PPPPAPResponse, 2,
		Field{Name: "msg_len", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "length of message in bytes"},
		Field{Name: "message", Kind: Bytes, Part: ByLength("msg_len", 0), Doc: "text for people"})
	s.Summary = func(p *Packet, i int) string {
		text := "PAP-" + papVerb(p.Layers()[i])
		if msg := p.Layers()[i].Bytes("message"); len(msg) > 0 {
			text += " msg=" + values.Quote(msg)
		}
		return text
	}
	s.Replies = []Name{PPPPAPRequest}
	s.Answers = answersByID(map[uint64][]uint64{1: {2, 3}})
	return WithLengths(s, controlLength, LengthField{Field: "msg_len", Part: "message"})
}
