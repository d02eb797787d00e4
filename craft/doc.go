// Package craft builds and reads packets. It is the engine: the protocols are in craft/layers.
//
// A packet is a stack of layers, each an instance of a protocol's field table. What is set goes on the wire as set, however
// wrong; what is not set is computed when the packet is built:
//
//	p := craft.Stack(
//		layers.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"),
//		layers.TCP.New("dport", 57212, "flags", "S"),
//	)
//	wire, err := craft.Build(p, nil)
//	fmt.Println(craft.Dissect(wire, layers.IP).Summary())
//
// The value of a field is the first of these that exists: set explicitly; set by the layer above (an IP header under TCP has
// proto 6); the protocol's default; computed at build (lengths, checksums) or asked of the sending host (Env).
//
// Dissect never fails and never panics: what cannot be read stays as Raw, with a note. A field that holds a Set of
// craft/values makes the packet a stream of packets (Packet.Count, Packet.At, Compile).
//
// A protocol is a Spec: a table of fields, bindings to the protocols below, and Hooks for what no table says. Package
// craft/layers installs its own with Install, and so may any other; Table.Define declares one for a session. The text forms
// of packets (Command, values.Literal) are Lua that makes them again. Packets are not safe for concurrent use; protocols and
// tables are.
package craft

// The files, by what happens to a packet:
//
//	model      packet layer layershape value name field protocol shape part parts item option raw
//	fields     assign fixed fieldset packetset nest listcount surgery optiondraw
//	protocols  table binding lengths; declared at run time: definition definitioncompile definitioncompute
//	build      build headerbytes padding checksum pseudoheader
//	dissect    dissect inside decoder
//	answers    answers (which packet answers which, and the keys to find it by)
//	text       show sprintf json explain diagram
//	many       template templatecompile templateprogram fuzz
