// Package craft builds and reads packets.
//
// A packet is a stack of layers, each an instance of a protocol's field table. What the user sets goes on the wire as
// set, however wrong; what nobody set is computed when the packet is built:
//
//	p := craft.Stack(
//		craft.IP.New("dst", "192.168.11.2", "src", "192.168.11.1"),
//		craft.TCP.New("dport", 57212, "flags", "S"),
//	)
//	wire, err := craft.Build(p, nil)
//
// The value of a field is the first of these that exists: set by the user; set by the layer above (an IP header under
// TCP has proto 6); the protocol's default; computed at build (lengths, checksums) or asked of the sending host (Env).
//
// Dissect is the way back. It never fails and never panics: what cannot be read stays as Raw, with a note.
//
// The package knows no socket, no clock and no script language. A protocol is one file: its field table, its bindings
// to the protocols below it, and its hooks. Packets are not safe for concurrent use; protocols are.
package craft
