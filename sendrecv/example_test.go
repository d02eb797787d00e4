package sendrecv_test

import (
	"context"
	"fmt"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

// One SYN to each of two ports, in the built-in network.
func ExampleSession_SR() {
	l, err := lab.New(lab.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = l.Close() }()
	syns := craft.Stack(layers.IP.New("dst", "192.168.11.2"), layers.TCP.New("sport", 5000, "dport", values.List(57212, 57213), "flags", "S"))
	sequence, err := sendrecv.NewSequence(syns)
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := l.Session().SR(context.Background(), sequence, sendrecv.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, pair := range out.Pairs {
		fmt.Println(pair.Sent.Layer(layers.TCP).Uint("dport"), pair.Answer.Layer(layers.TCP).Text("flags"), pair.RTT)
	}
	// Output:
	// 57212 SA 10.2ms
	// 57213 RA 10.2ms
}
