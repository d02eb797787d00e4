package raw

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"sync"

	"github.com/vishvananda/netns"
)

// A namespace is a network namespace in which sockets are made; they stay there. Methods are safe for concurrent use.
type namespace struct {
	// name is what "ip netns" calls it; "" is this process's own, where there is nothing to enter.
	name string

	mu     sync.RWMutex
	handle netns.NsHandle // closed once it is netns.None
}

// openNamespace finds the namespace of that name. The caller closes it.
func openNamespace(name string) (*namespace, error) {
	if name == "" {
		return &namespace{handle: netns.None()}, nil
	}
	h, err := netns.GetFromName(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no network namespace %q: \"ip netns list\" names those there are", name)
	}
	if err != nil {
		return nil, fmt.Errorf("network namespace %s: %w", name, err)
	}
	return &namespace{name: name, handle: h}, nil
}

// do calls f on a thread inside the namespace. f must not hand work to other goroutines: they run elsewhere.
func (n *namespace) do(f func() error) error {
	if n.name == "" {
		return f()
	}
	done := make(chan error)
	go func() { done <- n.within(f) }() // a thread that cannot get back to what it was ends with this goroutine
	return <-done
}

// within calls f inside the namespace, on the goroutine's own thread.
func (n *namespace) within(f func() error) error {
	runtime.LockOSThread()
	home, err := netns.Get()
	if err == nil {
		defer func() { _ = home.Close() }() // only looked at
		err = n.enter()
	}
	if errors.Is(err, errRaised) {
		return err // and keep the thread locked
	}
	if err != nil {
		runtime.UnlockOSThread() // it has not left home
		return err
	}
	defer func() {
		if asAdmin(func() error { return netns.Set(home) }) == nil {
			runtime.UnlockOSThread()
		} // else nobody else is to find himself in a foreign namespace
	}()
	return f()
}

// enter moves the calling thread into the namespace.
func (n *namespace) enter() error {
	n.mu.RLock()
	defer n.mu.RUnlock()
	if !n.handle.IsOpen() {
		return fmt.Errorf("network namespace %s: %w", n.name, net.ErrClosed)
	}
	err := asAdmin(func() error { return netns.Set(n.handle) })
	if errors.Is(err, os.ErrPermission) {
		return missingRight("entering network namespace " + n.name + " needs CAP_SYS_ADMIN: run with sudo, or --lab")
	}
	if err != nil {
		return fmt.Errorf("network namespace %s: %w", n.name, err)
	}
	return nil
}

// close forgets the namespace; sockets made in it live on. It is safe to call twice.
func (n *namespace) close() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.handle.IsOpen() {
		return nil
	}
	return n.handle.Close()
}
