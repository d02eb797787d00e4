package layers_test

import (
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

func Example() {
	syn := craft.Stack(
		layers.IP.New("src", "192.168.11.1", "dst", "192.168.11.2"),
		layers.TCP.New("dport", 57212, "flags", "S"),
	)
	wire, err := craft.Build(syn, nil)
	fmt.Println(craft.Dissect(wire, layers.IP).Summary(), err)
	// Output:
	// IP / TCP 192.168.11.1:20 > 192.168.11.2:57212 S <nil>
}
