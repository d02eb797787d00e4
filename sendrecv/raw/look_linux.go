package raw

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

func look(where string) (*sendrecv.Session, error) {
	p, err := parseIfname(where)
	if err != nil {
		return nil, err
	}
	m, err := openMachine(p.namespace)
	if err != nil {
		return nil, err
	}
	l, err := m.find(p.device)
	if err != nil && p.device != "" {
		return nil, errors.Join(err, m.close())
	}
	if err != nil { // nothing to send through, and yet the table may tell of the host's own addresses
		l = link{ifname: p, medium: tunnel}
	}
	r := &routes{tables: m.tables, link: l, pinned: p.device != ""}
	s := &sendrecv.Session{Name: l.String(), Hardware: l.mac, Routes: r, Closer: m.close}
	if l.medium == ethernet {
		s.Neighbours = remembered{r}
	}
	return s, nil
}

// remembered are the neighbours on an Ethernet link that the kernel knows. It implements sendrecv.Neighbours.
type remembered struct{ routes *routes }

// Resolve implements sendrecv.Neighbours.
func (n remembered) Resolve(_ context.Context, addr netip.Addr) (values.MAC, error) {
	if mac, w, err := n.routes.unasked(addr); err != nil || w.kind != unix.RTN_UNICAST {
		return mac, err
	}
	mac, ok := n.routes.tables.neighbour(n.routes.link.index, addr)
	if !ok {
		return mac, fmt.Errorf("%s on %s is not known yet: it is asked for when a packet is sent", addr, n.routes.link)
	}
	return mac, nil
}
