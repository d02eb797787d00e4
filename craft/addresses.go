package craft

import (
	"net/netip"

	"github.com/moonwire/moonwire/craft/values"
)

// An AddressFamily says that one field announces of which family the address in another one is: that field follows the address
// when it was not set.
type AddressFamily struct {
	// Field holds the address.
	Field string
	// By announces its family, and is one of the Keys.
	By string
	// Four and Six are the values of By for addresses of 4 and of 16 bytes.
	Four, Six uint64
}

// announce gives the fields that announce an address their values, before field takes it. The layer as it was is returned when
// that changed anything.
func (l *Layer) announce(field string, value any) (was *before) {
	for _, f := range l.proto.spec.Addresses {
		i := l.proto.index[f.By]
		if f.Field != field || l.fixed>>i&1 == 1 && l.told()>>i&1 == 0 || l.shape.mask>>i&1 == 0 {
			continue
		}
		n, ok := f.of(value)
		if !ok || l.value(i).num == n {
			continue
		}
		if was == nil {
			was = &before{layer: l.copy(), packet: l.packet}
		}
		l.shape.slots[i].put(l.hdr, n)
		l.fixed |= 1 << i
		l.more().told |= 1 << i
		l.reshape()
	}
	return was
}

// of is the announcement for a value; false for what is no address.
func (f AddressFamily) of(value any) (uint64, bool) {
	switch v := value.(type) {
	case string:
		if p, err := netip.ParsePrefix(v); err == nil {
			return f.of(p.Addr())
		}
		a, _ := netip.ParseAddr(v)
		return f.of(a)
	case Value:
		return f.of(v.Addr())
	case values.Set:
		if v.Len() > 0 {
			return f.of(v.At(0))
		}
	case []any:
		if len(v) > 0 {
			return f.of(v[0])
		}
	case netip.Addr:
		if v.Is4() {
			return f.Four, true
		}
		return f.Six, v.Is6()
	}
	return 0, false
}

// told are the fields that hold what a value of another one announced.
func (l *Layer) told() uint64 {
	if l.extra == nil {
		return 0
	}
	return l.extra.told
}
