package lua

import (
	"context"
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

// lookupWait is how long a name may take.
const lookupWait = 5 * time.Second

// assignHost gives an address field the first address of a host, as its name is known when the field is set: the packet
// holds the address from then on. ok is false when the field or the text is of another kind.
func (s *State) assignHost(layer *craft.Layer, field, host string) (ok bool, err error) {
	network := kinds[layer.Protocol().Kind(field)].network
	if network == "" || len(host) > 253 || !hostName.MatchString(host) { // in this order: matching a long text takes seconds
		return false, nil
	}
	ctx, cancel := context.WithTimeout(s.vm.Context(), lookupWait)
	defer cancel()
	addrs, err := s.lookup(ctx, network, host)
	switch {
	case s.vm.Context().Err() != nil:
		return true, ErrInterrupted
	case err != nil:
		return true, fmt.Errorf("%s.%s: no address for the host %q: %w", layer.Name(), field, host, err)
	case len(addrs) == 0:
		return true, fmt.Errorf("%s.%s: the host %q has no %s", layer.Name(), field, host, layer.Protocol().Kind(field))
	}
	return true, layer.Set(field, addrs[0].Unmap())
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
