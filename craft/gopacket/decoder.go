// Package gopacket decodes the protocols that have no table in craft/layers with github.com/google/gopacket. A program that
// imports it reads them: it installs itself as craft's Decoder. Decoding only: gopacket's own encoders pad, change what they
// are given, and panic.
package gopacket

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/google/gopacket"
	protocols "github.com/google/gopacket/layers"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/iana"
	"github.com/moonwire/moonwire/craft/layers"
)

// A decoder is craft's Decoder.
type decoder struct{}

var _ = craft.InstallDecoder(decoder{})

// foreignNames are gopacket's layers that have a table here: reading goes on with ours.
var foreignNames = sync.OnceValue(func() map[gopacket.LayerType]craft.Name {
	return map[gopacket.LayerType]craft.Name{
		gopacket.LayerTypeDecodeFailure: craft.Raw,
		gopacket.LayerTypeFragment:      craft.Raw,
		gopacket.LayerTypePayload:       craft.Raw,
		gopacket.LayerTypeZero:          craft.Raw,
		protocols.LayerTypeARP:          layers.ARP,
		protocols.LayerTypeDHCPv4:       layers.BOOTP,
		protocols.LayerTypeDHCPv6:       layers.DHCP6,
		protocols.LayerTypeDNS:          layers.DNS,
		protocols.LayerTypeDot1Q:        layers.Dot1Q,
		protocols.LayerTypeEAP:          layers.EAP,
		protocols.LayerTypeEAPOL:        layers.EAPOL,
		protocols.LayerTypeEthernet:     layers.Ether,
		protocols.LayerTypeGRE:          layers.GRE,
		protocols.LayerTypeGeneve:       layers.GENEVE,
		protocols.LayerTypeICMPv4:       layers.ICMP,
		protocols.LayerTypeIPv4:         layers.IP,
		protocols.LayerTypeIPv6:         layers.IPv6,
		protocols.LayerTypeIPv6Fragment: layers.IPv6ExtHdrFragment,
		protocols.LayerTypeLLC:          layers.LLC,
		protocols.LayerTypeLinuxSLL:     layers.CookedLinux,
		protocols.LayerTypeLoopback:     layers.Loopback,
		protocols.LayerTypeMPLS:         layers.MPLS,
		protocols.LayerTypeNTP:          layers.NTP,
		protocols.LayerTypePPP:          layers.PPP,
		protocols.LayerTypePPPoE:        layers.PPPoE,
		protocols.LayerTypeSCTP:         layers.SCTP,
		protocols.LayerTypeSNAP:         layers.SNAP,
		protocols.LayerTypeSTP:          layers.STP,
		protocols.LayerTypeTCP:          layers.TCP,
		protocols.LayerTypeTLS:          layers.TLS,
		protocols.LayerTypeUDP:          layers.UDP,
		protocols.LayerTypeVRRP:         layers.VRRP,
		protocols.LayerTypeVXLAN:        layers.VXLAN,
	}
})

// respelt are gopacket's layers whose names are no words.
func respelt() map[gopacket.LayerType]craft.Name {
	return map[gopacket.LayerType]craft.Name{protocols.LayerTypePrismHeader: "PrismHeader", protocols.LayerTypeERSPANII: "ERSPAN"}
}

// foreignName is our name for a gopacket layer type: our own table's, or gopacket's name.
func foreignName(t gopacket.LayerType) craft.Name {
	if name, ok := foreignNames()[t]; ok {
		return name
	}
	return ownSpelling(t)
}

// ownSpelling is what a layer is called here that gopacket decodes.
func ownSpelling(t gopacket.LayerType) craft.Name {
	if name, ok := respelt()[t]; ok {
		return name
	}
	return craft.Name(t.String())
}

// decoderOf is gopacket's decoder by our name; nil for none. That of GTP is left alone: it prints to standard output.
func decoderOf(name craft.Name) gopacket.Decoder {
	for t, n := range respelt() {
		if n == name {
			return t
		}
	}
	if name == craft.Name(protocols.LayerTypeGTPv1U.String()) {
		return nil
	}
	return gopacket.DecodersByLayerName[string(name)]
}

// Reads reports whether gopacket decodes a layer of that name, and it has no other one here.
func (decoder) Reads(name craft.Name) bool {
	for t, ours := range foreignNames() {
		if ownSpelling(t) == name {
			return ours == name
		}
	}
	for _, respelt := range respelt() {
		if respelt == name {
			return true
		}
	}
	return gopacket.DecodersByLayerName[string(name)] != nil
}

// Carried asks gopacket's registries what a layer without a binding here carries.
func (decoder) Carried(l *craft.Layer, payload []byte) craft.Name {
	name, field := l.Protocol().PayloadsOf()
	switch name {
	case layers.Ether:
		t := l.Uint(field)
		if t <= iana.MaxLength8023 {
			return craft.Raw // a length, which gopacket takes for LLC everywhere
		}
		return foreignName(protocols.EthernetType(t).LayerType())
	case layers.IP:
		switch l.Uint(field) {
		case iana.HopByHop, iana.Routing, iana.Fragment, iana.NoNext, iana.DestinationOptions:
			return craft.Raw // they extend IPv6
		}
		return foreignName(protocols.IPProtocol(l.Uint(field)).LayerType())
	case layers.IPv6:
		if l.Uint(field) == iana.NoNext {
			return craft.Raw
		}
		return foreignName(protocols.IPProtocol(l.Uint(field)).LayerType())
	case layers.UDP:
		return byPort(l, payload, func(port uint64) craft.Name {
			if port == 1645 || port == 1646 || port == 1813 || port == 3799 {
				port = 1812 // RADIUS: the older numbers, accounting (RFC 2866), and changes of authorization (RFC 5176)
			}
			return foreignName(protocols.UDPPort(port).LayerType())
		})
	case layers.TCP:
		return byPort(l, payload, func(port uint64) craft.Name { return foreignName(protocols.TCPPort(port).LayerType()) })
	case layers.EAPOL:
		if l.Uint("type") == 3 { // EAPOL-Key
			return foreignName(protocols.LayerTypeEAPOLKey)
		}
	}
	return craft.Raw
}

// maxDecoded is how many layers without a name of their own may follow each other.
const maxDecoded = 64

// Decode reads one layer, and those behind it that gopacket has no names for.
func (decoder) Decode(data []byte, name craft.Name) craft.Decoded {
	if all, ok := decodeDot11Layer(data, name); ok {
		return all
	}
	if name == foreignName(protocols.LayerTypeModbusTCP) {
		return decodeModbus(data)
	}
	var all craft.Decoded
	steps := decodeFirst(data, decoderOf(name))
	for {
		for _, l := range steps.layers {
			if _, found := within(data, l.LayerContents()); steps.err != nil && !found {
				break // it was given up before its end
			}
			own, payload := foreignBytes(l, data)
			all.Layers = append(all.Layers, decodedLayer(l, len(own), len(payload)))
			data = payload
		}
		if steps.unnamed == nil || steps.err != nil || len(all.Layers) >= maxDecoded {
			break
		}
		steps = decodeFirst(data, steps.unnamed)
	}
	all.Next, all.Err = steps.next, steps.err
	return all
}

// decodeModbus reads one message: others may follow it in a segment, which gopacket takes for a wrong length.
func decodeModbus(data []byte) (all craft.Decoded) {
	const header, counted = 7, 6
	n := len(data)
	if n > header {
		n = min(n, max(header, counted+int(binary.BigEndian.Uint16(data[4:]))))
	}
	read := decodeFirst(data[:n:n], protocols.LayerTypeModbusTCP)
	for _, l := range read.layers {
		all.Layers = append(all.Layers, decodedLayer(l, header, n-header))
	}
	all.Next, all.Err = read.next, read.err
	return all
}

// foreignBytes are the bytes of a decoded layer and of its payload. Some decoders do not say which ones are theirs, and
// some make bytes of their own: a layer has all that is before its payload, and all of the bytes when neither is known.
func foreignBytes(l gopacket.Layer, data []byte) (own, payload []byte) {
	if at, ok := within(data, l.LayerPayload()); ok {
		return data[:at], data[at : at+len(l.LayerPayload())]
	}
	if at, ok := within(data, l.LayerContents()); ok {
		own, payload = data[:at+len(l.LayerContents())], data[at+len(l.LayerContents()):]
		return own, payload[:min(len(l.LayerPayload()), len(payload))]
	}
	return data, nil
}

// within finds a part of data by where it is in memory; ok is false for bytes that are somewhere else, and for none.
func within(data, part []byte) (at int, ok bool) {
	at = cap(data) - cap(part)
	if len(part) == 0 || at < 0 || at+len(part) > len(data) || &data[at] != &part[0] {
		return 0, false
	}
	return at, true
}

// decodeFirst decodes the first layer of data; nil decodes nothing. gopacket's decoders are known to panic on hostile
// bytes.
func decodeFirst(data []byte, decoder gopacket.Decoder) (f *firstLayer) {
	f = &firstLayer{next: craft.Raw}
	defer func() {
		if recover() != nil {
			f.err = errors.New("its decoder gave up") // a panic's words help no reader
		}
	}()
	if decoder != nil && len(data) > 0 {
		f.err = decoder.Decode(data, f)
	}
	return f
}

// firstLayer is a gopacket.PacketBuilder that stops after the first decoder: what follows is read here.
type firstLayer struct {
	layers  []gopacket.Layer
	next    craft.Name       // what the payload is
	unnamed gopacket.Decoder // reads the payload, which is no layer with a name
	err     error
}

// AddLayer keeps a decoded layer.
func (f *firstLayer) AddLayer(l gopacket.Layer) { f.layers = append(f.layers, l) }

// NextDecoder notes what the payload is instead of decoding it.
func (f *firstLayer) NextDecoder(next gopacket.Decoder) error {
	switch t := next.(type) {
	case gopacket.LayerType:
		f.next = foreignName(t)
	case interface{ LayerType() gopacket.LayerType }:
		f.next = foreignName(t.LayerType())
	default:
		f.unnamed = next
	}
	return nil
}

// The rest of gopacket.PacketBuilder: nothing that reading one layer needs.

// SetTruncated does nothing: lengths are compared here.
func (f *firstLayer) SetTruncated() {}

// SetLinkLayer does nothing.
func (f *firstLayer) SetLinkLayer(gopacket.LinkLayer) {}

// SetNetworkLayer does nothing.
func (f *firstLayer) SetNetworkLayer(gopacket.NetworkLayer) {}

// SetTransportLayer does nothing.
func (f *firstLayer) SetTransportLayer(gopacket.TransportLayer) {}

// SetApplicationLayer does nothing.
func (f *firstLayer) SetApplicationLayer(gopacket.ApplicationLayer) {}

// SetErrorLayer does nothing: the decoder returns its error too.
func (f *firstLayer) SetErrorLayer(gopacket.ErrorLayer) {}

// DumpPacketData does nothing.
func (f *firstLayer) DumpPacketData() {}

// DecodeOptions are gopacket's defaults.
func (f *firstLayer) DecodeOptions() *gopacket.DecodeOptions { return &gopacket.DecodeOptions{} }
