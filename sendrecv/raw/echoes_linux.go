package raw

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"sync"
)

// echoes are the packets that a port put on the loopback interface and one of its receivers has not seen come back. They
// come back as arriving; the first arrival of each is this port's own, a further one that is the same is somebody else's.
// Methods are safe for concurrent use.
type echoes struct {
	seed maphash.Seed

	mu sync.Mutex
	// young and old count packets by what they look like. Old ones are forgotten when there are enough young ones: more
	// than the receiver's queue can hold, so they have been lost.
	young, old map[uint64]int
	count      int // of young
}

// generation is how many packets are noted before older ones are forgotten.
const generation = 1 << 18

func newEchoes() *echoes {
	return &echoes{seed: maphash.MakeSeed(), young: make(map[uint64]int)}
}

// expect notes a packet that is about to be sent.
func (e *echoes) expect(packet []byte) {
	key := e.key(canonical(packet))
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.count == generation {
		e.young, e.old, e.count = make(map[uint64]int), e.young, 0
	}
	e.young[key]++
	e.count++
}

// withdraw forgets a packet that was not sent.
func (e *echoes) withdraw(packet []byte) { e.takeKey(e.key(canonical(packet))) }

// take reports whether a packet that has arrived is one of the port's own, and counts it as back. The kernel may have
// filled its identification and its source.
func (e *echoes) take(packet []byte) bool {
	for form := range 4 {
		c := canonical(packet)
		if len(c) < ipHeader {
			return false
		}
		if form&1 != 0 {
			clear(c[ipID : ipID+2])
		}
		if form&2 != 0 {
			clear(c[ipSource : ipSource+4])
		}
		if e.takeKey(e.key(c)) {
			return true
		}
	}
	return false
}

func (e *echoes) key(packet []byte) uint64 { return maphash.Bytes(e.seed, packet) }

// takeKey counts one packet of that key as back; false when none is expected.
func (e *echoes) takeKey(key uint64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, m := range []map[uint64]int{e.old, e.young} {
		if n := m[key]; n > 1 {
			m[key] = n - 1
			return true
		} else if n == 1 {
			delete(m, key)
			return true
		}
	}
	return false
}

// Where an IPv4 header (RFC 791 section 3.1) has the fields that the kernel fills.
const (
	ipLength, ipID, ipChecksum = 2, 4, 10
	ipSource, ipDestination    = 12, 16
	ipHeader                   = 20
)

// canonical is a copy of a packet without what the kernel always writes: total length and checksum.
func canonical(packet []byte) []byte {
	c := bytes.Clone(packet)
	if len(c) >= ipHeader {
		binary.BigEndian.PutUint16(c[ipLength:], 0)
		binary.BigEndian.PutUint16(c[ipChecksum:], 0)
	}
	return c
}
