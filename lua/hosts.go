package lua

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"time"

	"github.com/moonwire/moonwire/craft"
)

// hostName is what is looked up: labels with dots, the last of which is no number. What looks like an address that was
// mistyped is not asked for.
var hostName = regexp.MustCompile(`^([A-Za-z0-9_-]+\.)*[A-Za-z_][A-Za-z0-9_-]*\.?$`)

// maxHost is the longest name of a host, in bytes (RFC 1035, section 2.3.4).
const maxHost = 253

// lookupWait is how long a name may take.
const lookupWait = 5 * time.Second

// assignHost gives an address field the first address of a host, as its name is known when the field is set: the packet
// holds the address from then on. ok is false when the field or the text is of another kind.
func (s *State) assignHost(layer *craft.Layer, field, host string) (ok bool, err error) {
	network := networkOf(layer.Protocol().Kind(field))
	if network == "" || len(host) > maxHost || !hostName.MatchString(host) { // in this order: matching a long text takes seconds
		return false, nil
	}
	addr, err := s.hostAddress(network, host)
	switch {
	case errors.Is(err, ErrInterrupted):
		return true, err
	case err != nil:
		return true, fmt.Errorf("%s.%s: %w", layer.Name(), field, err)
	}
	return true, layer.Set(field, addr)
}

// addressOrHost is the address that a text is, or the first one of the host that it names.
func (s *State) addressOrHost(text string) (netip.Addr, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return addr, nil
	}
	if len(text) > maxHost || !hostName.MatchString(text) {
		return netip.Addr{}, fmt.Errorf("want an address or the name of a host, got %q", text)
	}
	return s.hostAddress("ip", text)
}

// hostNamed is the IPv4 address of a host, for the argument of a script.
func (s *State) hostNamed(host string) (netip.Addr, error) {
	if len(host) > maxHost || !hostName.MatchString(host) {
		return netip.Addr{}, fmt.Errorf("want an IPv4 address or the name of a host, got %q", host)
	}
	return s.hostAddress("ip4", host)
}

// hostAddress is the first address of a host.
func (s *State) hostAddress(network, host string) (netip.Addr, error) {
	ctx, cancel := context.WithTimeout(s.vm.Context(), lookupWait)
	defer cancel()
	addrs, err := s.lookup(ctx, network, host)
	switch {
	case s.vm.Context().Err() != nil:
		return netip.Addr{}, ErrInterrupted
	case err != nil:
		return netip.Addr{}, fmt.Errorf("no address for the host %q: %w", host, err)
	case len(addrs) == 0:
		return netip.Addr{}, fmt.Errorf("the host %q has no %s address", host, map[string]string{"ip": "IP", "ip4": "IPv4", "ip6": "IPv6"}[network])
	}
	return addrs[0].Unmap(), nil
}

// networkOf says which addresses of a host a kind of field holds, as package net has it; "" for none.
func networkOf(kind craft.Kind) string {
	switch kind {
	case craft.IPv4:
		return "ip4"
	case craft.IPv6Address:
		return "ip6"
	}
	return ""
}

// lookup asks the resolver that this interpreter was given, else the session that is open, else the system's.
func (s *State) lookup(ctx context.Context, network, host string) ([]netip.Addr, error) {
	switch {
	case s.config.Lookup != nil:
		return s.config.Lookup(ctx, network, host)
	case s.session != nil && s.session.Hosts != nil:
		return s.session.Hosts.Lookup(ctx, network, host)
	}
	return net.DefaultResolver.LookupNetIP(ctx, network, host)
}
