package craft

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// A Name names a protocol: "TCP". It is the word used in Go, in Lua, in errors and in every listing; each
// protocol's file declares its own as a constant. A Name is also the way to look a layer up: p.Layer(craft.TCP).
type Name string

// MAC is a 48-bit link-layer address; the zero value is 00:00:00:00:00:00.
type MAC [6]byte

// broadcast is the link-layer address of every station, ff:ff:ff:ff:ff:ff.
var broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// String writes the address as six pairs of lower-case hex digits with colons.
func (m MAC) String() string { return net.HardwareAddr(m[:]).String() }

// ParseMAC reads six octets written with colons, dashes or Cisco's dots.
func ParseMAC(s string) (MAC, error) {
	hw, err := net.ParseMAC(s)
	if err != nil || len(hw) != 6 {
		return MAC{}, fmt.Errorf("want a MAC address such as 02:00:00:00:00:01, got %q", s)
	}
	return MAC(hw), nil
}

// An Env is the world a packet is built in: what only the sending host knows. Build asks it for the fields that
// nobody set and no other field determines. Both methods must be safe for concurrent use.
type Env interface {
	// Source is the address packets to dst leave with. An error (no route) ends the build.
	Source(dst netip.Addr) (netip.Addr, error)
	// Hardware is this host's own link-layer address, the source of its Ethernet headers.
	Hardware() MAC
	// NextHop is the link-layer address of the neighbour that takes packets to dst. It is asked for when a frame needs
	// it and not before. An error (no answer to ARP) ends the build: nothing is broadcast in doubt.
	NextHop(dst netip.Addr) (MAC, error)
}

// ErrNoRoute is wrapped by the errors of an Env that knows no way to a destination.
var ErrNoRoute = errors.New("no route to host")
