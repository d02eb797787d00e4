package lab

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
)

// hosts are the names of the lab's hosts. It implements sendrecv.Hosts: no name is asked for outside this process, neither
// of a server nor of a file.
type hosts struct{}

// A named is a host and the address that its name stands for.
type named struct {
	name string
	addr netip.Addr
}

// all lists the hosts along the path. The NAT and the router have two addresses each: the name is the one that the guest
// meets, its gateway and the router that its traces show.
func (hosts) all() []named {
	return []named{{"guest", guestAddr}, {"nat", gatewayAddr}, {"router", routerUplink}, {"server", serverAddr}}
}

// Lookup implements sendrecv.Hosts. Names are read as DNS reads them: in any case, with or without a last dot.
func (h hosts) Lookup(_ context.Context, network, host string) ([]netip.Addr, error) {
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	var names []string
	for _, n := range h.all() {
		if n.name != name {
			names = append(names, n.name)
			continue
		}
		if network == "ip6" {
			return nil, nil // the lab's hosts speak IPv4
		}
		return []netip.Addr{n.addr}, nil
	}
	return nil, fmt.Errorf("the built-in network has the hosts %s, and asks nobody outside it", strings.Join(names, ", "))
}
