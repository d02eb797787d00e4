package raw

import (
	"fmt"
	"net"
	"strings"
)

// A place is where the user wants to be: an interface in a network namespace.
type place struct {
	// namespace is the name that "ip netns" knows; "" is this process's own.
	namespace string
	// device is the interface; "" leaves the choice to the routing table.
	device string
}

// parsePlace reads "eth0", "netns:guest/eth0", "netns:guest" or "".
func parsePlace(where string) (place, error) {
	rest, ok := strings.CutPrefix(where, "netns:")
	if !ok {
		return place{device: where}, nil
	}
	namespace, device, _ := strings.Cut(rest, "/")
	if namespace == "" || strings.Contains(device, "/") {
		return place{}, fmt.Errorf("%s: want netns:NAME/INTERFACE", where)
	}
	return place{namespace, device}, nil
}

func (p place) String() string {
	if p.namespace == "" {
		return p.device
	}
	return "netns:" + p.namespace + "/" + p.device
}

// ip is the ip(8) command line that does words there.
func (p place) ip(words string) string {
	if p.namespace == "" {
		return "ip " + words
	}
	return "ip -n " + p.namespace + " " + words
}

func interfaces() []string {
	found, err := net.Interfaces()
	if err != nil {
		return nil // no way to look is nothing to choose from; Open tells the reason
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.Name
	}
	return names
}
