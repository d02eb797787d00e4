package lua_test

import (
	"context"
	"fmt"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/sendrecv/lab"
)

func Example() {
	l, err := lab.New(lab.Config{NAT: "masquerade"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = l.Close() }()
	s := lua.New(lua.Config{Session: l.Session()})
	defer s.Close()
	_, err = s.Run(context.Background(), "example", `
		for ttl = 1, 3 do
		  local r = sr1(IP{dst="192.168.11.2", ttl=ttl}/TCP{dport=57212, flags="S"})
		  print(ttl, r[IP].src, r[TCP] and r[TCP].flags or r[ICMP]:name("type"))
		end`)
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1	10.0.2.2	time-exceeded
	// 2	192.168.10.254	time-exceeded
	// 3	192.168.11.2	SA
}
