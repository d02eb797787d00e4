package craft

import (
	"errors"
	"fmt"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/moonwire/moonwire/craft/internal/iana"
)

// This file is the one bridge to gopacket, which decodes what has no table of its own here. Such a layer can be read,
// field by field, and is built from the bytes it came with.

// foreign is a layer that somebody else decoded.
type foreign interface {
	fields() []string
	get(field string) (Value, error)
}

// foreignNames are gopacket's layers that have a table here: reading goes on with ours.
var foreignNames = map[gopacket.LayerType]Name{
	gopacket.LayerTypeDecodeFailure: Raw,
	gopacket.LayerTypeFragment:      Raw,
	gopacket.LayerTypePayload:       Raw,
	gopacket.LayerTypeZero:          Raw,
	layers.LayerTypeARP:             ARP,
	layers.LayerTypeDHCPv4:          BOOTP,
	layers.LayerTypeDHCPv6:          DHCP6,
	layers.LayerTypeDNS:             DNS,
	layers.LayerTypeDot1Q:           Dot1Q,
	layers.LayerTypeEAP:             EAP,
	layers.LayerTypeEAPOL:           EAPOL,
	layers.LayerTypeEthernet:        Ether,
	layers.LayerTypeGRE:             GRE,
	layers.LayerTypeGeneve:          GENEVE,
	layers.LayerTypeICMPv4:          ICMP,
	layers.LayerTypeIPv4:            IP,
	layers.LayerTypeIPv6:            IPv6,
	layers.LayerTypeIPv6Fragment:    IPv6ExtHdrFragment,
	layers.LayerTypeLLC:             LLC,
	layers.LayerTypeLinuxSLL:        CookedLinux,
	layers.LayerTypeLoopback:        Loopback,
	layers.LayerTypeMPLS:            MPLS,
	layers.LayerTypeNTP:             NTP,
	layers.LayerTypePPP:             PPP,
	layers.LayerTypePPPoE:           PPPoE,
	layers.LayerTypeSCTP:            SCTP,
	layers.LayerTypeSNAP:            SNAP,
	layers.LayerTypeSTP:             STP,
	layers.LayerTypeTCP:             TCP,
	layers.LayerTypeTLS:             TLS,
	layers.LayerTypeUDP:             UDP,
	layers.LayerTypeVRRP:            VRRP,
	layers.LayerTypeVXLAN:           VXLAN,
}

// respelt are gopacket's layers whose names are no words.
var respelt = map[gopacket.LayerType]Name{layers.LayerTypePrismHeader: "PrismHeader", layers.LayerTypeERSPANII: "ERSPAN"}

// foreignName is our name for a gopacket layer type: our own table's, or gopacket's name.
func foreignName(t gopacket.LayerType) Name {
	if name, ok := foreignNames[t]; ok {
		return name
	}
	return ownSpelling(t)
}

// ownSpelling is what a layer is called here that gopacket decodes.
func ownSpelling(t gopacket.LayerType) Name {
	if name, ok := respelt[t]; ok {
		return name
	}
	return Name(t.String())
}

// foreignDecoder is gopacket's decoder by our name; nil for none. That of GTP is left alone: it prints to standard output.
func foreignDecoder(name Name) gopacket.Decoder {
	for t, n := range respelt {
		if n == name {
			return t
		}
	}
	if name == Name(layers.LayerTypeGTPv1U.String()) {
		return nil
	}
	return gopacket.DecodersByLayerName[string(name)]
}

// foreignPayload asks gopacket's registries what a layer without a binding of ours carries.
func foreignPayload(l *Layer) Name {
	name, field := l.Name(), ""
	switch {
	case l.Protocol().spec.Reads != "":
		name = l.Protocol().spec.Reads
	case l.Protocol().spec.Like != "":
		name = l.Protocol().spec.Like
	}
	if len(l.Protocol().spec.Next) > 0 {
		field = l.Protocol().spec.Next[0]
	}
	switch name {
	case Ether:
		t := l.Uint(field)
		if t <= longest8023 {
			return Raw // a length, which gopacket takes for LLC everywhere
		}
		return foreignName(layers.EthernetType(t).LayerType())
	case IP:
		switch l.Uint(field) {
		case iana.HopByHop, iana.Routing, iana.Fragment, iana.NoNext, iana.DestinationOptions:
			return Raw // they extend IPv6
		}
		return foreignName(layers.IPProtocol(l.Uint(field)).LayerType())
	case IPv6:
		if l.Uint(field) == iana.NoNext {
			return Raw
		}
		return foreignName(layers.IPProtocol(l.Uint(field)).LayerType())
	case UDP:
		for _, field := range []string{"dport", "sport"} {
			port := l.Uint(field)
			if name := foreignName(layers.UDPPort(port).LayerType()); Lookup(name) == nil {
				return name // a protocol with a table here has rules of its own for its ports
			}
		}
	case TCP:
		for _, field := range []string{"dport", "sport"} {
			if name := foreignName(layers.TCPPort(l.Uint(field)).LayerType()); Lookup(name) == nil {
				return name
			}
		}
	case EAPOL:
		if l.Uint("type") == 3 { // EAPOL-Key
			return foreignName(layers.LayerTypeEAPOLKey)
		}
	}
	return Raw
}

// foreign reads one layer with gopacket and names what follows. Bytes it cannot read stay Raw with a note.
func (d *dissector) foreign(data []byte, name Name) (next Name, rest []byte) {
	steps := decodeForeign(data, foreignDecoder(name))
	for steps.unnamed != nil && steps.err == nil && len(d.p.Layers()) < maxLayers {
		data = d.decoded(data, steps)
		steps = decodeForeign(data, steps.unnamed)
	}
	data = d.decoded(data, steps)
	if steps.err == nil && steps.next != "" {
		return steps.next, data
	}
	raw := BytesLayer(Raw, data)
	if steps.err != nil {
		raw.more().note = fmt.Sprintf("malformed: %s: %v", name, steps.err)
	}
	if len(data) > 0 {
		d.add(raw)
	}
	return Raw, nil
}

// decoded adds what one decoder read, and gives the payload behind it.
func (d *dissector) decoded(data []byte, steps *firstLayer) []byte {
	for _, l := range steps.layers {
		if _, told := within(data, l.LayerContents()); steps.err != nil && !told {
			break // it was given up before its end
		}
		own, payload := foreignBytes(l, data)
		d.add(foreignLayer(l, own))
		if left := data[len(own)+len(payload):]; len(left) > 0 {
			d.trailers = append(d.trailers, left)
		}
		data = payload
	}
	return data
}

// foreignBytes are the bytes of a decoded layer and of its payload. Some decoders do not tell which ones are theirs, and
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

// A foreign layer is built from one part, the bytes that it came with.
var (
	foreignFields = []Field{{Name: "load", Kind: Bytes}}
	foreignShape  = Layout(foreignFields, AllFields(foreignFields))
)

// foreignLayer wraps a layer that gopacket decoded from contents.
func foreignLayer(l gopacket.Layer, contents []byte) *Layer {
	name := ownSpelling(l.LayerType())
	return &Layer{
		proto: &Protocol{spec: Spec{Name: name, Title: string(name), Doc: "decoded by gopacket", Fields: foreignFields}},
		shape: foreignShape,
		tail:  contents,
		fixed: foreignShape.mask,
		extra: &extra{foreign: gopacketLayer{l}},
	}
}

// decodeForeign decodes the first layer of data; nil decodes nothing. gopacket's decoders are known to panic on hostile
// bytes.
func decodeForeign(data []byte, decoder gopacket.Decoder) (f *firstLayer) {
	f = &firstLayer{next: Raw}
	defer func() {
		if recover() != nil {
			f.err = errors.New("its decoder gave up") // a panic's words are of no use to anybody
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
	next    Name             // what the payload is
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
