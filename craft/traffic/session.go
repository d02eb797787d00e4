package traffic

import (
	"fmt"
	"net/netip"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
)

// Session names what a packet belongs to, as scapy does, also where no Ether is around it: protocol, source and destination, with
// ports and types where there are some. The two directions of a connection are two sessions.
func Session(p *craft.Packet) string {
	network, src, dst := network(p)
	switch {
	case network == nil && p.Has(layers.Ether):
		return fmt.Sprintf("Ethernet type=%04x", p.Layer(layers.Ether).Uint("type"))
	case network == nil:
		return "Other"
	case network.Name() == layers.ARP:
		return fmt.Sprintf("ARP %s > %s", src, dst)
	}
	for _, name := range []craft.Name{layers.TCP, layers.UDP} {
		if t := p.Layer(name); t != nil {
			return fmt.Sprintf("%s %s:%d > %s:%d", name, src, t.Uint("sport"), dst, t.Uint("dport"))
		}
	}
	if icmp := p.Layer(layers.ICMP); icmp != nil {
		return fmt.Sprintf("ICMP %s > %s type=%d code=%d id=%#x", src, dst, icmp.Uint("type"), icmp.Uint("code"), icmp.Uint("id"))
	}
	if network.Name() == layers.IPv6 {
		return fmt.Sprintf("IPv6 %s > %s nh=%s", src, dst, network.Value("nh").Name())
	}
	return fmt.Sprintf("IP %s > %s proto=%s", src, dst, network.Value("proto").Name())
}

// network is the layer that says which hosts a packet is of, and these; nil when there is none.
func network(p *craft.Packet) (layer *craft.Layer, src, dst string) {
	if l := p.Layer(layers.IP); l != nil {
		return l, written(l.Addr("src"), netip.IPv4Unspecified()), written(l.Addr("dst"), netip.IPv4Unspecified())
	}
	if l := p.Layer(layers.IPv6); l != nil {
		return l, written(l.Addr("src"), netip.IPv6Unspecified()), written(l.Addr("dst"), netip.IPv6Unspecified())
	}
	if l := p.Layer(layers.ARP); l != nil {
		return l, protocolAddress(l, "psrc"), protocolAddress(l, "pdst")
	}
	return nil, "", ""
}

// written is an address as text; open stands for one that is only known when the packet is sent.
func written(addr, open netip.Addr) string {
	if !addr.IsValid() {
		return open.String()
	}
	return addr.String()
}

// protocolAddress is a host as ARP has it, also where other bytes stand in its place.
func protocolAddress(arp *craft.Layer, field string) string {
	if arp.Value(field).IsNone() {
		return netip.IPv4Unspecified().String()
	}
	return arp.Text(field)
}

// hardwareAddress is a host as a frame has it; "" for one that is only known when the frame is sent.
func hardwareAddress(frame *craft.Layer, field string) string {
	if frame.Value(field).IsNone() {
		return ""
	}
	return frame.Text(field)
}

// Hosts are the two that a packet is of: by IP, IPv6, ARP, or else by the frame, where "" is one that is only known when it is sent.
// ok is false when it says none.
func Hosts(p *craft.Packet) (src, dst string, ok bool) {
	if l, src, dst := network(p); l != nil {
		return src, dst, true
	}
	for _, name := range []craft.Name{layers.Ether, layers.Dot3} {
		if frame := p.Layer(name); frame != nil {
			return hardwareAddress(frame, "src"), hardwareAddress(frame, "dst"), true
		}
	}
	return "", "", false
}
