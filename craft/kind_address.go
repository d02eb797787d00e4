package craft

import (
	"encoding/binary"
	"net/netip"

	"github.com/moonwire/moonwire/craft/values"
)

// addresses are the rules of IPv4 and IPv6 addresses.
type addresses struct{ plain }

func (addresses) text(l *Layer, i int, text string) error {
	if a, err := netip.ParseAddr(text); err == nil {
		return l.assignAddr(i, a)
	}
	p, err := netip.ParsePrefix(text) // "10.0.0.0/24" is the set of its addresses
	if err != nil || !kinds[l.kind(i)].addr(p.Addr()) {
		return l.wants(i, text)
	}
	return l.assignSet(i, values.Network(p))
}

func (addresses) take(l *Layer, i int, value any) error {
	if a, ok := value.(netip.Addr); ok {
		return l.assignAddr(i, a)
	}
	return l.wants(i, value)
}

func (l *Layer) assignAddr(i int, a netip.Addr) error {
	switch k := &kinds[l.kind(i)]; {
	case !k.addr(a):
		return l.wants(i, a)
	case k.wide:
		b := a.As16()
		return l.assignFixedBytes(i, b[:])
	}
	b := a.As4()
	return l.assignUint(i, uint64(binary.BigEndian.Uint32(b[:])))
}

func (addresses) decoded(v Value) any { return v.Addr() }
func (addresses) show(v Value) string { return v.Addr().String() }

func (addresses) draw(l *Layer, i int, seed uint64) values.Generator {
	random := values.RandIP
	if kinds[l.kind(i)].wide {
		random = values.RandIP6
	}
	g, _ := random("", seed)
	return g
}

func (addresses) encode(t Item, v any) []byte {
	if text, ok := v.(string); ok {
		v, _ = netip.ParseAddr(text)
	}
	if a, _ := v.(netip.Addr); kinds[t.Kind].addr(a) {
		return a.AsSlice()
	}
	return nil
}

// macs are the rules of MAC addresses.
type macs struct{ plain }

func (macs) text(l *Layer, i int, text string) error {
	m, err := values.ParseMAC(text)
	if err != nil {
		return err
	}
	return l.assignUint(i, m.Uint())
}

func (macs) take(l *Layer, i int, value any) error {
	if b := (macs{}).encode(Item{}, value); b != nil {
		return l.assignUint(i, values.MAC(b).Uint())
	}
	return l.wants(i, value)
}

func (macs) decoded(v Value) any { return values.MACOf(v.num) }
func (macs) show(v Value) string { return values.MACOf(v.num).String() }

func (macs) draw(_ *Layer, _ int, seed uint64) values.Generator {
	g, _ := values.RandMAC("", seed)
	return g
}

func (macs) encode(_ Item, v any) []byte {
	switch v := v.(type) {
	case values.MAC:
		return v[:]
	case []byte:
		if len(v) == len(values.MAC{}) {
			return v
		}
	case string:
		if m, err := values.ParseMAC(v); err == nil {
			return m[:]
		}
	}
	return nil
}
