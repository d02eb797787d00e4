package layers_test

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// misbuiltQuotes are quotes with something else upon them than what they are read with.
var misbuiltQuotes = []goldenPacket{
	{"a header upon a quote", stack(ipAB(), layers.ICMP.New("type", 3), quoteBA(), layers.TCP.New()),
		"45000044000100004001f6b4c0000201c0000202 0300811e00000000 45000028000100004006f6cbc0000202c0000201 00140050000000000000000050022000 0b7b0000"},
	{"a message upon a quote", stack(ipAB(), layers.ICMP.New("type", 3), quoteBA(), layers.UDPerror.New("sport", 1), layers.NTP.New()),
		"45000068000100004001f690c0000201c0000202 0300814d00000000 4500004c000100004011f69cc0000202c0000201 0001007b0038cefa" +
			"23020a0000000000000000007f000001 0000000000000000 0000000000000000 0000000000000000 0000000000000000"},
}

func ipAB() *craft.Layer    { return layers.IP.New("src", hostA, "dst", hostB) }
func quoteBA() *craft.Layer { return layers.IPerror.New("src", hostB, "dst", hostA) }
