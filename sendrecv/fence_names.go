package sendrecv

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// FencedLookup resolves names of hosts as the system does, but asks only name servers within the allowed networks: where
// the others are never sent a packet, a name that the system's own files know is found still. network is "ip4" or "ip6".
// The error wraps ErrOutside when a server was left out.
func FencedLookup(allowed []netip.Prefix) func(ctx context.Context, network, host string) ([]netip.Addr, error) {
	f := &fence{allowed: slices.Clone(allowed)}
	return func(ctx context.Context, network, host string) ([]netip.Addr, error) {
		var mu sync.Mutex
		var refused error // package net keeps no more of an error than its text
		resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			server, err := netip.ParseAddrPort(address)
			if err == nil && f.contains(server.Addr()) {
				return new(net.Dialer).DialContext(ctx, network, address)
			}
			mu.Lock()
			defer mu.Unlock()
			refused = f.refuse("the name server %s is outside --allow %s and is not asked: write the address, or allow the server too", address, f)
			return nil, refused
		}}
		addrs, err := resolver.LookupNetIP(ctx, network, host)
		mu.Lock()
		defer mu.Unlock()
		if err != nil && refused != nil {
			return nil, refused
		}
		return addrs, err
	}
}
