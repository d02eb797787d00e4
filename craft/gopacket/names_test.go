package gopacket_test

import (
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// TestNamesOfLayersThatAreReadHere holds that gopacket's names are known, but for those that are spelt otherwise here.
func TestNamesOfLayersThatAreReadHere(t *testing.T) {
	table := craft.NewTable()
	for name, want := range map[craft.Name]bool{
		"OSPF": true, "Dot11": true, "RadioTap": true, "PrismHeader": true, "ERSPAN": true, "TCP": true, "ICMPv6": true, "_ICMPv6": true,
		"IPv4": false, "Ethernet": false, "LinuxSLL": false, "Prism": false, "nonsense": false, "": false,
	} {
		if got := table.Knows(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
	if table.Decodes("_ICMPv6") || !table.Decodes("OSPF") {
		t.Error("want OSPF decoded, and no family")
	}
}
