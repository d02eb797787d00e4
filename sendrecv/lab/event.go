package lab

import (
	"container/heap"
	"time"
)

// An event is something that will happen in the lab at a given time. It implements tcpip.Timer.
type event struct {
	clock *clock
	run   func()
	at    time.Time
	order uint64 // among events of one time
	index int    // in the clock's queue
}

// unqueued is the index of an event that is not in the queue.
const unqueued = -1

// Stop implements tcpip.Timer.
func (e *event) Stop() bool {
	c := e.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.index == unqueued {
		return false
	}
	heap.Remove(&c.events, e.index)
	return true
}

// Reset implements tcpip.Timer.
func (e *event) Reset(d time.Duration) {
	c := e.clock
	c.mu.Lock()
	if e.index != unqueued {
		heap.Remove(&c.events, e.index)
	}
	c.made++
	e.at, e.order = c.time().Add(max(d, 0)), c.made
	heap.Push(&c.events, e)
	c.mu.Unlock()
	c.nudge()
}

// A queue holds the events to come, the next one first. It implements heap.Interface.
type queue []*event

// Len implements heap.Interface.
func (q queue) Len() int { return len(q) }

// Less implements heap.Interface.
func (q queue) Less(i, j int) bool {
	if !q[i].at.Equal(q[j].at) {
		return q[i].at.Before(q[j].at)
	}
	return q[i].order < q[j].order
}

// Swap implements heap.Interface.
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	e := x.(*event)
	e.index = len(*q)
	*q = append(*q, e)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	e.index = unqueued
	return e
}
