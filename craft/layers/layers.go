// Package layers holds the protocols, and nothing else: one file a protocol, the files of a family by their first word
// (dns.go, dns_records.go, dns_section.go). A program that imports it has them all in every table of package craft:
//
//	p := craft.Stack(
//		layers.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"),
//		layers.TCP.New("dport", 57212, "flags", "S"),
//	)
//
// A constant names each protocol. Where Go and scapy spell names differently, the constant is Go's way of the name
// (DHCP6OptIANA) and its value scapy's ("DHCP6OptIA_NA"), which Lua, errors and listings use.
package layers

import "github.com/moonwire/moonwire/craft"

// protocols make the tables of the package's files.
var protocols []func() []craft.Spec

// define adds a protocol. It is called where a variable is initialised; its table is made at the first use of any.
func define(spec func() craft.Spec) struct{} {
	return defineAll(func() []craft.Spec { return []craft.Spec{spec()} })
}

// defineAll adds protocols that are made together.
func defineAll(specs func() []craft.Spec) struct{} {
	protocols = append(protocols, specs)
	return struct{}{}
}

// becomes has the general protocol of a family, given bytes, become the member that picking an element of a list finds in them.
// Bytes that are too short to tell are left to the general one.
func becomes(general craft.Spec, pick func(l *craft.Layer, b []byte) craft.Name) craft.Spec {
	general.Dispatch = func(data []byte) craft.Name {
		if name := pick(nil, data); name != craft.Raw {
			return name
		}
		return ""
	}
	return general
}

// fitsIn reports whether a header of a protocol may have n bytes: those of its fields, and more where some of them vary.
func fitsIn(p *craft.Protocol, n int) bool {
	fixed := p.Shape().Size()
	return n == fixed || n > fixed && p.Shape().Varies()
}

var _ = craft.Install(func() []craft.Spec {
	all := make([]craft.Spec, 0, 2*len(protocols)) // a family is several
	for _, specs := range protocols {
		all = append(all, specs()...)
	}
	return all
})
