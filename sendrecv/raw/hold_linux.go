package raw

import (
	"fmt"
	"net"
	"sync"
)

// A lazyGuard opens the guard of a namespace when it is wanted first: sessions that never hold a port need no
// CAP_NET_ADMIN. It implements sendrecv.HostGuard.
type lazyGuard struct {
	namespace *namespace

	mu     sync.Mutex
	guard  *guard // nil until the first Hold
	closed bool
}

// Hold implements sendrecv.Guard.
func (l *lazyGuard) Hold(ports ...uint16) (release func(), err error) {
	g, err := l.open()
	if err != nil {
		return nil, err
	}
	return g.Hold(ports...)
}

// open is the guard, opened if need be.
func (l *lazyGuard) open() (*guard, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, fmt.Errorf("guard: %w", net.ErrClosed)
	}
	if l.guard != nil {
		return l.guard, nil
	}
	err := l.namespace.do(func() (err error) {
		l.guard, err = openGuard()
		return err
	})
	if err != nil {
		l.guard = nil
		return nil, err
	}
	return l.guard, nil
}

// close ends all holds. It is safe to call twice.
func (l *lazyGuard) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.guard == nil {
		return nil
	}
	return l.guard.Close()
}
