package pcap

import (
	"encoding/binary"
	"fmt"

	"github.com/moonwire/moonwire/craft"
)

// kuznetsov reads what Kuznetsov's modified pcap says of each frame besides: the number of the interface, the protocol (which
// the frame says too), and whom the frame was for.
type kuznetsov struct {
	face  *craft.CaptureInterface // what is known of all interfaces
	infos map[kuznetsovKey]*craft.CaptureInfo
}

// A kuznetsovKey is what frames have in common that share a CaptureInfo.
type kuznetsovKey struct {
	iface uint32
	kind  byte
}

// maxKuznetsov bounds how many different infos are told apart: a hostile file has as many as frames.
const maxKuznetsov = 1 << 12

// Kinds of frames, as Linux has them in sll_pkttype, are flags of pcapng: the direction, and whom it was for.
var kuznetsovFlags = [...]uint32{
	0: 1 | 1<<2, // in, for this host
	1: 1 | 3<<2, // in, for all hosts
	2: 1 | 2<<2, // in, for a group
	3: 1 | 4<<2, // in, for another host
	4: 2,        // out
}

// info is what the words behind the head of a record say; all zero, as programs write them that do not know, they say nothing.
func (k *kuznetsov) info(order binary.ByteOrder, words []byte) *craft.CaptureInfo {
	key := kuznetsovKey{order.Uint32(words), words[6]}
	if key.iface == 0 && order.Uint16(words[4:]) == 0 && key.kind == 0 {
		key = kuznetsovKey{kind: 0xff}
	}
	info := k.infos[key]
	if info != nil {
		return info
	}
	info = &craft.CaptureInfo{Interface: k.face}
	if len(k.infos) >= maxKuznetsov {
		return info
	}
	if key.iface != 0 {
		face := *k.face
		face.Description = fmt.Sprintf("interface %d", key.iface)
		info.Interface = &face
	}
	if int(key.kind) < len(kuznetsovFlags) {
		info.More = options{binary.LittleEndian, []option{{optionFlags, binary.LittleEndian.AppendUint32(nil, kuznetsovFlags[key.kind])}}}
	}
	k.infos[key] = info
	return info
}
