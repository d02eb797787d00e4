package layers_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

// TestCookedFramesWithoutAnEtherType reads both versions of the header in front of what the special numbers and the types of
// interfaces announce.
func TestCookedFramesWithoutAnEtherType(t *testing.T) {
	const (
		ip   = "450000140001000040007ce77f0000017f000001"
		stp  = "424203" + "0000000000" + "8000020000000001" + "00000000" + "8000020000000001" + "8001" + "0000140002000f00"
		ipx  = "ffff001e0004" + "000000000000000000000000000000000000000000000000"
		ack  = "d4000000020000000001"
		frm  = "020000000001" + "020000000002" + "0800" + ip
		none = "Raw"
	)
	for _, c := range []struct {
		name                string
		interfaces, proto   string
		payload, above, why string
	}{
		{"IPv4", "0001", "0800", ip, "IP", ""},
		{"Novell's frame", "0001", "0001", ipx, none, "it is IPX: no MAC header"},
		{"every protocol", "0001", "0003", ip, none, "nobody knows what follows"},
		{"802.2", "0001", "0004", stp, "LLC/STP", ""},
		{"802.2 on Token Ring", "0320", "0011", stp, "LLC/STP", ""},
		{"CAN", "0118", "000c", "00000123" + "02000000" + "aabb000000000000", none, ""},
		{"CAN FD", "0118", "000d", "00000123" + "02000000" + "aabb000000000000", none, ""},
		{"a frame in a tunnel", "030a", "6558", frm, "Ether/IP", "an interface of GRE has GRE's numbers"},
		{"IPv4 in GRE", "030a", "0800", ip, "IP", ""},
		{"an outer tag by its older number", "0001", "9100", "00070800" + ip, "Dot1Q/IP", ""},
		{"netlink", "0338", "0800", ip, none, "the number is netlink's"},
		{"Frame Relay", "0302", "0800", ip, none, "the number means nothing"},
		{"802.11", "0321", "0004", ack, "Dot11", ""},
		{"802.11 behind radiotap", "0323", "0003", "0000080000000000" + ack, "RadioTap/Dot11", ""},
	} {
		for _, v := range []struct {
			first craft.Name
			wire  string
		}{
			{layers.CookedLinux, "0000" + c.interfaces + "0006" + "0200000000010000" + c.proto + c.payload},
			{layers.CookedLinuxV2, c.proto + "0000" + "00000003" + c.interfaces + "00" + "06" + "0200000000010000" + c.payload},
		} {
			wire := crafttest.Unhex(t, v.wire)
			p := craft.Dissect(wire, v.first)
			if got, want := layerNames(p), string(v.first)+"/"+c.above; got != want {
				t.Errorf("%s: got %s, want %s: %s", c.name, got, want, c.why)
			}
			crafttest.Rebuilt(t, p, wire)
		}
	}
}
