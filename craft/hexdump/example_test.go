package hexdump_test

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/layers"
)

func ExampleParse() {
	wire, err := hexdump.Parse(`
12:34:56.789012 IP 192.0.2.1.4096 > 192.0.2.2.9: UDP, length 2
	0x0000:  4500 001e 0001 0000 4011 f6ca c000 0201  E.......@.......
	0x0010:  c000 0202 1000 0009 000a 0000 6869       ............hi`)
	fmt.Println(craft.Dissect(wire, layers.IP).Summary(), err)
	// Output:
	// IP / UDP 192.0.2.1:4096 > 192.0.2.2:9 / Raw <nil>
}
