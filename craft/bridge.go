package craft

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
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

// foreignName is our name for a gopacket layer type: our own table's, or gopacket's name.
func foreignName(t gopacket.LayerType) Name {
	if name, ok := foreignNames[t]; ok {
		return name
	}
	return Name(t.String())
}

// gtpPort is a port that gopacket must not decode: its GTP decoder prints to standard output.
const gtpPort = 2152

// foreignPayload asks gopacket's registries what a layer without a binding of ours carries.
func foreignPayload(l *Layer) Name {
	name, field := l.proto.name, ""
	switch {
	case l.proto.reads != "":
		name = l.proto.reads
	case l.proto.like != "":
		name = l.proto.like
	}
	if len(l.proto.next) > 0 {
		field = l.proto.next[0]
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
		case hopByHop, routing, fragmenting, noNext, destinationOptions:
			return Raw // they extend IPv6
		}
		return foreignName(layers.IPProtocol(l.Uint(field)).LayerType())
	case IPv6:
		if l.Uint(field) == noNext {
			return Raw
		}
		return foreignName(layers.IPProtocol(l.Uint(field)).LayerType())
	case UDP:
		for _, field := range []string{"dport", "sport"} {
			port := l.Uint(field)
			if name := foreignName(layers.UDPPort(port).LayerType()); port != gtpPort && Lookup(name) == nil {
				return name // a protocol with a table here has rules of its own for its ports
			}
		}
	}
	return Raw
}

// foreign reads one layer with gopacket and names what follows. Bytes it cannot read stay Raw with a note.
func (d *dissector) foreign(data []byte, name Name) (next Name, rest []byte) {
	steps := decodeForeign(data, name)
	for _, l := range steps.layers {
		contents := l.LayerContents()
		if len(contents) > len(data) || len(contents) == 0 || &contents[0] != &data[0] {
			break // a decoder that reorders or invents bytes: what it read cannot be put back
		}
		d.add(foreignLayer(l, contents))
		data = data[len(contents):]
		if payload := l.LayerPayload(); len(payload) < len(data) {
			d.trailers = append(d.trailers, data[len(payload):])
			data = data[:len(payload)]
		}
		next = steps.next
	}
	if next != "" && steps.err == nil {
		return next, data
	}
	raw := bytesLayer(Raw, data)
	if steps.err != nil {
		raw.more().note = fmt.Sprintf("malformed: %s: %v", name, steps.err)
	}
	if len(data) > 0 {
		d.add(raw)
	}
	return Raw, nil
}

// A foreign layer is built from one part, the bytes that it came with.
var (
	foreignFields = []Field{{Name: "load", Kind: Bytes}}
	foreignShape  = layout(foreignFields, all(foreignFields))
)

// foreignLayer wraps a layer that gopacket decoded from contents.
func foreignLayer(l gopacket.Layer, contents []byte) *Layer {
	name := Name(l.LayerType().String())
	return &Layer{
		proto: &Protocol{spec: spec{name: name, title: string(name), doc: "decoded by gopacket", fields: foreignFields}},
		shape: foreignShape,
		tail:  contents,
		fixed: foreignShape.mask,
		extra: &extra{foreign: gopacketLayer{l}},
	}
}

// decodeForeign decodes the first layer of data. gopacket's decoders are known to panic on hostile bytes.
func decodeForeign(data []byte, name Name) (f *firstLayer) {
	f = &firstLayer{next: Raw}
	defer func() {
		if recover() != nil {
			f.err = errors.New("its decoder gave up") // a panic's words are of no use to anybody
		}
	}()
	decoder := gopacket.DecodersByLayerName[string(name)]
	if decoder == nil {
		return f
	}
	f.err = decoder.Decode(data, f)
	return f
}

// firstLayer is a gopacket.PacketBuilder that stops after the first decoder: what follows is read here.
type firstLayer struct {
	layers []gopacket.Layer
	next   Name
	err    error
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

// gopacketLayer reads the fields of a gopacket struct: its exported fields, named in lower case.
type gopacketLayer struct{ layer gopacket.Layer }

func (g gopacketLayer) fields() []string {
	var names []string
	t := reflect.TypeOf(g.layer)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return nil
	}
	for f := range t.Elem().Fields() {
		if f.IsExported() && !f.Anonymous {
			names = append(names, strings.ToLower(f.Name))
		}
	}
	return names
}

func (g gopacketLayer) get(field string) (Value, error) {
	v := reflect.ValueOf(g.layer)
	if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		s := v.Elem()
		for f, fv := range s.Fields() {
			if f.IsExported() && !f.Anonymous && strings.ToLower(f.Name) == field {
				return foreignValue(fv), nil
			}
		}
	}
	return Value{}, fmt.Errorf("%s has no field %q; it has %s", g.layer.LayerType(), field, list(g.fields()))
}

// foreignValue reads numbers and truth values as numbers, byte strings and strings as bytes, anything else as the text
// that Go prints for it.
func foreignValue(v reflect.Value) Value {
	switch v.Kind() {
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uint:
		return Value{kind: Number, num: v.Uint()}
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Int:
		return Value{kind: Number, num: uint64(v.Int())}
	case reflect.Bool:
		if v.Bool() {
			return Value{kind: Number, num: 1}
		}
		return Value{kind: Number}
	case reflect.String:
		return Value{kind: Bytes, bytes: []byte(v.String())}
	}
	if s, ok := v.Interface().(fmt.Stringer); ok {
		return Value{kind: Bytes, bytes: []byte(s.String())}
	}
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
		return Value{kind: Bytes, bytes: v.Bytes()}
	}
	return Value{kind: Bytes, bytes: fmt.Appendf(nil, "%v", v.Interface())}
}
