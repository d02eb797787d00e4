package lab

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// TestHostsHaveNames asks the session for each host, and for what it must not know.
func TestHostsHaveNames(t *testing.T) {
	for _, nat := range NATs() {
		b := newBench(t, Config{NAT: nat.Name})
		for _, c := range []struct{ network, host, want string }{
			{"ip4", "guest", "10.0.2.100"},
			{"ip4", "nat", "10.0.2.2"},
			{"ip4", "router", "192.168.10.254"},
			{"ip4", "server", "192.168.11.2"},
			{"ip4", "Server", "192.168.11.2"},
			{"ip4", "server.", "192.168.11.2"},
			{"ip6", "server", ""},
		} {
			var want []netip.Addr
			if c.want != "" {
				want = []netip.Addr{netip.MustParseAddr(c.want)}
			}
			got, err := b.Hosts.Lookup(t.Context(), c.network, c.host)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: %s %s: got %v, %v; want %v", nat.Name, c.network, c.host, got, err, want)
			}
		}
		for _, host := range []string{"localhost", "example.com", "server.example", "", ".", "server..", "ip6-localhost"} {
			for _, network := range []string{"ip4", "ip6"} {
				got, err := b.Hosts.Lookup(t.Context(), network, host)
				if got != nil || err == nil || !strings.Contains(err.Error(), "guest, nat, router, server") {
					t.Errorf("%s %q: got %v, %v; want an error that names the hosts", network, host, got, err)
				}
			}
		}
	}
}
