package layers

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// UDP is the User Datagram Protocol, RFC 768.
const UDP craft.Name = "UDP"

// Numbers of the fields that the hooks compute.
const (
	udpLen = 2
	udpSum = 3
)

func udpSpec() craft.Spec {
	return craft.Spec{
		Name: UDP, Doc: "User Datagram Protocol, RFC 768",
		Fields: []craft.Field{
			{Name: "sport", Kind: craft.Port, Bits: 16, Default: 53, Names: iana.Services(), Doc: "source port"},
			{Name: "dport", Kind: craft.Port, Bits: 16, Default: 53, Names: iana.Services(), Doc: "destination port"},
			{Name: "len", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Doc: "length of header and payload in bytes"},
			{Name: "chksum", Kind: craft.Number, Bits: 16, Auto: craft.AutoDerived, Hex: true, Doc: "checksum with pseudo-header"},
		},
		Binds: slices.Concat([]craft.Binding{craft.Over(IP, "proto", 17), craft.Over(IPv6, "nh", 17)}, mdnsGroups(), llmnrGroups()),
		Next:  []string{"dport", "sport"}, Identity: []string{"sport", "dport"},
		Hooks: craft.Hooks{
			PayloadLen: udpPayload,
			Derive:     deriveUDP,
			Sum:        craft.SumRule{Covers: craft.CoversSegment, Field: "chksum", NeverZero: true},
			Summary:    portSummary,
			Answers: func(m craft.Match, i, j int) (bool, string) {
				// The reply's source port is free: TFTP answers from a new one (RFC 1350, section 4).
				if m.Reply.Layers()[i].Uint("dport") != m.Question.Layers()[j].Uint("sport") {
					return false, "it is not addressed to the question's port"
				}
				if i+1 < len(m.Reply.Layers()) && j+1 < len(m.Question.Layers()) && m.Reply.Layers()[i+1].Protocol().Decides() && m.Question.Layers()[j+1].Protocol().Decides() {
					return m.Next(i, j) // the payloads decide, as DNS does by its id
				}
				return true, "it comes to the question's port"
			},
			Flow: func(f *craft.Flow, l *craft.Layer) {
				portFlow(f, l)
				f.AnyPort = true
			},
		},
	}
}

var _ = define(udpSpec)

func deriveUDP(b *craft.Builder, i int, hdr, payload []byte, unset uint64) error {
	if unset>>udpLen&1 == 1 {
		if err := craft.PutLength(hdr[4:], "UDP.len", len(hdr)+len(payload)); err != nil {
			return err
		}
	}
	if unset>>udpSum&1 == 1 {
		binary.BigEndian.PutUint16(hdr[6:], 0)
		if l, _ := b.Under(i); l == nil {
			return nil
		}
		c := b.SegmentSum(i, 17, hdr[:len(hdr)+len(payload)])
		if c == 0 {
			c = 0xffff // 0 on the wire means "no checksum"; NeverZero says it to templates
		}
		binary.BigEndian.PutUint16(hdr[6:], c)
	}
	return nil
}

// udpPayload is what the length leaves after the header; a length of 0 is a jumbogram's (RFC 2675) or unset.
func udpPayload(l *craft.Layer, rest int) (int, error) {
	n := int(l.Uint("len")) - 8
	switch {
	case l.Uint("len") == 0:
		return rest, nil
	case n < 0:
		return rest, fmt.Errorf("malformed: len is %d, the header alone has 8 bytes", l.Uint("len"))
	case n > rest:
		return rest, fmt.Errorf("truncated: len is %d, %d bytes are here", n+8, rest+8)
	}
	return n, nil
}
