package values

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
)

// MAC is a 48-bit link-layer address; the zero value is 00:00:00:00:00:00.
type MAC [6]byte

// Broadcast is the link-layer address of every station, ff:ff:ff:ff:ff:ff.
func Broadcast() MAC { return MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff} }

// MACOf is the address that is this number of 48 bits; higher bits are not looked at.
func MACOf(n uint64) MAC {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], n)
	return MAC(b[2:])
}

// Uint is the address as a number of 48 bits.
func (m MAC) Uint() uint64 { return binary.BigEndian.Uint64(append([]byte{0, 0}, m[:]...)) }

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

// IPv4Of is the IPv4 address that is this number of 32 bits; higher bits are not looked at.
func IPv4Of(n uint64) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], uint32(n))
	return netip.AddrFrom4(b)
}
