package netlab

import (
	"context"
	"fmt"
	"time"
	"unsafe"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/moonwire/moonwire/sendrecv"
)

// connect makes a wire between two hosts, with the same name at both ends.
func (h *host) connect(to *host, name string) error {
	peer, err := netns.GetFromName(to.name)
	if err == nil {
		defer peer.Close()
		err = h.links.LinkAdd(&netlink.Veth{
			LinkAttrs: netlink.LinkAttrs{Name: name}, PeerName: name, PeerNamespace: netlink.NsFd(peer),
		})
	}
	if err != nil {
		return fmt.Errorf("veth %s: %w", name, err)
	}
	return nil
}

// waitForLinks waits until the kernel has brought all wires into service: a moment after it was asked to, and until then
// frames are lost.
func (n *Net) waitForLinks(ctx context.Context) error {
	for _, h := range n.hosts {
		links, err := h.links.LinkList()
		if err != nil {
			return fmt.Errorf("%s: list of links: %w", h.name, err)
		}
		for _, l := range links {
			if err := h.waitFor(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
}

func (h *host) waitFor(ctx context.Context, link netlink.Link) error {
	for link.Type() == "veth" && link.Attrs().OperState != netlink.OperUp {
		if _, err := (sendrecv.SystemClock{}).Wait(ctx, time.Millisecond, nil); err != nil {
			return err
		}
		var err error
		if link, err = h.links.LinkByIndex(link.Attrs().Index); err != nil {
			return fmt.Errorf("%s: %w", h.name, err)
		}
	}
	return nil
}

// Of linux/ethtool.h.
const ethtoolSetTxChecksum = 0x17 // ETHTOOL_STXCSUM

type ethtoolValue struct{ command, data uint32 }

// sumInSoftware makes the kernel finish its frames before they leave through an interface of the calling thread's namespace.
// A veth would carry TCP segments without checksums, and up to 64 KiB long: the host it was made for checks neither.
func sumInSoftware(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("%s: transmit checksums: %w", name, err)
	}
	defer unix.Close(fd)
	request := struct {
		name  [unix.IFNAMSIZ]byte
		value *ethtoolValue
		_     [16]byte // the rest of struct ifreq's union
	}{value: &ethtoolValue{ethtoolSetTxChecksum, 0}}
	copy(request.name[:unix.IFNAMSIZ-1], name)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request)))
	if errno != 0 {
		return fmt.Errorf("%s: transmit checksums: %w", name, errno)
	}
	return nil
}
