package vantage

import (
	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// wrongSum says that the checksum of a segment is neither right nor what the sender leaves for the network card to finish:
// the sum over the pseudo-header alone, or nothing (RFC 9293, section 3.1; RFC 8200, section 8.1).
func wrongSum(ip *craft.Layer, segment []byte) bool {
	if len(segment) < 20 {
		return true
	}
	pseudo := append(ip.Addr("src").AsSlice(), ip.Addr("dst").AsSlice()...)
	pseudo = append(pseudo, 0, 6, byte(len(segment)>>8), byte(len(segment)))
	partial := fold(add(0, pseudo))
	written := uint32(segment[16])<<8 | uint32(segment[17])
	if written == partial || written == 0 {
		return false
	}
	return fold(add(add(0, pseudo), segment)) != 0xffff
}

// wrongHeader says that the checksum of an IPv4 header is wrong: the next router drops it (RFC 1812, section 4.2.2.5). 0 is what
// a network card fills in.
func wrongHeader(ip *craft.Layer, header []byte) bool {
	n := 4 * int(ip.Uint("ihl"))
	if ip.Name() != layers.IP || n < 20 || n > len(header) || header[10] == 0 && header[11] == 0 {
		return false
	}
	return fold(add(0, header[:n])) != 0xffff
}

func add(sum uint32, data []byte) uint32 {
	for i := 0; i+1 < len(data); i += 2 {
		sum += uint32(data[i])<<8 | uint32(data[i+1])
	}
	if len(data)%2 == 1 {
		sum += uint32(data[len(data)-1]) << 8
	}
	return sum
}

func fold(sum uint32) uint32 {
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return sum
}
