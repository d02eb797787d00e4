package lab

import (
	"fmt"
	"strings"
)

// wires are a lab's links, the nearest to the guest first. They are the sendrecv.Path of the session.
type wires []*link

// Wires implements sendrecv.Path.
func (w wires) Wires() []string {
	var names []string
	for _, l := range w {
		names = append(names, l.name)
	}
	return names
}

// Cut implements sendrecv.Path; frames under way are lost too.
func (w wires) Cut(wire string) error { return w.set(wire, true) }

// Mend implements sendrecv.Path.
func (w wires) Mend(wire string) error { return w.set(wire, false) }

func (w wires) set(wire string, cut bool) error {
	for _, l := range w {
		if l.name == wire {
			l.clock.do(func() { l.cut = cut })
			return nil
		}
	}
	return fmt.Errorf("lab: wire: want one of %s, got %q", strings.Join(w.Wires(), ", "), wire)
}
