package raw

import (
	"fmt"
	"strings"
)

// An ifname is an interface as the user names it, with the network namespace that it is in.
type ifname struct {
	// namespace is the name that "ip netns" knows; "" is this process's own.
	namespace string
	// device is the interface; "" leaves the choice to the routing table.
	device string
}

// parseIfname reads "eth0", "netns:guest/eth0", "netns:guest" or "".
func parseIfname(where string) (ifname, error) {
	rest, ok := strings.CutPrefix(where, "netns:")
	if !ok {
		return ifname{device: where}, nil
	}
	namespace, device, _ := strings.Cut(rest, "/")
	if namespace == "" || strings.Contains(device, "/") {
		return ifname{}, fmt.Errorf("%s: want netns:NAME/INTERFACE", where)
	}
	return ifname{namespace, device}, nil
}

// String is the spelling that parseIfname reads.
func (n ifname) String() string {
	if n.namespace == "" {
		return n.device
	}
	return "netns:" + n.namespace + "/" + n.device
}

// ip is the command line of ip(8) with the given words, in the namespace.
func (n ifname) ip(words string) string {
	if n.namespace == "" {
		return "ip " + words
	}
	return "ip -n " + n.namespace + " " + words
}
