package netlab

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
)

// What stands between the guest and the rest.
const (
	// slirp4netns is the program of that name: it ends the guest's TCP connections and makes its own.
	slirp4netns = "slirp4netns"
	// masquerade is nftables rewriting addresses and ports.
	masquerade = "masquerade"
	// none is a plain router.
	none = "none"
)

// NATs lists what Config.NAT takes, the default first.
func NATs() []string { return []string{slirp4netns, masquerade, none} }

// Config says what to build. The zero value is the experiment's network.
type Config struct {
	// NAT is what stands between the guest and the rest: "slirp4netns" is the program of that name, a TCP proxy;
	// "masquerade" is nftables, which rewrites addresses and ports; "none" is a plain router. Empty means the first.
	NAT string
}

// A Net is one network. Nets share nothing but the kernel. Methods are safe for concurrent use.
type Net struct {
	// id is in the names of this network's namespaces and interfaces, so that no two networks share one.
	id string
	// guest is the guest's interface.
	guest string
	// hosts are the namespaces by the last word of their names.
	hosts map[string]*host
	// undo takes down what was built, in the order it was built.
	undo []func() error
	// once and err are for Close.
	once sync.Once
	err  error
}

// Up builds a network. The caller closes it; with an error nothing is left. The error wraps os.ErrPermission without root,
// ctx's error when ctx ended before the network was ready, and errors.ErrUnsupported on systems other than Linux. It names
// the package to install when a program is missing.
func Up(ctx context.Context, c Config) (*Net, error) {
	nat := cmp.Or(c.NAT, NATs()[0])
	if !slices.Contains(NATs(), nat) {
		return nil, fmt.Errorf("netlab: NAT: want one of %s, got %q", strings.Join(NATs(), ", "), nat)
	}
	id := make([]byte, 3)
	_, _ = rand.Read(id) // never returns an error
	n := &Net{id: fmt.Sprintf("%x", id), hosts: make(map[string]*host)}
	err := n.build(ctx, nat)
	if err == nil {
		return n, nil
	}
	if errors.Is(err, os.ErrPermission) {
		err = fmt.Errorf("needs root: %w", err)
	}
	return nil, fmt.Errorf("netlab: %w", errors.Join(err, n.Close()))
}

// Guest is the guest's interface as package raw opens it: "netns:moonwire-ID-guest/mwID-guest", or its tap0 behind
// slirp4netns.
func (n *Net) Guest() string { return n.ifname("guest", n.guest) }

// Host is the NAT's uplink interface, the experiment's host side, as package raw opens it.
func (n *Net) Host() string { return n.ifname("nat", n.link("uplink")) }

// In runs do in one of the hosts, "guest", "nat", "router" or "server", and returns its error: sockets that do opens are
// that host's and stay so. It runs on the calling goroutine; goroutines that do starts are not in the host.
func (n *Net) In(node string, do func() error) error {
	h, ok := n.hosts[node]
	if !ok {
		return fmt.Errorf("netlab: host: want one of %s, got %q", strings.Join(slices.Sorted(maps.Keys(n.hosts)), ", "), node)
	}
	return h.do(do)
}

// Close takes everything down and returns when it is. It is safe to call twice.
func (n *Net) Close() error {
	n.once.Do(func() {
		var errs []error
		for _, f := range slices.Backward(n.undo) {
			errs = append(errs, f())
		}
		n.err = errors.Join(errs...)
	})
	return n.err
}

// namespace is the name of a host's namespace.
func (n *Net) namespace(node string) string { return "moonwire-" + n.id + "-" + node }

// link is the name of both ends of a wire. It fits into IFNAMSIZ: 15 characters.
func (n *Net) link(wire string) string { return "mw" + n.id + "-" + wire }

// ifname names an interface of a host as package raw reads it.
func (n *Net) ifname(node, iface string) string { return "netns:" + n.namespace(node) + "/" + iface }
