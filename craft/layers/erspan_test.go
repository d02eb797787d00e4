package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// goldenERSPAN are packets that scapy 2.5.0 builds, told the version and GRE's sequence bit.
var goldenERSPAN = []goldenPacket{
	{"ERSPAN II", stack(layers.IP.New("src", "192.0.2.1", "dst", "192.0.2.2"), layers.GRE.New("seqnum_present", 1, "sequence_number", 7),
		layers.ERSPANII.New("vlan", 100, "cos", 5, "en", "802.1Q", "t", 1, "session_id", 77, "index", 0x12345), frame802("type", 0x88b5), craft.Raw.New("load", "hi")),
		"4500003400010000402ff696c0000201c0000202 100088be 00000007 1064b44d 00012345 000000000002 000000000001 88b5 6869"},
	{"ERSPAN II alone", stack(layers.ERSPANII.New("vlan", 100, "cos", 5, "en", 2, "t", 1, "session_id", 77, "reserved", 0xabc, "index", 0x12345)), "1064b44d abc12345"},
}

// What GRE carries under ERSPAN's number: draft-foschiano-erspan-03, sections 4.1 and 4.2.
func TestERSPANIsToldByItsSequenceNumber(t *testing.T) {
	const frame = " 000000000002 000000000001 88b5 6869"
	for _, c := range []struct{ name, wire, want string }{
		{"type II", "100088be 00000007 1064b44d 00012345" + frame, "GRE/ERSPAN_II/Ether/Raw"},
		{"type II with a key", "300088be 00000001 00000007 1064b44d 00012345" + frame, "GRE/ERSPAN_II/Ether/Raw"},
		{"type II without a frame", "100088be 00000007 1064b44d 00012345", "GRE/ERSPAN_II"},
		{"type I", "000088be" + frame, "GRE/Ether/Raw"},
		{"type I with a key", "200088be 00000001" + frame, "GRE/Ether/Raw"},
		{"another version", "100088be 00000007 9064b44d 00012345" + frame, "GRE/ERSPAN_II/Ether/Raw"},
	} {
		p := craft.Dissect(crafttest.Unhex(t, c.wire), layers.GRE)
		if got := layerNames(p); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		crafttest.Rebuilt(t, p, crafttest.Unhex(t, c.wire))
	}
}

func TestERSPANOfAnotherVersionIsNoted(t *testing.T) {
	p := readBack(t, layers.GRE.New(), layers.ERSPANII.New("ver", 2), frame802())
	const want = "malformed: ver is 2, ERSPAN type II has 1"
	if got := p.Layers()[1].Note(); got != want {
		t.Errorf("got the note %q, want %q", got, want)
	}
}

// Stacking sets GRE's sequence bit, unless a user did; without it the same bytes are type I.
func TestERSPANSetsTheSequenceBit(t *testing.T) {
	for want, gre := range map[string]*craft.Layer{
		"100088be 00000000 10000007 00000000": layers.GRE.New(),
		"000088be 10000007 00000000":          layers.GRE.New("seqnum_present", 0),
		"10000800 00000000 10000007 00000000": layers.GRE.New("proto", 0x800),
	} {
		crafttest.Rebuilt(t, craft.Stack(gre, layers.ERSPANII.New("session_id", 7)), crafttest.Unhex(t, want))
	}
}
