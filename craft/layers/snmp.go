package layers

import (
	"errors"
	"sync"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/ber"
)

// SNMP versions 1 and 2c, RFC 1157 and RFC 3416. A message of version 3 keeps what is behind its version as bytes.
const (
	// SNMP is the message: its version, the community and what is asked.
	SNMP craft.Name = "SNMP"
	// SNMPGet asks for values.
	SNMPGet craft.Name = "SNMPget"
	// SNMPNext asks for the values that follow.
	SNMPNext craft.Name = "SNMPnext"
	// SNMPResponse answers.
	SNMPResponse craft.Name = "SNMPresponse"
	// SNMPSet sets values.
	SNMPSet craft.Name = "SNMPset"
	// SNMPTrapV1 reports an event, in version 1.
	SNMPTrapV1 craft.Name = "SNMPtrapv1"
	// SNMPBulk asks for many values that follow.
	SNMPBulk craft.Name = "SNMPbulk"
	// SNMPInform reports an event and wants an answer.
	SNMPInform craft.Name = "SNMPinform"
	// SNMPTrapV2 reports an event, in version 2c.
	SNMPTrapV2 craft.Name = "SNMPtrapv2"
	// SNMPVarbind is an object and its value: an element of varbindlist.
	SNMPVarbind craft.Name = "SNMPvarbind"
)

// snmpMessages are what SNMP's PDU can be, by its tag.
var snmpMessages = sync.OnceValue(func() map[byte]craft.Name {
	return map[byte]craft.Name{
		0xa0: SNMPGet, 0xa1: SNMPNext, 0xa2: SNMPResponse, 0xa3: SNMPSet, 0xa4: SNMPTrapV1, 0xa5: SNMPBulk, 0xa6: SNMPInform, 0xa7: SNMPTrapV2,
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: SNMP, Doc: "Simple Network Management Protocol, RFC 1157 and RFC 3416",
		Fields: []craft.Field{
			berHeader("header", ber.Sequence, "", "tag and length of the message in BER"),
			{Name: "version", Kind: craft.Enum, Part: berPart(ber.Integer), Initial: berInt(1), Names: map[uint64]string{0: "v1", 1: "v2c", 2: "v2", 3: "v3"}, Doc: "version"},
			{Name: "community", Kind: craft.Text, Part: snmpCommunity(), Initial: ber.Wrap(ber.String, []byte("public")), Doc: "the password in clear"},
			{Name: "PDU", Kind: craft.Packets, Single: true, Part: craft.PacketList(func(_ *craft.Layer, b []byte) craft.Name { return snmpMessages()[b[0]] }).Ending(berInside("header")),
				Initial: append([]byte{0xa0, 11}, snmpNothing...), Doc: "what is asked or told: SNMPget, SNMPresponse, ..."},
		},
		Binds: []craft.Binding{
			craft.Over(UDP, "dport", 161), craft.Over(UDP, "sport", 161), craft.ReadOver(UDP, "dport", 162), craft.ReadOver(UDP, "sport", 162),
		},
		Hooks: craft.Hooks{Accepts: likeSNMP, Answers: snmpAnswers},
	}
})

// snmpCommunity is the community, which a message of version 3 has not: RFC 3412, section 6.
func snmpCommunity() *craft.Part {
	p := berPart(ber.String)
	length := p.Length
	p.Length = func(l *craft.Layer, b []byte) (int, error) {
		if l.Uint("version") == 3 && len(b) > 0 && b[0] == ber.Sequence {
			return 0, errors.New("not read: what version 3 has behind its number, RFC 3412")
		}
		return length(l, b)
	}
	return p
}

// likeSNMP looks for a sequence that begins with a number, the version: RFC 3416, section 3.
func likeSNMP(b []byte) bool {
	if len(b) < 5 || b[0] != ber.Sequence {
		return false
	}
	at := 2
	if b[1]&0x80 != 0 { // the length has a length
		at += int(b[1] & 0x7f)
	}
	return at <= 6 && at+3 <= len(b) && b[at] == ber.Integer && b[at+1] >= 1 && b[at+1] <= 4
}

// berInt is a small number in BER.
func berInt(n byte) []byte { return []byte{ber.Integer, 1, n} }

// snmpNothing is the content of a message that asks for nothing.
var snmpNothing = []byte{ber.Integer, 1, 0, ber.Integer, 1, 0, ber.Integer, 1, 0, ber.Sequence, 0}

// snmpAnswers takes a response with the question's id.
func snmpAnswers(m craft.Match, i, j int) (bool, string) {
	response := pdu(m.Reply.Layers()[i])
	question := pdu(m.Question.Layers()[j])
	switch {
	case response == nil || response.Name() != SNMPResponse:
		return false, "it is no response"
	case question == nil || response.Uint("id") != question.Uint("id"):
		return false, "it has another id"
	}
	return true, "it is the response to the question's id"
}

// pdu is what an SNMP message asks or answers; nil when it cannot be read.
func pdu(l *craft.Layer) *craft.Layer {
	for _, p := range l.Value("PDU").Packets() {
		return p.Layers()[0]
	}
	return nil
}

// snmpPDU is a message with the given fields before the list of objects.
func snmpPDU(name craft.Name, tag byte, doc string, fields ...craft.Field) craft.Spec {
	all := append([]craft.Field{berHeader("header", tag, "", "tag and length of the PDU in BER")}, fields...)
	return craft.Spec{
		Name: name, Doc: doc,
		Fields: append(all,
			berHeader("list_header", ber.Sequence, "varbindlist", "tag and length of the list in BER"),
			craft.Field{Name: "varbindlist", Kind: craft.Packets, Part: craft.PacketList(func(*craft.Layer, []byte) craft.Name { return SNMPVarbind }).Ending(berInside("list_header")), Doc: "objects and values: SNMPvarbind"}),
	}
}

// snmpNumber is a number of a message.
func snmpNumber(name, doc string) craft.Field {
	return craft.Field{Name: name, Kind: craft.Number, Part: berPart(ber.Integer), Initial: berInt(0), Doc: doc}
}

var snmpID = sync.OnceValue(func() craft.Field {
	return snmpNumber("id", "pairs an answer with its question")
})

// snmpPlain are the fields of most messages.
var snmpPlain = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		snmpID(),
		{Name: "error", Kind: craft.Enum, Part: berPart(ber.Integer), Initial: berInt(0), Names: snmpErrors(), Doc: "what went wrong"},
		snmpNumber("error_index", "with which object, from 1"),
	}
})

var _ = defineAll(func() []craft.Spec {
	return []craft.Spec{
		snmpPDU(SNMPGet, 0xa0, "question for values, RFC 3416, section 4.2.1", snmpPlain()...),
		snmpPDU(SNMPNext, 0xa1, "question for the values that follow, RFC 3416, section 4.2.2", snmpPlain()...),
		snmpPDU(SNMPResponse, 0xa2, "answer, RFC 3416, section 4.2.4", snmpPlain()...),
		snmpPDU(SNMPSet, 0xa3, "order to set values, RFC 3416, section 4.2.5", snmpPlain()...),
		snmpPDU(SNMPTrapV1, 0xa4, "event, RFC 1157, section 4.1.6",
			craft.Field{Name: "enterprise", Kind: craft.Text, Part: berPart(ber.OID), Initial: []byte{ber.OID, 1, 0x2b}, Doc: "whose event"},
			craft.Field{Name: "agent_addr", Kind: craft.Text, Part: berPart(ber.IPAddress), Initial: []byte{ber.IPAddress, 4, 0, 0, 0, 0}, Doc: "address of the sender"},
			craft.Field{Name: "generic_trap", Kind: craft.Enum, Part: berPart(ber.Integer), Initial: berInt(0), Names: map[uint64]string{
				0: "cold_start", 1: "warm_start", 2: "link_down", 3: "link_up", 4: "auth_failure", 5: "egp_neigh_loss", 6: "enterprise_specific"}, Doc: "what happened"},
			snmpNumber("specific_trap", "what happened, for enterprise_specific"),
			craft.Field{Name: "time_stamp", Kind: craft.Number, Part: berPart(ber.TimeTicks), Initial: []byte{ber.TimeTicks, 1, 0}, Doc: "hundredths of a second since the sender began"}),
		snmpPDU(SNMPBulk, 0xa5, "question for many values that follow, RFC 3416, section 4.2.3",
			snmpID(), snmpNumber("non_repeaters", "how many objects are asked for once"), snmpNumber("max_repetitions", "how often the others are")),
		snmpPDU(SNMPInform, 0xa6, "event that wants an answer, RFC 3416, section 4.2.7", snmpPlain()...),
		snmpPDU(SNMPTrapV2, 0xa7, "event, RFC 3416, section 4.2.6", snmpPlain()...),
		{
			Name: SNMPVarbind, Doc: "an object and its value, RFC 3416, section 3",
			Fields: []craft.Field{
				berHeader("header", ber.Sequence, "", "tag and length in BER"),
				{Name: "oid", Kind: craft.Text, Part: berPart(ber.OID), Initial: []byte{ber.OID, 1, 0x2b}, Doc: "name of the object: 1.3.6.1.2.1.1.1.0"},
				{Name: "value", Kind: craft.Values, Part: berAny(berInside("header")), Initial: []byte{ber.Null, 0}, Doc: `its value: a number, a string, or a type and its value: {"TIME_TICKS", 100}`},
			},
		},
	}
})

var snmpErrors = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "no_error", 1: "too_big", 2: "no_such_name", 3: "bad_value", 4: "read_only", 5: "generic_error", 6: "no_access",
		7: "wrong_type", 8: "wrong_length", 9: "wrong_encoding", 10: "wrong_value", 11: "no_creation", 12: "inconsistent_value",
		13: "resource_unavailable", 14: "commit_failed", 15: "undo_failed", 16: "authorization_error", 17: "not_writable",
		18: "inconsistent_name",
	}
})
