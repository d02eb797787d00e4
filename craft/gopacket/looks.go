package gopacket

import (
	"bytes"
	"encoding/binary"
	"strings"

	protocols "github.com/google/gopacket/layers"

	"github.com/moonwire/moonwire/craft"
)

// This file believes a port only when the payload looks like what is announced: others use the same ports.

// byPort names the payload of a transport by its ports, where named is what gopacket has at one. A protocol with a table here
// has rules of its own for its ports.
func byPort(l *craft.Layer, payload []byte, named func(port uint64) craft.Name) craft.Name {
	for _, field := range []string{"dport", "sport"} {
		name := named(l.Uint(field))
		if name != craft.Raw && craft.Lookup(name) == nil && looksLike(name, payload) {
			return name
		}
	}
	return craft.Raw
}

// looksLike reports whether a payload begins like the protocol that its port announces; what is not known here does.
func looksLike(name craft.Name, b []byte) bool {
	switch name {
	case foreignName(protocols.LayerTypeSIP):
		return likeSIP(b)
	case foreignName(protocols.LayerTypeSFlow):
		return likeSFlow(b)
	case foreignName(protocols.LayerTypeBFD):
		return likeBFD(b)
	case foreignName(protocols.LayerTypeRMCP):
		return likeRMCP(b)
	case foreignName(protocols.LayerTypeRADIUS):
		return likeRADIUS(b)
	case foreignName(protocols.LayerTypeModbusTCP):
		return likeModbus(b)
	}
	return true
}

// likeSIP looks for a start line, RFC 3261, section 7: "INVITE sip:a@b SIP/2.0" or "SIP/2.0 200 OK", of a method that gopacket knows.
// Without the end of that line gopacket reads nothing.
func likeSIP(b []byte) bool {
	const version = "SIP/2.0"
	line, _, whole := bytes.Cut(b, []byte("\n"))
	words := strings.Split(strings.TrimSuffix(string(line), "\r"), " ")
	switch {
	case !whole:
		return false
	case words[0] == version:
		return len(words) > 1 && len(words[1]) == 3 && strings.Trim(words[1], "0123456789") == ""
	case len(words) != 3 || words[2] != version:
		return false
	}
	scheme, _, found := strings.Cut(words[1], ":")
	_, err := protocols.GetSIPMethod(words[0])
	return found && scheme != "" && strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz0123456789+-.") == "" && err == nil
}

// likeSFlow looks at the version and the type of the agent's address, sFlow version 5, section 5: both are words.
func likeSFlow(b []byte) bool {
	if len(b) < 8 {
		return false
	}
	version, address := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	return (version == 2 || version == 4 || version == 5) && (address == 1 || address == 2)
}

// likeBFD holds a packet against RFC 5880, section 6.8.6: its version, its length, the bit that must be zero, and two numbers that
// must not be.
func likeBFD(b []byte) bool {
	const header, multipoint = 24, 1
	return len(b) >= header && b[0]>>5 <= 1 && int(b[3]) == len(b) && b[1]&multipoint == 0 && b[2] != 0 && binary.BigEndian.Uint32(b[4:]) != 0
}

// likeRMCP looks at the version, the reserved byte and the class: ASF, IPMI or a vendor's own.
func likeRMCP(b []byte) bool {
	const version, classASF, classOEM = 6, 6, 8
	return len(b) >= 4 && b[0] == version && b[1] == 0 && b[3]&0x1f >= classASF && b[3]&0x1f <= classOEM
}

// likeRADIUS looks at the code, the length and the attributes, RFC 2865, section 3; what is behind the length is padding.
func likeRADIUS(b []byte) bool {
	const header, longest, lastCode = 20, 4096, 52
	if len(b) < header || b[0] == 0 || b[0] > lastCode {
		return false
	}
	n := int(binary.BigEndian.Uint16(b[2:]))
	if n < header || n > min(longest, len(b)) {
		return false
	}
	for at := header; at < n; at += int(b[at+1]) {
		if at+1 >= n || b[at] == 0 || b[at+1] < 2 || at+int(b[at+1]) > n {
			return false
		}
	}
	return true
}

// likeModbus looks at the protocol identifier, which is 0, and the length: a unit's number and a message of at most 253 bytes.
func likeModbus(b []byte) bool {
	const header, longest = 7, 254
	if len(b) <= header {
		return false
	}
	n := binary.BigEndian.Uint16(b[4:])
	return b[2] == 0 && b[3] == 0 && n >= 2 && n <= longest && b[header]&0x7f != 0
}
