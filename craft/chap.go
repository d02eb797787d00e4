package craft

import (
	"fmt"

	"github.com/moonwire/moonwire/craft/values"
)

// The Challenge Handshake Authentication Protocol of PPP, RFC 1994.
const (
	// PPPCHAP is any message of CHAP: success and failure are such.
	PPPCHAP Name = "PPP_CHAP"
	// PPPCHAPChallengeResponse is a challenge or the response to it.
	PPPCHAPChallengeResponse Name = "PPP_CHAP_ChallengeResponse"
)

var chapCodes = map[uint64]string{1: "Challenge", 2: "Response", 3: "Success", 4: "Failure"}

// chapReplies pairs the messages: a response answers a challenge, and the verdict answers the response.
var chapReplies = map[uint64][]uint64{1: {2}, 2: {3, 4}}

var _ = DefineAll(func() []Spec {
	general := chapSpec(PPPCHAP, Field{Name: "data", Kind: Bytes, Part: ByLength("len", 4), Doc: "text for people"})
	general.Binds = []Binding{Over(PPP, "proto", numberCHAP)}
	general.Dispatch = byCode(map[byte]Name{1: PPPCHAPChallengeResponse, 2: PPPCHAPChallengeResponse})
	general.Replies = []Name{PPPCHAPChallengeResponse}
	general.Summary = func(p *Packet, i int) string {
		text := "CHAP " + p.Layers()[i].Text("code")
		if data := p.Layers()[i].Bytes("data"); len(data) > 0 {
			text += " message=" + values.Quote(data)
		}
		return text
	}
	return []Spec{general, chapExchange()}
})

// chapSpec is the table of a message of CHAP.
func chapSpec(name Name, data ...Field) Spec {
	s := controlSpec(name, "PPP Challenge Handshake Authentication Protocol",
		"PPP's Challenge Handshake Authentication Protocol, RFC 1994", chapCodes, 1, data...)
	s.Binds = []Binding{StackOver(PPP, "proto", numberCHAP)}
	s.Answers = answersByID(chapReplies)
	return s
}

func chapExchange() Spec {
	s := chapSpec(PPPCHAPChallengeResponse,
		Field{Name: "value_size", Kind: Number, Bits: 8, Auto: AutoDerived, Doc: "length of value in bytes"},
		Field{Name: "value", Kind: Bytes, Initial: make([]byte, 8), Part: ByLength("value_size", 0), Doc: "random number, or what was made of it and the secret"},
		Field{Name: "optional_name", Kind: Bytes, Part: &Part{Length: func(l *Layer, _ []byte) (int, error) {
			return int(l.Uint("len")) - 5 - int(l.Uint("value_size")), nil
		}}, Doc: "who sends this"})
	s.Summary = func(p *Packet, i int) string {
		l, word := p.Layers()[i], "challenge"
		if l.Uint("code") == 2 {
			word = "response"
		}
		return fmt.Sprintf("CHAP %s=0x%x optional_name=%s", word, l.Bytes("value"), l.Text("optional_name"))
	}
	return WithLengths(s, controlLength, LengthField{Field: "value_size", Part: "value"})
}
