package vm

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	glua "github.com/yuin/gopher-lua"
)

const (
	defaultMemory = 512 << 20
	memoryPeriod  = 10 * time.Millisecond
	heapMetric    = "/memory/classes/heap/objects:bytes" // what is allocated
	liveMetric    = "/gc/heap/live:bytes"                // what the last collection found in use

	// maxString is the longest string that one call makes, in bytes.
	maxString = 64 << 20
	// maxArray is where gopher-lua begins to keep a value with a whole number for its key among those with other keys, which #
	// does not count. Below, t[n] = v makes all places up to n in one instruction, which took 4 GB where it was 64 million. A row
	// of as many packets, texts or tables does not fit into defaultMemory; one of numbers may, and then # stays where it is.
	maxArray = 1 << 24
	// largeValue is from which size on, in bytes, a value is held against the bound before it is made.
	largeValue = 1 << 20
)

// boundArrays sets maxArray. It is a variable of gopher-lua's, and the only one that is changed: for all interpreters in this
// process, the first time that one is made here.
var boundArrays = sync.OnceFunc(func() { glua.MaxArrayIndex = maxArray })

// outgrown reports that more than limit bytes are in use when size more are. What is allocated may be garbage, so when
// that is more a collection decides.
func outgrown(limit, size uint64) bool {
	sample := []metrics.Sample{{Name: heapMetric}, {Name: liveMetric}}
	if metrics.Read(sample); sample[0].Value.Uint64()+size <= limit {
		return false
	}
	runtime.GC()
	metrics.Read(sample)
	return sample[1].Value.Uint64()+size > limit
}

// boundMemory ends the context when the memory in use outgrows the limit. The caller calls stop.
func boundMemory(parent context.Context, limit uint64) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(memoryPeriod)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if outgrown(limit, 0) {
				cancel(ErrMemory)
				return
			}
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-ended
	}
}

// Room is to be called before a function makes size bytes in one go, such as the text of a packet: more than one call may
// make, or than the memory bound has room for, is an error raised on l. what is the function, for the message.
func (m *Machine) Room(l *glua.LState, what string, size int) {
	if err := m.Fits(size); err != nil {
		l.RaiseError("%s: %s", what, err)
	}
}

// Fits is Room for what has no thread to raise an error on: nil when there is room for size bytes.
func (m *Machine) Fits(size int) error {
	switch {
	case size > maxString:
		return fmt.Errorf("want a result of at most %d bytes", maxString)
	case size > largeValue && outgrown(m.memory, uint64(size)):
		return ErrMemory
	}
	return nil
}

// checksApart is how many values a call keeps between two looks at the memory.
const checksApart = 64

// Filled reports that so many quarters of the memory bound are in use. A call that keeps what comes in, packets for instance,
// asks for each and keeps no more then, so that what it has can be returned before the script is ended. Once it has said so
// it looks anew each time it is asked: the next call may find that the script has let go of what the last one kept.
func (m *Machine) Filled(quarters uint64) bool {
	if m.kept++; !m.full && m.kept%checksApart != 0 {
		return false
	}
	sample := []metrics.Sample{{Name: heapMetric}, {Name: liveMetric}}
	metrics.Read(sample)
	mark := m.memory / 4 * quarters
	allocated := sample[0].Value.Uint64()
	if m.full = false; allocated <= mark || m.seen <= mark && allocated <= m.seen+m.memory/16 {
		return false // a collection each time would take longer than the call
	}
	runtime.GC()
	metrics.Read(sample)
	m.seen = sample[1].Value.Uint64()
	m.full = m.seen > mark
	return m.full
}

// A builder makes one string of parts, within the bounds.
type builder struct {
	m    *Machine
	l    *glua.LState
	what string
	b    []byte
}

// building is a builder for a function that l runs; what is its name.
func (m *Machine) building(l *glua.LState, what string) *builder {
	return &builder{m: m, l: l, what: what}
}

// add appends a part. The bounds are looked at where memory is taken.
func (b *builder) add(part string) {
	if size := len(b.b) + len(part); size > cap(b.b) {
		b.m.Room(b.l, b.what, min(max(2*cap(b.b), size), max(maxString, size)))
	}
	b.b = append(b.b, part...)
}

// text is what was built. The builder is not used after it.
func (b *builder) text() glua.LString { return glua.LString(b.b) }
