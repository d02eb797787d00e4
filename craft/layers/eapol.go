package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/values"
)

const (
	// EAPOL is EAP over LANs, IEEE 802.1X.
	EAPOL craft.Name = "EAPOL"
	// EAP is the Extensible Authentication Protocol, RFC 3748.
	EAP craft.Name = "EAP"
	// EAPMD5 is EAP with the challenge of CHAP, RFC 3748, section 5.4.
	EAPMD5 craft.Name = "EAP_MD5"
)

// portAccess is the group address of the port's other end, IEEE 802.1X.
const portAccess = 0x0180c2000003

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: EAPOL, Doc: "EAP over LANs, IEEE 802.1X",
		Fields: []craft.Field{
			{Name: "version", Kind: craft.Enum, Bits: 8, Default: 1, Names: map[uint64]string{1: "802.1X-2001", 2: "802.1X-2004", 3: "802.1X-2010"}, Doc: "version"},
			{Name: "type", Kind: craft.Enum, Bits: 8, Names: map[uint64]string{0: "EAP-Packet", 1: "EAPOL-Start", 2: "EAPOL-Logoff", 3: "EAPOL-Key",
				4: "EAPOL-Encapsulated-ASF-Alert", 5: "EAPOL-MKA", 6: "EAPOL-Announcement (Generic)", 7: "EAPOL-Announcement (Specific)",
				8: "EAPOL-Announcement-Req"}, Doc: "kind of frame"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.PayloadLength)},
		},
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x888e), craft.StackOver(Ether, "dst", portAccess),
			craft.Over(SNAP, "code", 0x888e), craft.Over(CookedLinux, "proto", 0x888e), craft.Over(GRE, "proto", 0x888e),
		},
		Next: []string{"type"},
		Hooks: craft.Hooks{
			Summary: func(p *craft.Packet, i int) string { return "EAPOL " + p.Layers()[i].Text("type") },
			Answers: func(m craft.Match, i, j int) (bool, string) {
				if m.Reply.Layers()[i].Uint("type") != 0 || m.Question.Layers()[j].Uint("type") != 0 {
					return false, "only EAP packets answer each other"
				}
				return m.Next(i, j)
			},
		},
	}
})

// Codes and types of EAP that decide a layout or an answer.
const (
	eapRequest, eapResponse, eapSuccess, eapFailure = 1, 2, 3, 4

	eapIdentity, eapNak, eapMD5 = 1, 3, 4
)

var eapFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "code", Kind: craft.Enum, Bits: 8, Default: eapFailure, Names: eapCodes(), Doc: "kind of message"},
		{Name: "id", Kind: craft.Number, Bits: 8, Doc: "identifier; a response repeats the request's"},
		{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Total)},
		{Name: "type", Kind: craft.Enum, Bits: 8, Names: eapTypes(), When: craft.Unless("code", eapSuccess, eapFailure), Doc: "method"},
		{Name: "desired_auth_types", Kind: craft.Values, Item: craft.Item{Kind: craft.Number}, When: eapIs(eapResponse, eapNak), Doc: "methods that are acceptable"},
		{Name: "identity", Kind: craft.Bytes, When: eapIs(eapResponse, eapIdentity), Doc: "who wants to be let in"},
		{Name: "message", Kind: craft.Bytes, When: eapIs(eapRequest, eapIdentity), Doc: "text for people"},
	}
})

// eapIs is the condition of a field that only messages of one code and type have.
func eapIs(code, kind uint64) []craft.Condition {
	return []craft.Condition{{Field: "code", Values: []uint64{code}}, {Field: "type", Values: []uint64{kind}}}
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: EAP, Doc: "Extensible Authentication Protocol, RFC 3748",
		Fields:  eapFields(),
		Binds:   []craft.Binding{craft.Over(EAPOL, "type", 0), craft.Over(PPP, "proto", 0xc227)},
		Replies: []craft.Name{EAPMD5},
		Hooks: craft.Hooks{
			Dispatch: func(data []byte) craft.Name {
				if len(data) > 4 && (data[0] == eapRequest || data[0] == eapResponse) && data[4] == eapMD5 {
					return EAPMD5
				}
				return ""
			},
			Summary: eapSummary,
			Answers: eapAnswers,
		},
	}
})

func eapSummary(p *craft.Packet, i int) string {
	l := p.Layers()[i]
	s := "EAP " + l.Text("code")
	if l.Has("type") {
		s += " " + l.Text("type")
	}
	if id := l.Bytes("identity"); len(id) > 0 {
		s += " " + values.Quote(id)
	}
	return s
}

// eapAnswers pairs a response with a request of its method, or with one whose method it refuses.
func eapAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	switch {
	case r.Uint("code") != eapResponse || q.Uint("code") != eapRequest:
		return false, "it is no response to a request"
	case r.Uint("id") != q.Uint("id"):
		return false, "it has another id"
	case r.Uint("type") != q.Uint("type") && r.Uint("type") != eapNak:
		return false, "it has another method"
	}
	return true, "it has the request's id"
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: EAPMD5, Families: []craft.Name{EAP}, Title: "EAP-MD5", Doc: "MD5 challenge of EAP, RFC 3748, section 5.4",
		Fields: []craft.Field{
			{Name: "code", Kind: craft.Enum, Bits: 8, Default: eapRequest, Names: eapCodes(), Doc: "kind of message"},
			{Name: "id", Kind: craft.Number, Bits: 8, Doc: "identifier; a response repeats the request's"},
			{Name: "len", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Total)},
			{Name: "type", Kind: craft.Enum, Bits: 8, Default: eapMD5, Names: eapTypes(), Doc: "method"},
			{Name: "value_size", Kind: craft.Number, Bits: 8, Computed: craft.Measures("value")},
			{Name: "value", Kind: craft.Bytes, Doc: "challenge or response"},
			{Name: "optional_name", Kind: craft.Bytes, Doc: "who sends this"},
		},
		Binds:   []craft.Binding{craft.StackOver(EAPOL, "type", 0), craft.StackOver(PPP, "proto", 0xc227)},
		Replies: []craft.Name{EAP},
		Hooks: craft.Hooks{
			Summary: eapSummary,
			Answers: eapAnswers,
		},
	}
})

var eapCodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{1: "Request", 2: "Response", 3: "Success", 4: "Failure", 5: "Initiate", 6: "Finish"}
})

var eapTypes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "Reserved", 1: "Identity", 2: "Notification", 3: "Legacy Nak", 4: "MD5-Challenge", 5: "One-Time Password (OTP)",
		6: "Generic Token Card (GTC)", 9: "RSA Public Key Authentication", 13: "EAP-TLS", 15: "RSA Security SecurID EAP",
		17: "EAP-Cisco Wireless", 18: "GSM Subscriber Identity Modules (EAP-SIM)", 21: "EAP-TTLS", 23: "EAP-AKA Authentication",
		25: "PEAP", 26: "MS-EAP-Authentication", 29: "EAP-MSCHAP-V2", 43: "EAP-FAST", 46: "EAP-PAX", 47: "EAP-PSK", 48: "EAP-SAKE",
		49: "EAP-IKEv2", 50: "EAP-AKA", 51: "EAP-GPSK", 52: "EAP-pwd", 53: "EAP-EKE Version 1", 55: "TEAP",
		254: "Reserved for the Expanded Type", 255: "Experimental",
	}
})
