package lua

import (
	"fmt"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/sendrecv"
)

// announceServices says that services of this host listen on ports that are guarded from now on. Each port is looked up once, so
// that a loop of calls pays nothing for it and reads nothing twice.
func (s *State) announceServices(g sendrecv.Guard, ports []uint16) {
	host, ok := g.(sendrecv.HostGuard)
	if !ok {
		return
	}
	var fresh []uint16
	for _, p := range ports {
		if !s.looked[p] {
			s.looked[p] = true
			fresh = append(fresh, p)
		}
	}
	if len(fresh) == 0 {
		return
	}
	served, err := host.Listening(fresh...)
	switch { // a system that does not tell has nothing to say here
	case err != nil || len(served) == 0:
	case len(served) == 1:
		s.notice("port %d: a service of this host listens there, and the guard keeps its TCP away while it holds the port: nobody reaches the service", served[0])
	default:
		s.notice("ports %s: services of this host listen there, and the guard keeps their TCP away while it holds the ports: nobody reaches the services", portList(served))
	}
}

// The ports that crafted flows may begin at: those above the ones that kernels pick for connections of their own.
const firstPort, lastPort = 61000, 65535

// freePort is freeport(): a port that math.random would have drawn, and another one while a service listens there.
func (s *State) freePort(l *glua.LState) int {
	host, _ := s.sessionFor(l).Guard.(sendrecv.HostGuard)
	const tries = 100 // a host that listens everywhere gets a port all the same, and a guard says so
	var port uint16
	for range tries {
		port = firstPort + uint16(s.random.Below(lastPort-firstPort+1))
		if host == nil {
			break
		}
		if served, err := host.Listening(port); err != nil || len(served) == 0 {
			break
		}
	}
	l.Push(glua.LNumber(port))
	return 1
}

// mostPorts is how many ports a notice names.
const mostPorts = 10

// portList names ports, the first ones when there are many.
func portList(ports []uint16) string {
	parts := make([]string, min(len(ports), mostPorts))
	for i := range parts {
		parts[i] = fmt.Sprint(ports[i])
	}
	if n := len(ports) - len(parts); n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, ", ")
}
