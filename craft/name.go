package craft

import (
	"errors"
	"net/netip"

	"github.com/moonwire/moonwire/craft/values"
)

// A Name names a protocol: "TCP". It is the word used in Go, in Lua, in errors and in every listing; each
// protocol's file declares its own as a constant. A Name is also the way to look a layer up: p.Layer(layers.TCP).
type Name string

// An Env is the world a packet is built in: what only the sending host knows. Build asks it for the fields that
// are not set and no other field determines. Its methods must be safe for concurrent use.
type Env interface {
	// Source is the address packets to dst leave with. An error (no route) ends the build.
	Source(dst netip.Addr) (netip.Addr, error)
	// Hardware is this host's own link-layer address, the source of its Ethernet headers.
	Hardware() values.MAC
	// NextHop is the link-layer address of the neighbour that takes packets to dst. It is asked for when a frame needs
	// it and not before. An error (no answer to ARP) ends the build: nothing is broadcast in doubt.
	NextHop(dst netip.Addr) (values.MAC, error)
}

// ErrNoRoute is wrapped by the errors of an Env that knows no way to a destination.
var ErrNoRoute = errors.New("no route to host")
