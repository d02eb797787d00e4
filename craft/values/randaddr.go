package values

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// RandIP draws an address of a network ("10.0.0.0/8"), IPv4 or IPv6; "" is any IPv4 address. The error tells that it is
// none.
func RandIP(network string, seed uint64) (Generator, error) {
	text := "RandIP(" + Quote([]byte(network)) + ")"
	if network == "" || network == "0.0.0.0/0" {
		network, text = "0.0.0.0/0", "RandIP()"
	}
	p, err := netip.ParsePrefix(network)
	if err != nil {
		a, err := netip.ParseAddr(network)
		if err != nil {
			return nil, fmt.Errorf(`RandIP: want a network such as "10.0.0.0/8", got %q`, network)
		}
		p = netip.PrefixFrom(a, a.BitLen())
	}
	return inNetwork(text, p.Masked(), seed), nil
}

// inNetwork draws an address of a network.
func inNetwork(text string, p netip.Prefix, seed uint64) Generator {
	if p.Addr().Is4() {
		b := p.Addr().As4()
		first, size := uint64(binary.BigEndian.Uint32(b[:])), uint64(1)<<(32-p.Bits())
		return &generator{text: text, seed: seed, samples: []any{p.Addr()}, value: func(_ Spot, r *Random) any {
			return IPv4Of(first + r.Below(size))
		}}
	}
	return &generator{text: text, seed: seed, samples: []any{p.Addr()}, value: func(_ Spot, r *Random) any {
		b := p.Addr().As16()
		host := 128 - p.Bits()
		lo, hi := r.Uint64(), r.Uint64()
		binary.BigEndian.PutUint64(b[8:], binary.BigEndian.Uint64(b[8:])|lo&(1<<min(host, 64)-1))
		binary.BigEndian.PutUint64(b[:], binary.BigEndian.Uint64(b[:])|hi&(1<<max(host-64, 0)-1))
		return netip.AddrFrom16(b)
	}}
}

// RandIP6 draws an IPv6 address after a template: groups in hex, ranges of them ("1-ff"), "*" for any group, "**" for as
// many of them as are missing; or a prefix ("2001:db8::/32"). "" is any address. The error tells what is wrong with it.
func RandIP6(template string, seed uint64) (Generator, error) {
	text := "RandIP6(" + Quote([]byte(template)) + ")"
	if template == "" || template == "**" {
		template, text = "**", "RandIP6()"
	}
	if p, err := netip.ParsePrefix(template); err == nil && p.Addr().Is6() {
		return inNetwork(text, p.Masked(), seed), nil
	}
	groups, err := addressGroups(template)
	if err != nil {
		return nil, fmt.Errorf("RandIP6: %w", err)
	}
	return &generator{text: text, seed: seed, samples: []any{netip.IPv6Unspecified()}, value: func(_ Spot, r *Random) any {
		var b [16]byte
		for i, g := range groups {
			binary.BigEndian.PutUint16(b[2*i:], uint16(g.draw(r)))
		}
		return netip.AddrFrom16(b)
	}}, nil
}

// An octetRange is the range that one part of an address is drawn from.
type octetRange struct{ first, last uint64 }

func (p octetRange) draw(r *Random) uint64 { return p.first + r.Below(p.last-p.first+1) }

// addressGroups reads a template of an IPv6 address.
func addressGroups(template string) ([8]octetRange, error) {
	var all [8]octetRange
	wrong := fmt.Errorf(`want a template such as "2001:db8:*::1-ff", got %q`, template)
	filler, gap := octetRange{0, 0xffff}, "**"
	left, right, filled := strings.Cut(template, gap)
	if !filled {
		filler, gap = octetRange{}, "::"
		left, right, filled = strings.Cut(template, gap)
	}
	left, right = strings.TrimSuffix(left, ":"), strings.TrimPrefix(right, ":")
	head, err := addressParts(left, "*", 0xffff)
	if err != nil {
		return all, wrong
	}
	tail, err := addressParts(right, "*", 0xffff)
	missing := 8 - len(head) - len(tail)
	if err != nil || missing < 0 || !filled && missing > 0 {
		return all, wrong
	}
	for range missing {
		head = append(head, filler)
	}
	return [8]octetRange(append(head, tail...)), nil
}

// addressParts reads "aa:*:1-f" as ranges of hex numbers up to the largest.
func addressParts(text, anything string, largest uint64) ([]octetRange, error) {
	var all []octetRange
	if text == "" {
		return nil, nil
	}
	for _, word := range strings.Split(text, ":") {
		if word == anything {
			all = append(all, octetRange{0, largest})
			continue
		}
		low, high, ranged := strings.Cut(word, "-")
		if !ranged {
			high = low
		}
		first, err := strconv.ParseUint(low, 16, 64)
		if err != nil {
			return nil, err
		}
		last, err := strconv.ParseUint(high, 16, 64)
		if err != nil {
			return nil, err
		}
		if last > largest || last < first {
			return nil, strconv.ErrRange
		}
		all = append(all, octetRange{first, last})
	}
	return all, nil
}

// RandMAC draws a MAC address after a template: bytes in hex, ranges of them ("01-0f"), "*" for any; bytes left out at the
// end are any. "" is any address. The error tells what is wrong with it.
func RandMAC(template string, seed uint64) (Generator, error) {
	text := "RandMAC(" + Quote([]byte(template)) + ")"
	if template == "" || template == "*" {
		template, text = "*", "RandMAC()"
	}
	octets, err := addressParts(template, "*", 0xff)
	if err != nil || len(octets) > 6 {
		return nil, fmt.Errorf(`RandMAC: want a template such as "02:00:*:01-0f", got %q`, template)
	}
	for len(octets) < 6 {
		octets = append(octets, octetRange{0, 0xff})
	}
	return &generator{text: text, seed: seed, samples: []any{MAC{}}, value: func(_ Spot, r *Random) any {
		var m MAC
		for i, o := range octets {
			m[i] = byte(o.draw(r))
		}
		return m
	}}, nil
}
