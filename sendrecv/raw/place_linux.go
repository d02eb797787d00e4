package raw

import (
	"fmt"
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
