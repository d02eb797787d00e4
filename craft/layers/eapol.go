package layers

import (
	"fmt"
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
			{Name: "len", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "length of the payload in bytes"},
		},
		Binds: []craft.Binding{
			craft.Over(Ether, "type", 0x888e), craft.StackOver(Ether, "dst", portAccess),
			craft.Over(SNAP, "code", 0x888e), craft.Over(CookedLinux, "proto", 0x888e), craft.Over(GRE, "proto", 0x888e),
		},
		Next: []string{"type"},
		Hooks: craft.Hooks{
			Sum: craft.SumRule{Covers: craft.CoversNothing},
			PayloadLen: func(l *craft.Layer, rest int) (int, error) {
				n := int(l.Uint("len"))
				if n > rest {
					return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", n, rest)
				}
				return n, nil
			},
			Derive: func(_ *craft.Builder, _ int, hdr, payload []byte, _ uint64) error {
				return craft.PutLength(hdr[2:], "EAPOL.len", len(payload))
			},
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
		{Name: "len", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "length of the message in bytes"},
		{Name: "type", Kind: craft.Enum, Bits: 8, Names: eapTypes(), Doc: "method"},
		{Name: "desired_auth_types", Kind: craft.Values, Part: craft.ItemList(craft.Item{Bytes: 1, Kind: craft.Number}, eapRest), Doc: "methods that are acceptable"},
		{Name: "identity", Kind: craft.Bytes, Part: &craft.Part{Length: eapRest}, Doc: "who wants to be let in"},
		{Name: "message", Kind: craft.Bytes, Part: &craft.Part{Length: eapRest}, Doc: "text for people"},
	}
})

// eapRest is what the length leaves behind the type.
func eapRest(l *craft.Layer, _ []byte) (int, error) { return int(l.Uint("len")) - 5, nil }

var (
	eapPlain = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(eapFields(), craft.AllFields(eapFields()[:3]))
	})
	eapMethod = sync.OnceValue(func() *craft.Shape {
		return eapShape()
	})
	eapNaks = sync.OnceValue(func() *craft.Shape {
		return eapShape("desired_auth_types")
	})
	eapNames = sync.OnceValue(func() *craft.Shape {
		return eapShape("identity")
	})
	eapPrompts = sync.OnceValue(func() *craft.Shape {
		return eapShape("message")
	})
)

func eapShape(names ...string) *craft.Shape {
	specs := craft.AllFields(eapFields()[:4])
	for _, name := range names {
		specs = append(specs, craft.ShapeField{Name: name})
	}
	return craft.Layout(eapFields(), specs)
}

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: EAP, Doc: "Extensible Authentication Protocol, RFC 3748",
		Fields: eapFields(),
		Binds:  []craft.Binding{craft.Over(EAPOL, "type", 0), craft.Over(PPP, "proto", 0xc227)},
		Keys:   []string{"code", "type"},
		Shape:  eapPlain(),
		Hooks: craft.Hooks{
			Choose: chooseEAP,
			Dispatch: func(data []byte) craft.Name {
				if len(data) > 4 && (data[0] == eapRequest || data[0] == eapResponse) && data[4] == eapMD5 {
					return EAPMD5
				}
				return ""
			},
			PayloadLen: eapPayload,
			Derive: func(_ *craft.Builder, _ int, hdr, payload []byte, _ uint64) error {
				return craft.PutLength(hdr[2:], "EAP.len", len(hdr)+len(payload))
			},
			Replies: []craft.Name{EAPMD5},
			Summary: eapSummary,
			Answers: eapAnswers,
		},
	}
})

// chooseEAP picks the layout by code and type. The type of a message that is being made is set in a layout that has one.
func chooseEAP(c craft.Choice) *craft.Shape {
	code := c.Header[0]
	if code == eapSuccess || code == eapFailure || len(c.Header) < 4 {
		return eapPlain()
	}
	if len(c.Header) < 5 {
		return eapMethod()
	}
	switch {
	case code == eapResponse && c.Header[4] == eapNak:
		return eapNaks()
	case code == eapResponse && c.Header[4] == eapIdentity:
		return eapNames()
	case code == eapRequest && c.Header[4] == eapIdentity:
		return eapPrompts()
	}
	return eapMethod()
}

// eapPayload is what the length leaves behind the fields.
func eapPayload(l *craft.Layer, rest int) (int, error) {
	n := int(l.Uint("len")) - l.Len()
	switch {
	case n < 0:
		return 0, fmt.Errorf("malformed: len is %d, %d bytes are header", l.Uint("len"), l.Len())
	case n > rest:
		return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", l.Uint("len"), rest+l.Len())
	}
	return n, nil
}

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
	return withPayload(craft.WithLengths(craft.Spec{
		Name: EAPMD5, Families: []craft.Name{EAP}, Title: "EAP-MD5", Doc: "MD5 challenge of EAP, RFC 3748, section 5.4",
		Fields: []craft.Field{
			{Name: "code", Kind: craft.Enum, Bits: 8, Default: eapRequest, Names: eapCodes(), Doc: "kind of message"},
			{Name: "id", Kind: craft.Number, Bits: 8, Doc: "identifier; a response repeats the request's"},
			{Name: "len", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "length of the message in bytes"},
			{Name: "type", Kind: craft.Enum, Bits: 8, Default: eapMD5, Names: eapTypes(), Doc: "method"},
			{Name: "value_size", Kind: craft.Number, Bits: 8, Auto: craft.AutoDerived, Doc: "length of value in bytes"},
			{Name: "value", Kind: craft.Bytes, Part: craft.ByLength("value_size", 0), Doc: "challenge or response"},
			{Name: "optional_name", Kind: craft.Bytes, Part: &craft.Part{Length: func(l *craft.Layer, _ []byte) (int, error) {
				return int(l.Uint("len")) - 6 - int(l.Uint("value_size")), nil
			}}, Doc: "who sends this"},
		},
		Binds: []craft.Binding{craft.StackOver(EAPOL, "type", 0), craft.StackOver(PPP, "proto", 0xc227)},
		Hooks: craft.Hooks{
			PayloadLen: eapPayload,
			Replies:    []craft.Name{EAP},
			Summary:    eapSummary,
			Answers:    eapAnswers,
		},
	}, controlLength, craft.LengthField{Field: "value_size", Part: "value"}))
})

// withPayload makes the length of a measured EAP message cover what is stacked upon it, too.
func withPayload(s craft.Spec) craft.Spec {
	lengths := s.Derive
	s.Derive = func(b *craft.Builder, i int, hdr, payload []byte, unset uint64) error {
		if err := lengths(b, i, hdr, payload, unset); err != nil || unset>>2&1 == 0 {
			return err
		}
		return craft.PutLength(hdr[2:], string(s.Name)+".len", len(hdr)+len(payload))
	}
	return s
}

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
