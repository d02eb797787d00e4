package raw

import (
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// A host is the machine seen from one of its sessions. It implements sendrecv.Host.
type host struct {
	machine *machine
	routes  *routes
	self    *sendrecv.Session
}

// Interfaces implements sendrecv.Host. The names are those within the host's namespace.
func (h *host) Interfaces() []string { return h.machine.tables.names() }

// Session implements sendrecv.Host. The name may be that within the namespace or the whole one: "netns:guest/eth0".
func (h *host) Session(name string) (*sendrecv.Session, error) {
	whole := ifname{namespace: h.machine.namespace.name}.String()
	return h.at(strings.TrimPrefix(name, whole))
}

// Toward implements sendrecv.Host. What every link carries (multicast, the limited broadcast) leaves from this session,
// and so does what is not IPv4.
func (h *host) Toward(dst netip.Addr) (*sendrecv.Session, error) {
	if !dst.Is4() || dst.IsMulticast() || dst == limitedBroadcast {
		return h.self, nil
	}
	w, err := h.routes.way(dst)
	switch {
	case err == nil && w.index == h.routes.link.index:
		return h.self, nil
	case err == nil && w.kind == unix.RTN_LOCAL: // the link of all the host's own addresses is loopback
	case h.routes.pinned:
		return h.self, nil
	case err != nil:
		return nil, err
	}
	device, err := h.machine.tables.device(w.index)
	if err != nil {
		return nil, err
	}
	return h.at(device)
}

// at is the session at a device.
func (h *host) at(device string) (*sendrecv.Session, error) {
	if device == h.routes.link.device && h.routes.pinned {
		return h.self, nil
	}
	return h.machine.session(device)
}
