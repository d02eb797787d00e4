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
// The value of a field is the first of these that exists: set explicitly; set by the layer it carries (TCP makes IP's proto
// 6); the protocol's default; computed at build (lengths, checksums) or asked of the sending host (Env; nil is no host).
// What is wrong with a pair given to Name.New is Build's error. Dissect never fails and never panics: what cannot be read
// stays as Raw, with a note. A field that holds a Set of craft/values makes the packet a stream of packets.
//
// To use packets: Name.New, Stack, Build, Dissect, Packet.Layer, Layer.Uint, Layer.Text, Layer.Set, Packet.At, Compile,
// Answers. To add a protocol: Install, Spec, Hooks, Over, Part; Table.Define declares one for a session. All else serves
// these. Command and values.Literal print Lua code that rebuilds the packet. Packets are not safe for concurrent use;
// protocols and tables are.
package craft

// The files, by what happens to a packet:
//
//	model      packet captureinfo layer layershape value name field protocol shape part parts option raw
//	kinds      kind (the table of them) kind_number kind_flags kind_address kind_fixed kind_bytes kind_list
//	rows       computed fill follow ends condition padding trailer (what a field holds, when it is there, what fills up)
//	fields     assign addresses fieldset nestedset nest listcount surgery optiondraw
//	protocols  table binding answerrule; declared at run time: definition; what is wrong with one: check checkrow
//	build      build headerbytes checksum pseudoheader
//	dissect    dissect inside decoder
//	answers    answers (which packet answers which, and the keys to find it by)
//	text       show command commandread sprintf json explain diagram
//	many       elements template templatecompile templateprogram fuzz
