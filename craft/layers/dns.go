package layers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// DNS is the Domain Name System, RFC 1035. Over TCP a message has its length in front.
const DNS craft.Name = "DNS"

// dnsPort and the ports of its kin for the local link: RFC 6762, RFC 4795.
const dnsPort, mdnsPort, llmnrPort = 53, 5353, 5355

// dnsHeader is the length of the header without the length over TCP.
const dnsHeader = 12

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: DNS, Doc: "Domain Name System, RFC 1035",
		Fields: dnsFields(),
		Binds: []craft.Binding{
			craft.ReadOver(UDP, "dport", dnsPort), craft.ReadOver(UDP, "sport", dnsPort), craft.ReadOver(UDP, "dport", mdnsPort), craft.ReadOver(UDP, "sport", mdnsPort),
			craft.ReadOver(TCP, "dport", dnsPort), craft.ReadOver(TCP, "sport", dnsPort),
			craft.StackOver(UDP, "sport", dnsPort), craft.StackOver(TCP, "sport", dnsPort),
		},
		Keys:  []string{craft.LayerBelow},
		Shape: dnsPlain(),
		Hooks: craft.Hooks{
			Choose: chooseDNS,
			Accepts: func(b []byte) bool {
				return likeDNS(b) || len(b) > 2 && int(binary.BigEndian.Uint16(b))+2 <= len(b) && likeDNS(b[2:])
			},
			Validate: soundDNS,
			GuessPayload: func(l *craft.Layer, payload []byte) craft.Name {
				if l.Has("length") && l.Len() == int(l.Uint("length"))+2 {
					return DNS // the next message in the stream
				}
				return craft.Raw
			},
			Summary: func(p *craft.Packet, i int) string { return dnsSummary(p.Layers()[i]) },
			Answers: dnsAnswers,
		},
	}
})

// mdnsGroups are where datagrams to the port of multicast DNS go when nobody says otherwise: RFC 6762, section 3.
func mdnsGroups() []craft.Binding {
	return groups([4]byte{224, 0, 0, 251}, "ff02::fb", func(l *craft.Layer) bool { return l.Uint("dport") == mdnsPort })
}

// groups are the destinations in both versions of IP of the datagrams of which holds says so.
func groups(four [4]byte, six string, holds func(l *craft.Layer) bool) []craft.Binding {
	return []craft.Binding{
		craft.StackOver(IP, "dst", uint64(binary.BigEndian.Uint32(four[:]))).If("dport", holds),
		craft.StackBytes(IPv6, "dst", netip.MustParseAddr(six).AsSlice()).If("dport", holds),
	}
}

var dnsFields = sync.OnceValue(func() []craft.Field {
	return []craft.Field{
		{Name: "length", Kind: craft.Number, Bits: 16, Computed: craft.Computes(craft.Behind), Doc: "length of the message in bytes; only over TCP"},
		{Name: "id", Kind: craft.Number, Bits: 16, Doc: "pairs an answer with its question"},
		{Name: "qr", Kind: craft.Number, Bits: 1, Doc: "0 is a question, 1 an answer"},
		{Name: "opcode", Kind: craft.Enum, Bits: 4, Names: dnsOpcodes(), Doc: "kind of question"},
		{Name: "aa", Kind: craft.Number, Bits: 1, Doc: "the answer is authoritative"},
		{Name: "tc", Kind: craft.Number, Bits: 1, Doc: "the answer was cut short"},
		{Name: "rd", Kind: craft.Number, Bits: 1, Default: 1, Doc: "recursion desired"},
		{Name: "ra", Kind: craft.Number, Bits: 1, Doc: "recursion available"},
		{Name: "z", Kind: craft.Number, Bits: 1, Doc: "reserved"},
		{Name: "ad", Kind: craft.Number, Bits: 1, Doc: "authentic data, RFC 4035"},
		{Name: "cd", Kind: craft.Number, Bits: 1, Doc: "checking disabled, RFC 4035"},
		{Name: "rcode", Kind: craft.Enum, Bits: 4, Names: dnsRcodes(), Doc: "what came of the question"},
		{Name: "qdcount", Kind: craft.Number, Bits: 16, Computed: craft.Counts("qd")},
		{Name: "ancount", Kind: craft.Number, Bits: 16, Computed: craft.Counts("an")},
		{Name: "nscount", Kind: craft.Number, Bits: 16, Computed: craft.Counts("ns")},
		{Name: "arcount", Kind: craft.Number, Bits: 16, Computed: craft.Counts("ar")},
		{Name: "qd", Kind: craft.Packets, Initial: defaultQuestion(), Part: dnsSection(0), Doc: "questions: DNSQR"},
		{Name: "an", Kind: craft.Packets, Part: dnsSection(1), Doc: "answers: DNSRR and its kin"},
		{Name: "ns", Kind: craft.Packets, Part: dnsSection(2), Doc: "authority records"},
		{Name: "ar", Kind: craft.Packets, Part: dnsSection(3), Doc: "additional records"},
	}
})

// The two layouts: over UDP, and over TCP with the length.
var (
	dnsPlain = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(dnsFields(), craft.AllFields(dnsFields())[1:])
	})
	dnsStream = sync.OnceValue(func() *craft.Shape {
		return craft.Layout(dnsFields(), craft.AllFields(dnsFields()))
	})
)

// chooseDNS gives a message over TCP its length, one that follows another there, and one whose length was set.
func chooseDNS(c craft.Choice) *craft.Shape {
	if c.Below != nil && (c.Below.Name() == TCP || c.Below.Name() == DNS && c.Below.Has("length")) {
		return dnsStream()
	}
	if c.Set&1 == 1 {
		return dnsStream()
	}
	return dnsPlain()
}

// likeDNS reports whether bytes on a DNS port begin like a message: many datagrams there have the port by default only. A
// message that was cut short is one all the same when its header makes sense.
func likeDNS(b []byte) bool {
	if len(b) < dnsHeader {
		return startsDNS(b)
	}
	known := dnsOpcodes()[uint64(b[2]>>3&15)] != ""
	records, least := 0, 0
	for at := 4; at < dnsHeader; at += 2 {
		n := int(binary.BigEndian.Uint16(b[at:]))
		records += n
		least += n * dnsLeast(at == 4)
	}
	if records == 0 {
		return known && (len(b) == dnsHeader || !allZero(b[:dnsHeader]))
	}
	_, err := recordLength(b[dnsHeader:], binary.BigEndian.Uint16(b[4:]) > 0)
	few := records <= maxLikely
	return known && (few || err == nil && (records <= maxCut || dnsHeader+least <= len(b))) || err == nil && few
}

// startsDNS reports whether what is here of a header may be one's.
func startsDNS(b []byte) bool {
	if len(b) < 6 || dnsOpcodes()[uint64(b[2]>>3&15)] == "" {
		return false
	}
	for at := 4; at+2 <= len(b); at += 2 {
		if binary.BigEndian.Uint16(b[at:]) > maxLikely {
			return false
		}
	}
	return !allZero(b)
}

// dnsLeast is how long a record is at least, or a question.
func dnsLeast(question bool) int {
	if question {
		return 5
	}
	return 11
}

// allZero reports whether bytes are nothing but zeros.
func allZero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// maxLikely is how many records a message may announce that begins with none, or that asks for something unknown, and maxCut how
// many when more are announced than can be here.
const maxLikely, maxCut = 64, 512

// soundDNS takes a message over TCP only when it is whole: what follows in the stream begins anywhere. It also notes a
// name that cannot be read.
func soundDNS(l *craft.Layer, data []byte) error {
	if l.Has("length") {
		switch n := int(l.Uint("length")); {
		case n < dnsHeader:
			return fmt.Errorf("malformed: length %d, a DNS header alone has %d bytes", n, dnsHeader)
		case n+2 > len(data):
			return fmt.Errorf("truncated: DNS message of %d bytes, %d are here", n, len(data)-2)
		}
		data = data[2:]
	}
	noteNames(l, data)
	return nil
}

// dnsSummary is what is asked, or the first answer.
func dnsSummary(l *craft.Layer) string {
	list, field, what := "qd", "qname", "Qry"
	if l.Uint("qr") == 1 {
		list, field, what = "an", "rdata", "Ans"
	}
	s := string(l.Name()) + " " + what
	if all := l.Value(list).Packets(); len(all) > 0 && all[0].Layers()[0].Has(field) {
		v := all[0].Layers()[0].Value(field)
		if a := v.Addr(); a.IsValid() {
			return s + ` "` + a.String() + `"`
		}
		return s + " " + v.String()
	}
	return s
}

func dnsAnswers(m craft.Match, i, j int) (bool, string) {
	r, q := m.Reply.Layers()[i], m.Question.Layers()[j]
	switch {
	case r.Uint("id") != q.Uint("id"):
		return false, "the ids differ"
	case r.Uint("qr") != 1 || q.Uint("qr") != 0:
		return false, "it is no answer to a question"
	}
	return true, "an answer with the question's id"
}

var dnsOpcodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{0: "QUERY", 1: "IQUERY", 2: "STATUS", 4: "NOTIFY", 5: "UPDATE", 6: "DSO"}
})

var dnsRcodes = sync.OnceValue(func() map[uint64]string {
	return map[uint64]string{
		0: "ok", 1: "format-error", 2: "server-failure", 3: "name-error", 4: "not-implemented", 5: "refused",
	}
})
