package raw

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// An ancillary is what the kernel says about a frame, beside its bytes.
type ancillary struct {
	// stamp is when the frame passed.
	stamp time.Time
	// tag is the VLAN tag (IEEE 802.1Q) that the kernel or the card took out of the frame; nil without one.
	tag []byte
}

// readAncillary reads the control messages of a frame.
func readAncillary(control []byte) ancillary {
	a := ancillary{}
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		messages = nil // the kernel does not write such; then there is nothing to know
	}
	for _, m := range messages {
		switch {
		case m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS:
			a.stamp = timespec(m.Data)
		case m.Header.Level == unix.SOL_PACKET && m.Header.Type == unix.PACKET_AUXDATA:
			a.tag = tagOf(m.Data)
		}
	}
	if a.stamp.IsZero() {
		a.stamp = time.Now()
	}
	return a
}

// timespec reads seconds and nanoseconds, two words of the machine's size; anything else is the zero time.
func timespec(b []byte) time.Time {
	switch n := binary.NativeEndian; len(b) {
	case 16:
		return time.Unix(int64(n.Uint64(b)), int64(n.Uint64(b[8:])))
	case 8:
		return time.Unix(int64(int32(n.Uint32(b))), int64(n.Uint32(b[4:])))
	}
	return time.Time{}
}

// tagOf reads the VLAN tag from a struct tpacket_auxdata.
func tagOf(b []byte) []byte {
	const statusAt, tciAt, tpidAt, size = 0, 16, 18, 20
	if len(b) < size {
		return nil
	}
	n := binary.NativeEndian
	status := n.Uint32(b[statusAt:])
	if status&unix.TP_STATUS_VLAN_VALID == 0 {
		return nil
	}
	tpid := uint16(unix.ETH_P_8021Q)
	if status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
		tpid = n.Uint16(b[tpidAt:])
	}
	tag := binary.BigEndian.AppendUint16(nil, tpid)
	return binary.BigEndian.AppendUint16(tag, n.Uint16(b[tciAt:]))
}

// untrimmed is a copy of the frame with its VLAN tag back in place, behind the two addresses.
func (a ancillary) untrimmed(frame []byte) []byte {
	const addresses = 12
	if a.tag == nil || len(frame) < addresses {
		return bytes.Clone(frame)
	}
	return slices.Concat(frame[:addresses], a.tag, frame[addresses:])
}
