package craft

import "github.com/moonwire/moonwire/craft/internal/ber"

// SNMP versions 1 and 2c, RFC 1157 and RFC 3416. A message of version 3 keeps what is behind its version as bytes.
const (
	// SNMP is the message: its version, the community and what is asked.
	SNMP Name = "SNMP"
	// SNMPGet asks for values.
	SNMPGet Name = "SNMPget"
	// SNMPNext asks for the values that follow.
	SNMPNext Name = "SNMPnext"
	// SNMPResponse answers.
	SNMPResponse Name = "SNMPresponse"
	// SNMPSet sets values.
	SNMPSet Name = "SNMPset"
	// SNMPTrapV1 tells of an event, in version 1.
	SNMPTrapV1 Name = "SNMPtrapv1"
	// SNMPBulk asks for many values that follow.
	SNMPBulk Name = "SNMPbulk"
	// SNMPInform tells of an event and wants an answer.
	SNMPInform Name = "SNMPinform"
	// SNMPTrapV2 tells of an event, in version 2c.
	SNMPTrapV2 Name = "SNMPtrapv2"
	// SNMPVarbind is an object and its value: an element of varbindlist.
	SNMPVarbind Name = "SNMPvarbind"
)

// snmpMessages are what SNMP's PDU can be, by its tag.
var snmpMessages = map[byte]Name{
	0xa0: SNMPGet, 0xa1: SNMPNext, 0xa2: SNMPResponse, 0xa3: SNMPSet, 0xa4: SNMPTrapV1, 0xa5: SNMPBulk, 0xa6: SNMPInform, 0xa7: SNMPTrapV2,
}

var _ = Define(Spec{
	Name: SNMP, Doc: "Simple Network Management Protocol, RFC 1157 and RFC 3416",
	Fields: []Field{
		berHeader("header", ber.Sequence, "", "tag and length of the message in BER"),
		{Name: "version", Kind: Enum, Part: berPart(ber.Integer), Initial: berInt(1), Names: map[uint64]string{0: "v1", 1: "v2c", 2: "v2", 3: "v3"}, Doc: "version"},
		{Name: "community", Kind: Text, Part: berPart(ber.String), Initial: ber.Wrap(ber.String, []byte("public")), Doc: "the password in clear"},
		{Name: "PDU", Kind: Packets, Single: true, Part: PacketList(func(_ *Layer, b []byte) Name { return snmpMessages[b[0]] }, berInside("header")),
			Initial: append([]byte{0xa0, 11}, snmpNothing...), Doc: "what is asked or told: SNMPget, SNMPresponse, ..."},
	},
	Binds: []Binding{
		Over(UDP, "dport", 161), Over(UDP, "sport", 161), ReadOver(UDP, "dport", 162), ReadOver(UDP, "sport", 162),
	},
	Hooks: Hooks{Follows: berFollows, Answers: snmpAnswers},
})

// berInt is a small number in BER.
func berInt(n byte) []byte { return []byte{ber.Integer, 1, n} }

// snmpNothing is the content of a message that asks for nothing.
var snmpNothing = []byte{ber.Integer, 1, 0, ber.Integer, 1, 0, ber.Integer, 1, 0, ber.Sequence, 0}

// snmpAnswers takes a response with the question's id.
func snmpAnswers(m Match, i, j int) (bool, string) {
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

// pdu is what an SNMP message asks or tells; nil when it cannot be read.
func pdu(l *Layer) *Layer {
	for _, p := range l.Value("PDU").Packets() {
		return p.Layers()[0]
	}
	return nil
}

// snmpPDU is a message with the given fields before the list of objects.
func snmpPDU(name Name, tag byte, doc string, fields ...Field) Spec {
	all := append([]Field{berHeader("header", tag, "", "tag and length of the PDU in BER")}, fields...)
	return Spec{
		Name: name, Doc: doc,
		Fields: append(all,
			berHeader("list_header", ber.Sequence, "varbindlist", "tag and length of the list in BER"),
			Field{Name: "varbindlist", Kind: Packets, Part: PacketList(func(*Layer, []byte) Name { return SNMPVarbind }, berInside("list_header")), Doc: "objects and values: SNMPvarbind"}),
		Hooks: Hooks{Follows: berFollows},
	}
}

// snmpNumber is a number of a message.
func snmpNumber(name, doc string) Field {
	return Field{Name: name, Kind: Number, Part: berPart(ber.Integer), Initial: berInt(0), Doc: doc}
}

var snmpID = snmpNumber("id", "pairs an answer with its question")

// snmpPlain are the fields of most messages.
var snmpPlain = []Field{
	snmpID,
	{Name: "error", Kind: Enum, Part: berPart(ber.Integer), Initial: berInt(0), Names: snmpErrors, Doc: "what went wrong"},
	snmpNumber("error_index", "with which object, from 1"),
}

var _ = []struct{}{
	Define(snmpPDU(SNMPGet, 0xa0, "question for values, RFC 3416, section 4.2.1", snmpPlain...)),
	Define(snmpPDU(SNMPNext, 0xa1, "question for the values that follow, RFC 3416, section 4.2.2", snmpPlain...)),
	Define(snmpPDU(SNMPResponse, 0xa2, "answer, RFC 3416, section 4.2.4", snmpPlain...)),
	Define(snmpPDU(SNMPSet, 0xa3, "order to set values, RFC 3416, section 4.2.5", snmpPlain...)),
	Define(snmpPDU(SNMPTrapV1, 0xa4, "event, RFC 1157, section 4.1.6",
		Field{Name: "enterprise", Kind: Text, Part: berPart(ber.OID), Initial: []byte{ber.OID, 1, 0x2b}, Doc: "whose event"},
		Field{Name: "agent_addr", Kind: Text, Part: berPart(ber.IPAddress), Initial: []byte{ber.IPAddress, 4, 0, 0, 0, 0}, Doc: "address of the sender"},
		Field{Name: "generic_trap", Kind: Enum, Part: berPart(ber.Integer), Initial: berInt(0), Names: map[uint64]string{
			0: "cold_start", 1: "warm_start", 2: "link_down", 3: "link_up", 4: "auth_failure", 5: "egp_neigh_loss", 6: "enterprise_specific"}, Doc: "what happened"},
		snmpNumber("specific_trap", "what happened, for enterprise_specific"),
		Field{Name: "time_stamp", Kind: Number, Part: berPart(ber.TimeTicks), Initial: []byte{ber.TimeTicks, 1, 0}, Doc: "hundredths of a second since the sender began"})),
	Define(snmpPDU(SNMPBulk, 0xa5, "question for many values that follow, RFC 3416, section 4.2.3",
		snmpID, snmpNumber("non_repeaters", "how many objects are asked for once"), snmpNumber("max_repetitions", "how often the others are"))),
	Define(snmpPDU(SNMPInform, 0xa6, "event that wants an answer, RFC 3416, section 4.2.7", snmpPlain...)),
	Define(snmpPDU(SNMPTrapV2, 0xa7, "event, RFC 3416, section 4.2.6", snmpPlain...)),
	Define(Spec{
		Name: SNMPVarbind, Doc: "an object and its value, RFC 3416, section 3",
		Fields: []Field{
			berHeader("header", ber.Sequence, "", "tag and length in BER"),
			{Name: "oid", Kind: Text, Part: berPart(ber.OID), Initial: []byte{ber.OID, 1, 0x2b}, Doc: "name of the object: 1.3.6.1.2.1.1.1.0"},
			{Name: "value", Kind: Values, Part: berAny(berInside("header")), Initial: []byte{0x05, 0}, Doc: `its value: a number, a string, or a type and its value: {"TIME_TICKS", 100}`},
		},
		Hooks: Hooks{Follows: berFollows},
	}),
}

var snmpErrors = map[uint64]string{
	0: "no_error", 1: "too_big", 2: "no_such_name", 3: "bad_value", 4: "read_only", 5: "generic_error", 6: "no_access",
	7: "wrong_type", 8: "wrong_length", 9: "wrong_encoding", 10: "wrong_value", 11: "no_creation", 12: "inconsistent_value",
	13: "resource_unavailable", 14: "commit_failed", 15: "undo_failed", 16: "authorization_error", 17: "not_writable",
	18: "inconsistent_name",
}
