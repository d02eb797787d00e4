package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// misbuiltCounts are lists of layers one of which has a wrong length: they are counted as they were put in, whatever a
// reader makes of them.
var misbuiltCounts = []goldenPacket{
	{"a record with a length beyond the message", stack(layers.DNS.New("id", 1, "qd", []any{}, "ar", []any{layers.DNSRR.New("rdlen", 1000, "rdata", "192.0.2.1")})),
		"0001 0100 0000 0000 0000 0001 00 0001 0001 00000000 03e8 c0000201"},
	{"a group record with too many sources", stack(layers.IGMPv3mr.New("records", []any{layers.IGMPv3gr.New("maddr", "224.0.0.9", "numsrc", 2), layers.IGMPv3gr.New("maddr", "224.0.0.10")})),
		"0000 0002 01 00 0002 e0000009 01 00 0000 e000000a"},
	{"a listener record with too many sources", stack(layers.ICMPv6MLReport2.New("records", []any{layers.ICMPv6MLDMultAddrRec.New("sources_number", 2), layers.ICMPv6MLDMultAddrRec.New()})),
		"8f00 0000 0000 0002 0400 0002 00000000000000000000000000000000 0400 0000 00000000000000000000000000000000"},
}

func TestCountsFollowWhatIsPutIn(t *testing.T) {
	broken := layers.DNSRR.New("rdlen", 1000, "rdata", "192.0.2.1")
	p := craft.Stack(layers.DNS.New("qd", []any{}, "an", []any{layers.DNSRR.New(), broken}))
	count := func() uint64 {
		wire, err := craft.Build(p, nil)
		if err != nil {
			t.Fatal(err)
		}
		return uint64(wire[6])<<8 | uint64(wire[7])
	}
	if got := count(); got != 2 {
		t.Errorf("two records are counted as %d", got)
	}
	if got := craft.Stack(p.Copy().Layers()...); len(got.Layers()) != 1 || got.Layer(layers.DNS).Uint("ancount") != 0 {
		t.Errorf("the count of a copy is %d before it is built", got.Layer(layers.DNS).Uint("ancount"))
	}
	if err := p.Layer(layers.DNS).Set("an", craft.Verbatim("")); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != 0 {
		t.Errorf("no bytes are counted as %d records", got)
	}
	if err := p.Layer(layers.DNS).Set("an", []any{layers.DNSRR.New(), craft.Raw.New("load", "?")}); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != 1 {
		t.Errorf("a record and bytes are counted as %d records", got)
	}
}
