package layers

import (
	"sync"

	"github.com/moonwire/moonwire/craft"
)

// STP is the Spanning Tree Protocol, IEEE 802.1D, and the part that its successors share.
const STP craft.Name = "STP"

// The whole message, and the four bytes of one that tells of a topology change, 9.3.2. A change that is made here has all fields, as in
// scapy.
var (
	stpFields = []craft.Field{
		{Name: "proto", Kind: craft.Number, Bits: 16, Doc: "protocol identifier, 0"},
		{Name: "version", Kind: craft.Number, Bits: 8, Doc: "0 STP, 2 RSTP, 3 MSTP"},
		{Name: "bpdutype", Kind: craft.Number, Bits: 8, Doc: "0 configuration, 2 rapid, 0x80 topology change"},
		{Name: "bpduflags", Kind: craft.Number, Bits: 8, Doc: "1 topology change, 0x80 its acknowledgement; roles and states of RSTP"},
		{Name: "rootid", Kind: craft.Number, Bits: 16, Doc: "priority of the root bridge"},
		{Name: "rootmac", Kind: craft.Hardware, Bits: 48, Doc: "address of the root bridge"},
		{Name: "pathcost", Kind: craft.Number, Bits: 32, Doc: "cost of the path to the root"},
		{Name: "bridgeid", Kind: craft.Number, Bits: 16, Doc: "priority of this bridge"},
		{Name: "bridgemac", Kind: craft.Hardware, Bits: 48, Doc: "address of this bridge"},
		{Name: "portid", Kind: craft.Number, Bits: 16, Doc: "priority and number of the port"},
		{Name: "age", Kind: craft.Fixed, Bits: 16, Fraction: 8, Default: 1 << 8, Doc: "age of what is told, in seconds"},
		{Name: "maxage", Kind: craft.Fixed, Bits: 16, Fraction: 8, Default: 20 << 8, Doc: "age at which it is forgotten, in seconds"},
		{Name: "hellotime", Kind: craft.Fixed, Bits: 16, Fraction: 8, Default: 2 << 8, Doc: "time between two messages, in seconds"},
		{Name: "fwddelay", Kind: craft.Fixed, Bits: 16, Fraction: 8, Default: 15 << 8, Doc: "time in each state before forwarding, in seconds"},
	}
	stpShape  = sync.OnceValue(func() *craft.Shape { return craft.Layout(stpFields, craft.AllFields(stpFields)) })
	stpChange = sync.OnceValue(func() *craft.Shape { return craft.Layout(stpFields, craft.AllFields(stpFields[:3])) })
)

const stpTopologyChange = 0x80

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: STP, Title: "Spanning Tree Protocol", Doc: "Spanning Tree Protocol, IEEE 802.1D",
		Fields: stpFields, Shape: stpShape(),
		Binds: []craft.Binding{craft.Over(LLC, "dsap", 0x42, craft.FieldValue{Field: "ssap", Value: 0x42}, craft.FieldValue{Field: "ctrl", Value: 3}), craft.Over(SNAP, "code", 0x010b)},
		Hooks: craft.Hooks{Choose: func(c craft.Choice) *craft.Shape {
			if c.Reading && len(c.Header) == stpChange().Size() && c.Header[3] == stpTopologyChange {
				return stpChange()
			}
			return stpShape()
		}},
	}
})
