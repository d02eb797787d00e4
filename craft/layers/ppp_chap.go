package layers

import (
	"fmt"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

// The Challenge Handshake Authentication Protocol of PPP, RFC 1994.
const (
	// PPPCHAP is any message of CHAP: success and failure are such.
	PPPCHAP craft.Name = "PPP_CHAP"
	// PPPCHAPChallengeResponse is a challenge or the response to it.
	PPPCHAPChallengeResponse craft.Name = "PPP_CHAP_ChallengeResponse"
)

var chapCodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{1: "Challenge", 2: "Response", 3: "Success", 4: "Failure"}
})

// chapReplies pairs the messages: a response answers a challenge, and the verdict answers the response.
var chapReplies = sync.OnceValue(func() map[uint64][]uint64 {
	return map[uint64][]uint64{1: {2}, 2: {3, 4}}
})

var _ = defineAll(func() []craft.Spec {
	general := chapSpec(PPPCHAP, craft.Field{Name: "data", Kind: craft.Bytes, Doc: "text for people"})
	general.Binds = []craft.Binding{craft.Over(PPP, "proto", numberCHAP)}
	general.Dispatch = byCode(map[byte]craft.Name{1: PPPCHAPChallengeResponse, 2: PPPCHAPChallengeResponse})
	general.Replies = []craft.Name{PPPCHAPChallengeResponse}
	general.Summary = func(p *craft.Packet, i int) string {
		text := "CHAP " + p.Layers()[i].Text("code")
		if data := p.Layers()[i].Bytes("data"); len(data) > 0 {
			text += " message=" + values.Quote(data)
		}
		return text
	}
	return []craft.Spec{general, chapExchange()}
})

// chapSpec is the table of a message of CHAP.
func chapSpec(name craft.Name, data ...craft.Field) craft.Spec {
	s := controlSpec(name, "PPP Challenge Handshake Authentication Protocol",
		"PPP's Challenge Handshake Authentication Protocol, RFC 1994", chapCodes(), 1, data...)
	s.Families = []craft.Name{PPPCHAP}
	s.Binds = []craft.Binding{craft.StackOver(PPP, "proto", numberCHAP)}
	s.Answers = answersByID(chapReplies())
	return s
}

func chapExchange() craft.Spec {
	s := chapSpec(PPPCHAPChallengeResponse,
		craft.Field{Name: "value_size", Kind: craft.Number, Bits: 8, Computed: craft.Measures("value")},
		craft.Field{Name: "value", Kind: craft.Bytes, Initial: make([]byte, 8), Doc: "random number, or what was made of it and the secret"},
		craft.Field{Name: "optional_name", Kind: craft.Bytes, Doc: "who sends this"})
	s.Summary = func(p *craft.Packet, i int) string {
		l, word := p.Layers()[i], "challenge"
		if l.Uint("code") == 2 {
			word = "response"
		}
		return fmt.Sprintf("CHAP %s=0x%x optional_name=%s", word, l.Bytes("value"), l.Text("optional_name"))
	}
	return s
}
