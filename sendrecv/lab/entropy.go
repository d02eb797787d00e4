package lab

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"sync"
)

// An entropy is the random source of one host, reproducible and safe for its stack's goroutines. It implements rand.Source
// of math/rand and io.Reader.
type entropy struct {
	mu  sync.Mutex
	rng *rand.ChaCha8
}

func newEntropy(seed uint64, a netip.Addr) *entropy {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	copy(key[8:], a.AsSlice())
	return &entropy{rng: rand.NewChaCha8(key)}
}

// Int63 implements rand.Source.
func (e *entropy) Int63() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return int64(e.rng.Uint64() >> 1)
}

// Seed implements rand.Source. The seed of a lab is given once, so it does nothing.
func (e *entropy) Seed(int64) {}

// Read implements io.Reader; it never fails.
func (e *entropy) Read(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rng.Read(b)
}
