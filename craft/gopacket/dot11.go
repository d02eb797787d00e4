package gopacket

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/google/gopacket"
	protocols "github.com/google/gopacket/layers"

	"github.com/moonwire/moonwire/craft"
)

// This file reads IEEE 802.11. gopacket takes the last 4 bytes of every frame for its checksum (FCS), but most frames that
// are captured have none: link type 105 carries none, 127 (radiotap) only when the flags of the radio header say so. And it
// wants 4 bytes in every information element. What it is given here is a copy that has what it asks for.

// fcsLen is how long the checksum at the end of a frame is.
const fcsLen = 4

// ends says what is known of the end of a frame.
type ends uint8

const (
	perhapsFCS ends = iota // nobody said: there is a checksum when the last bytes are the right one
	withFCS
	withoutFCS
)

// radioTapHeader is the part of radiotap's header that is always there. radioTapSpare is more than gopacket looks at behind
// the header.
const radioTapHeader, radioTapSpare = 8, 64

// decodeRadioTap reads radiotap's header and the frame behind it, of which the header says how it ends, and whether zeros fill
// its header up to whole words.
func decodeRadioTap(data []byte) craft.Decoded {
	if len(data) < radioTapHeader {
		return craft.Decoded{Err: fmt.Errorf("its header has %d bytes, %d are here", radioTapHeader, len(data))}
	}
	n := max(int(binary.LittleEndian.Uint16(data[2:])), radioTapHeader)
	if n > len(data) {
		return craft.Decoded{Err: fmt.Errorf("its header has %d bytes, %d are here", n, len(data))}
	}
	read := decodeFirst(append(slices.Clone(data), make([]byte, radioTapSpare)...), protocols.LayerTypeRadioTap) // it writes into what it reads
	for _, l := range read.layers {
		radio, ok := l.(*protocols.RadioTap)
		if !ok {
			continue
		}
		all := craft.Decoded{Layers: []craft.DecodedLayer{decodedLayer(radio, n, len(data)-n)}, Next: dot11Name()}
		end := withoutFCS
		if radio.Flags.FCS() {
			end = withFCS
		}
		if frame := decodeDot11(data[n:], end, radio.Flags.Datapad()); frame.Err == nil {
			all.Layers, all.Next = append(all.Layers, frame.Layers...), frame.Next
		}
		return all
	}
	return craft.Decoded{Err: read.err}
}

// dot11Name is what a frame is called.
func dot11Name() craft.Name { return foreignName(protocols.LayerTypeDot11) }

// decodeDot11 reads the header of a frame, and the layer without bytes of its own that names the kind of data. padded says
// that zeros stand behind the header of data, up to whole words.
func decodeDot11(data []byte, end ends, padded bool) craft.Decoded {
	if need := dot11Header(data); len(data) < need {
		return craft.Decoded{Err: fmt.Errorf("its header has %d bytes, %d are here", need, len(data))}
	}
	body, fcs := splitFCS(data, end)
	read := decodeFirst(append(slices.Clone(body), fcs[:]...), protocols.LayerTypeDot11)
	if read.err != nil {
		return craft.Decoded{Err: read.err}
	}
	var all craft.Decoded
	for _, l := range read.layers {
		frame, ok := l.(*protocols.Dot11)
		if !ok { // the kind of data
			all.Layers = append(all.Layers, decodedLayer(l, 0, len(body)))
			continue
		}
		n := len(frame.Contents)
		if padded && frame.Type.MainType() == protocols.Dot11TypeData {
			n = min(n+(-n&3), len(body))
		}
		body = body[n:]
		one := decodedLayer(frame, n, len(body))
		if len(data) == n+len(body) {
			one = without(one, "checksum")
		}
		all.Layers, all.Next = append(all.Layers, one), dot11Carries(frame, read.next, data)
	}
	return all
}

// splitFCS is a frame without the checksum at its end, and the checksum; zeros when there is none. One that says it has a
// checksum, and is too short for it, was cut.
func splitFCS(data []byte, end ends) (body []byte, fcs [fcsLen]byte) {
	n := len(data) - fcsLen
	switch {
	case n < dot11Header(data) || end == withoutFCS:
		return data, fcs
	case end == perhapsFCS && crc32.ChecksumIEEE(data[:n]) != binary.LittleEndian.Uint32(data[n:]):
		return data, fcs
	}
	return data[:n], [fcsLen]byte(data[n:])
}

// Types of frames, as they stand in the first byte.
const dot11Management, dot11Control, dot11Data = 0, 1, 2

// dot11Header is how long the header of a frame is, IEEE 802.11-2020, 9.2.3; the least that a frame has when it is too short
// to say.
func dot11Header(b []byte) int {
	const least, two, three = 10, 16, 24 // with one, two and three addresses
	if len(b) < 2 {
		return least
	}
	kind, subtype, ds, order := b[0]>>2&3, b[0]>>4, b[1]&3, b[1]&0x80 != 0
	qos := kind == dot11Data && subtype&8 != 0
	n := least
	switch {
	case kind == dot11Control && (subtype == 10 || subtype == 11 || subtype == 14 || subtype == 15): // PS-Poll, RTS, CF-End
		n = two
	case kind == dot11Management, kind == dot11Data:
		n = three
	}
	if kind == dot11Data && ds == 3 {
		n += 6 // a fourth address
	}
	if qos {
		n += 2
	}
	if order && (qos || kind == dot11Management) {
		n += 4 // HT Control
	}
	return n
}

// dot11Carries is what stands in a frame, where gopacket says that it is next: nothing can be read of what is encrypted, only
// the first fragment begins with a header, and several units in one frame have headers of their own (A-MSDU, 9.3.2.2).
func dot11Carries(frame *protocols.Dot11, next craft.Name, data []byte) craft.Name {
	switch main := frame.Type.MainType(); {
	case frame.Flags.WEP() && main == protocols.Dot11TypeMgmt:
		return foreignName(protocols.LayerTypeDot11WEP)
	case frame.Flags.WEP():
	case frame.FragmentNumber > 0, frame.QOS != nil && data[qosAt(frame)]&0x80 != 0:
		return craft.Raw
	}
	return next
}

// qosAt is where the two bytes of quality of service stand: at the end of the header, or in front of HT Control.
func qosAt(frame *protocols.Dot11) int {
	at := len(frame.Contents) - 2
	if frame.HTControl != nil {
		at -= 4
	}
	return at
}

// without is a layer that has one field less.
func without(l craft.DecodedLayer, field string) craft.DecodedLayer {
	all := l.Fields
	l.Fields = func() []string {
		return slices.DeleteFunc(all(), func(name string) bool { return name == field })
	}
	return l
}

// vendorElement is the number of elements that begin with the vendor's own number, and vendorOUI how long gopacket takes
// that to be: with the type of the element.
const vendorElement, vendorOUI = 221, 4

// decodeElement reads one information element of a management frame.
func decodeElement(data []byte) craft.Decoded {
	const header = 2
	if len(data) < header {
		return craft.Decoded{Err: errors.New("its header has 2 bytes, 1 is here")}
	}
	n := header + int(data[1])
	if n > len(data) {
		return craft.Decoded{Err: fmt.Errorf("its length is %d, %d bytes are here", data[1], len(data)-header)}
	}
	e := &protocols.Dot11InformationElement{ID: protocols.Dot11InformationElementID(data[0]), Length: data[1], Info: data[header:n:n]}
	if data[0] == vendorElement {
		at := min(header+vendorOUI, n)
		e.OUI, e.Info = data[header:at:at], data[at:n:n]
	}
	return craft.Decoded{Layers: []craft.DecodedLayer{decodedLayer(e, n, len(data)-n)}, Next: foreignName(protocols.LayerTypeDot11InformationElement)}
}

// decodeElements reads a management frame that begins with so many bytes, in front of its elements: of these kinds gopacket
// takes the elements for the frame's own bytes.
func decodeElements(data []byte, t gopacket.LayerType, fixed int) craft.Decoded {
	read := decodeFirst(data, t)
	if read.err != nil || len(read.layers) == 0 || len(data) < fixed {
		fixed = len(data)
	}
	var all craft.Decoded
	for _, l := range read.layers {
		all.Layers = append(all.Layers, decodedLayer(l, fixed, len(data)-fixed))
	}
	all.Next, all.Err = foreignName(protocols.LayerTypeDot11InformationElement), read.err
	return all
}

// decodeDot11Layer reads those layers of 802.11 that gopacket reads wrongly; ok is false for all others.
func decodeDot11Layer(data []byte, name craft.Name) (all craft.Decoded, ok bool) {
	switch name {
	case foreignName(protocols.LayerTypeRadioTap):
		return decodeRadioTap(data), true
	case dot11Name():
		return decodeDot11(data, perhapsFCS, false), true
	case foreignName(protocols.LayerTypeDot11InformationElement):
		return decodeElement(data), true
	case foreignName(protocols.LayerTypeDot11MgmtProbeReq):
		return decodeElements(data, protocols.LayerTypeDot11MgmtProbeReq, 0), true
	case foreignName(protocols.LayerTypeDot11MgmtReassociationResp):
		return decodeElements(data, protocols.LayerTypeDot11MgmtReassociationResp, 6), true
	}
	return craft.Decoded{}, false
}
