package lab_test

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/moonwire/moonwire/sendrecv/lab"
)

// A connection stays alive behind a proxying NAT although its server is gone.
func Example() {
	l, err := lab.New(lab.Config{NAT: "vmnat"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	s := l.Session()
	ctx := context.Background()

	start := s.Clock().Now()
	keepalive := net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 3}
	c, err := s.Dialer.Dial(ctx, s.Server, 0, keepalive)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	s.Path.Cut("server")
	data, err := c.Receive(ctx, time.Hour)
	fmt.Println(data, err, s.Clock().Now().Sub(start).Round(time.Minute))
	// Output: [] <nil> 1h0m0s
}
