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

var _ = func() []*Protocol {
	general := chapSpec(PPPCHAP, Field{Name: "data", Kind: Bytes, part: byLength("len", 4), Doc: "text for people"})
	general.binds = []bind{over(PPP, "proto", numberCHAP)}
	general.becomes = byCode(map[byte]Name{1: PPPCHAPChallengeResponse, 2: PPPCHAPChallengeResponse})
	general.replies = []Name{PPPCHAPChallengeResponse}
	general.summary = func(p *Packet, i int) string {
		text := "CHAP " + p.layers[i].Text("code")
		if data := p.layers[i].Bytes("data"); len(data) > 0 {
			text += " message=" + values.Quote(data)
		}
		return text
	}
	return []*Protocol{define(general), define(chapExchange())}
}()

// chapSpec is the table of a message of CHAP.
func chapSpec(name Name, data ...Field) spec {
	s := controlSpec(name, "PPP Challenge Handshake Authentication Protocol",
		"PPP's Challenge Handshake Authentication Protocol, RFC 1994", chapCodes, 1, data...)
	s.binds = []bind{stackOver(PPP, "proto", numberCHAP)}
	s.answers = answersByID(chapReplies)
	return s
}

func chapExchange() spec {
	s := chapSpec(PPPCHAPChallengeResponse,
		Field{Name: "value_size", Kind: Number, Bits: 8, auto: derived, Doc: "length of value in bytes"},
		Field{Name: "value", Kind: Bytes, deflt: make([]byte, 8), part: byLength("value_size", 0), Doc: "random number, or what was made of it and the secret"},
		Field{Name: "optional_name", Kind: Bytes, part: &part{length: func(l *Layer, _ []byte) (int, error) {
			return int(l.Uint("len")) - 5 - int(l.Uint("value_size")), nil
		}}, Doc: "who sends this"})
	s.summary = func(p *Packet, i int) string {
		l, word := p.layers[i], "challenge"
		if l.Uint("code") == 2 {
			word = "response"
		}
		return fmt.Sprintf("CHAP %s=0x%x optional_name=%s", word, l.Bytes("value"), l.Text("optional_name"))
	}
	return measured(s, controlLength, measure{length: "value_size", part: "value"})
}
