package vantage_test

import (
	"context"
	"fmt"
	"time"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/lab"
	"github.com/moonwire/moonwire/sendrecv/vantage"
)

// The article's experiment as a lab exercise checks it: one SYN leaves the guest, both sides of the NAT are watched, and
// what they saw is judged.
func ExamplePath() {
	for _, nat := range []string{"vmnat", "masquerade"} {
		verdict, err := oneSYN(nat)
		fmt.Println(nat, verdict, err)
	}
	// Output:
	// vmnat handshake-on-syn-proxy <nil>
	// masquerade packet-nat <nil>
}

func oneSYN(nat string) (vantage.Verdict, error) {
	l, err := lab.New(lab.Config{NAT: nat})
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	s, ctx := l.Session(), context.Background()

	watched := make([]sendrecv.Receiver, len(s.Taps))
	for i, tap := range s.Taps {
		if watched[i], err = tap.Port.Listen(sendrecv.ListenOptions{}); err != nil {
			return "", err
		}
	}
	syn := craft.Stack(layers.IP.New("dst", s.Server.Addr()), layers.TCP.New("dport", int(s.Server.Port()), "flags", "S"))
	if _, err := s.SR1(ctx, syn, sendrecv.Options{NoGuard: true}); err != nil {
		return "", err
	}

	captures := make([]vantage.Capture, len(s.Taps))
	for i, tap := range s.Taps {
		frames := make([]sendrecv.Frame, 64)
		n, err := watched[i].Receive(ctx, frames, time.Second)
		if err != nil {
			return "", err
		}
		captures[i] = vantage.Capture{Tap: tap.Name, Frames: frames[:n]}
	}
	return vantage.Path(vantage.Segments(captures, s.Server)).Verdict, nil
}
