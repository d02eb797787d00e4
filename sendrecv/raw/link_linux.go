package raw

import (
	"errors"
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/sendrecv"
)

// A medium is what an interface's frames look like.
type medium int

const (
	ethernet medium = iota // whole Ethernet frames
	loopback               // the host's own, IPv4 packets
	tunnel                 // IPv4 packets
)

// mediumOf reads the kernel's name of a link type; false for those that ports do not know.
func mediumOf(encapsulation string) (medium, bool) {
	switch encapsulation {
	case "ether":
		return ethernet, true
	case "loopback":
		return loopback, true
	case "none", fmt.Sprintf("unknown%d", unix.ARPHRD_RAWIP): // netlink has no name for the latter
		return tunnel, true
	}
	return 0, false
}

// A link is an interface as it was found when its port was opened.
type link struct {
	ifname
	index  int
	medium medium
	mac    values.MAC // zero unless ethernet
	mtu    int        // bytes above the link-layer header
}

// newLink takes from the kernel's description what ports need. It fails for an interface that cannot be used.
func newLink(namespace string, found netlink.Link) (link, error) {
	a := found.Attrs()
	l := link{ifname: ifname{namespace, a.Name}, index: a.Index, mtu: a.MTU}
	m, ok := mediumOf(a.EncapType)
	switch {
	case !ok:
		return link{}, fmt.Errorf("%s has frames of type %s: want Ethernet, loopback, or a tunnel that carries plain IP", l, a.EncapType)
	case a.Flags&net.FlagUp == 0:
		return link{}, l.down()
	}
	l.medium = m
	copy(l.mac[:], a.HardwareAddr)
	return l, nil
}

// protocol is what its frames begin with.
func (l link) protocol() craft.Name {
	if l.medium == ethernet {
		return layers.Ether
	}
	return layers.IP
}

// An away is the error of an interface that cannot be used any more, or not now. It wraps sendrecv.ErrAway.
type away string

func (a away) Error() string { return string(a) }

// Unwrap makes it a sendrecv.ErrAway.
func (a away) Unwrap() error { return sendrecv.ErrAway }

// down is the error of an interface that is down.
func (l link) down() error {
	return away(fmt.Sprintf("%s is down: %s", l, l.ip("link set "+l.device+" up")))
}

// gone is the error of an interface that does not exist any more.
func (l link) gone() error {
	return away(fmt.Sprintf("%s is gone: %s shows what there is", l, l.ip("link")))
}

// explain says what a refusal of the kernel means.
func (l link) explain(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENETDOWN), l.medium == loopback && errors.Is(err, unix.ENETUNREACH):
		return l.down()
	case errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		return l.gone()
	}
	return fmt.Errorf("%s: %w", l, err)
}
