package raw

import (
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/moonwire/moonwire/sendrecv"
)

// A machine is the host in one namespace: what its sessions share. Methods are safe for concurrent use.
type machine struct {
	namespace *namespace
	tables    *tables
	guard     *lazyGuard

	mu       sync.Mutex
	sessions map[string]*sendrecv.Session // by device: those that were asked for by name
	closed   bool
}

// openMachine opens the host in the namespace of that name. The caller closes it.
func openMachine(name string) (*machine, error) {
	ns, err := openNamespace(name)
	if err != nil {
		return nil, err
	}
	t, err := openTables(ns)
	if err != nil {
		return nil, errors.Join(err, ns.close())
	}
	return &machine{namespace: ns, tables: t, guard: &lazyGuard{namespace: ns}, sessions: make(map[string]*sendrecv.Session)}, nil
}

// find is the link of that name; "" is the default one.
func (m *machine) find(device string) (link, error) {
	if device == "" {
		return m.tables.defaultLink()
	}
	return m.tables.link(device)
}

// session is the session at a device that was asked for by name; it is opened once.
func (m *machine) session(device string) (*sendrecv.Session, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, fmt.Errorf("%s: %w", ifname{m.namespace.name, device}, net.ErrClosed)
	}
	if s, ok := m.sessions[device]; ok {
		return s, nil
	}
	l, err := m.tables.link(device)
	if err != nil {
		return nil, err
	}
	s, err := newSession(m, l, true)
	if err != nil {
		return nil, err
	}
	end := s.Closer
	s.Closer = func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.sessions[device] == s {
			delete(m.sessions, device) // the next one who asks gets another
		}
		return end()
	}
	m.sessions[device] = s
	return s, nil
}

// close ends the sessions that were asked for by name, and what they share. It is safe to call twice.
func (m *machine) close() error {
	m.mu.Lock()
	m.closed = true
	var open []*sendrecv.Session
	for _, s := range m.sessions {
		open = append(open, s)
	}
	m.mu.Unlock()
	var errs []error
	for _, s := range open {
		errs = append(errs, s.Close())
	}
	m.tables.close()
	return errors.Join(append(errs, m.guard.close(), m.namespace.close())...)
}
