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

var _ = func() []*Protocol {
	general := papSpec(PPPPAP, 1, Field{Name: "data", Kind: Bytes, part: byLength("len", 4), Doc: "data"})
	general.binds = []bind{over(PPP, "proto", 0xc023)}
	general.becomes = byCode(map[byte]Name{1: PPPPAPRequest, 2: PPPPAPResponse, 3: PPPPAPResponse})
	general.summary = func(p *Packet, i int) string { return "PAP-" + papVerb(p.layers[i]) }
	return []*Protocol{define(general), define(papRequest()), define(papResponse())}
}()

// papSpec is the table of a message of PAP.
func papSpec(name Name, code uint64, data ...Field) spec {
	s := controlSpec(name, "PPP Password Authentication Protocol", "PPP's Password Authentication Protocol, RFC 1334", papCodes, code, data...)
	s.binds = []bind{stackOver(PPP, "proto", 0xc023)}
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

func papRequest() spec {
	s := papSpec(PPPPAPRequest, 1,
		Field{Name: "username_len", Kind: Number, Bits: 8, auto: derived, Doc: "length of username in bytes"},
		Field{Name: "username", Kind: Bytes, part: byLength("username_len", 0), Doc: "who wants to be let in"},
		Field{Name: "passwd_len", Kind: Number, Bits: 8, auto: derived, Doc: "length of password in bytes"},
		Field{Name: "password", Kind: Bytes, part: byLength("passwd_len", 0), Doc: "password"})
	s.summary = func(p *Packet, i int) string {
		l := p.layers[i]
		return "PAP-Request username=" + l.Text("username") + " password=" + l.Text("password")
	}
	return measured(s, controlLength, measure{length: "username_len", part: "username"}, measure{length: "passwd_len", part: "password"})
}

func papResponse() spec {
	s := papSpec(PPPPAPResponse, 2,
		Field{Name: "msg_len", Kind: Number, Bits: 8, auto: derived, Doc: "length of message in bytes"},
		Field{Name: "message", Kind: Bytes, part: byLength("msg_len", 0), Doc: "text for people"})
	s.summary = func(p *Packet, i int) string {
		text := "PAP-" + papVerb(p.layers[i])
		if msg := p.layers[i].Bytes("message"); len(msg) > 0 {
			text += " msg=" + values.Quote(msg)
		}
		return text
	}
	s.replies = []Name{PPPPAPRequest}
	s.answers = answersByID(map[uint64][]uint64{1: {2, 3}})
	return measured(s, controlLength, measure{length: "msg_len", part: "message"})
}
