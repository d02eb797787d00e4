// Package protocoltest holds a protocol against the engine's promises: craft/layers runs it on its own, and a module outside
// on those that it installs with craft.Install. One call is enough:
//
//	func TestBell(t *testing.T) {
//		protocoltest.Run(t, protocoltest.Case{
//			Protocol: Bell,
//			Frames:   []protocoltest.Frame{{Name: "a ring", Packet: craft.Stack(Bell.New("who", "Ada")), Wire: ring}},
//		})
//	}
//
// The promises: the table is sound; what is set goes on the wire as set, and reads back; what was never set is as it was after it was set and
// cleared; whatever was read, cut anywhere or damaged, builds back to the same bytes, and nothing that is done with it
// panics; a field takes its own value and nothing changes; refreshing a sound packet changes nothing; the elements of a set
// are the same compiled as built one by one. The bytes themselves, and what answers what, are for the protocol's own tests.
package protocoltest
