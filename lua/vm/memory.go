package vm

import (
	"context"
	"runtime"
	"runtime/metrics"
	"time"
)

const (
	defaultMemory = 512 << 20
	memoryPeriod  = 20 * time.Millisecond
	heapMetric    = "/memory/classes/heap/objects:bytes" // what is allocated
	liveMetric    = "/gc/heap/live:bytes"                // what the last collection found in use
)

// boundMemory ends the context when the memory in use outgrows the limit. The caller calls stop.
func boundMemory(parent context.Context, limit uint64) (ctx context.Context, stop func()) {
	if limit == 0 {
		limit = defaultMemory
	}
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
			if outgrown(limit) {
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

// outgrown reports that more than limit bytes are in use. What is allocated may be garbage, so when that is more a
// collection decides.
func outgrown(limit uint64) bool {
	sample := []metrics.Sample{{Name: heapMetric}, {Name: liveMetric}}
	if metrics.Read(sample); sample[0].Value.Uint64() <= limit {
		return false
	}
	runtime.GC()
	metrics.Read(sample)
	return sample[1].Value.Uint64() > limit
}
