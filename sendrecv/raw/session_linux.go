package raw

import (
	"errors"

	"github.com/moonwire/moonwire/sendrecv"
)

func open(where string) (*sendrecv.Session, error) {
	m, l, pinned, err := reach(where)
	if err != nil {
		return nil, err
	}
	s, err := newSession(m, l, pinned)
	if err != nil {
		return nil, errors.Join(err, m.close())
	}
	end := s.Closer
	s.Closer = func() error { return errors.Join(end(), m.close()) }
	return s, nil
}

// ownTap is the name of a session's own tap. Scripts and reports call the tap nearest to the sender "guest", after the
// guest of a virtual machine, on the interface of a real host too.
const ownTap = "guest"

// reach finds an interface on its machine; pinned says that the user named it. The caller closes the machine.
func reach(where string) (m *machine, l link, pinned bool, err error) {
	p, err := parseIfname(where)
	if err != nil {
		return nil, link{}, false, err
	}
	if m, err = openMachine(p.namespace); err != nil {
		return nil, link{}, false, err
	}
	if l, err = m.find(p.device); err != nil {
		return nil, link{}, false, errors.Join(err, m.close())
	}
	return m, l, p.device != "", nil
}

// newSession makes a session at a link, pinned or not. Its Closer ends the ports and leaves the machine.
func newSession(m *machine, l link, pinned bool) (*sendrecv.Session, error) {
	p, err := openPort(m.namespace, l)
	if err != nil {
		return nil, err
	}
	tap, err := listenOnly(m.namespace, l)
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	r := &routes{tables: m.tables, link: l, pinned: pinned}
	s := &sendrecv.Session{
		Name:     l.String(),
		Port:     p,
		Hardware: l.mac,
		Routes:   r,
		Guard:    m.guard,
		Taps:     []sendrecv.Tap{{Name: ownTap, Port: tap}},
		Dialer:   &dialer{namespace: m.namespace, routes: r},
		Closer:   func() error { return errors.Join(p.Close(), tap.Close()) },
	}
	if l.medium == ethernet {
		s.Neighbours = &neighbours{port: p, routes: r}
	}
	s.Host = &host{machine: m, routes: r, self: s}
	return s, nil
}

// A tap is a port that ends together with the machine it was opened on.
type tap struct {
	*port
	machine *machine
}

// Close implements sendrecv.Port.
func (t tap) Close() error { return errors.Join(t.port.Close(), t.machine.close()) }

func openTap(where string) (sendrecv.Port, error) {
	m, l, _, err := reach(where)
	if err != nil {
		return nil, err
	}
	p, err := listenOnly(m.namespace, l)
	if err != nil {
		return nil, errors.Join(err, m.close())
	}
	return tap{p, m}, nil
}
