package lua_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/sendrecv"
)

// A busyHost has a service on every even port, and counts how often it is asked.
type busyHost struct{ asked int }

func (h *busyHost) Hold(...uint16) (func(), error) { return func() {}, nil }

func (h *busyHost) Listening(ports ...uint16) (served []uint16, err error) {
	h.asked++
	for _, p := range ports {
		if p%2 == 0 {
			served = append(served, p)
		}
	}
	return served, nil
}

// A plainGuard does not know what the host listens on, as the lab's does not.
type plainGuard struct{ sendrecv.Guard }

func TestServicesAreToldOncePerPort(t *testing.T) {
	host := &busyHost{}
	s := newShell(t, &sendrecv.Session{Name: "eth0", Port: &leaving{}, Guard: host})
	s.check(t, `guard(22) guard(22) guard(23) guard(23, 22) guard(22, 24) guard(26, 28, 31) local p = {} for i = 1000, 1040 do p[#p+1] = i end guard(unpack(p))`, "")
	want := "port 22: a service|port 24: a service|ports 26, 28: services|ports 1000, 1002, 1004, 1006, 1008, 1010, 1012, 1014, 1016, 1018, and 11 more: services"
	var got []string
	for line := range strings.Lines(s.notices.String()) {
		at := strings.Index(line, "service")
		got = append(got, strings.TrimSpace(line[:at])+" "+strings.Fields(line[at:])[0])
	}
	if strings.Join(got, "|") != want || host.asked != 5 {
		t.Errorf("asked %d times, got %q, want 5 and %q", host.asked, strings.Join(got, "|"), want)
	}
}

func TestAFreePortIsNobodys(t *testing.T) {
	for name, g := range map[string]sendrecv.Guard{"a busy host": &busyHost{}, "one that does not tell": plainGuard{&busyHost{}}, "none": nil} {
		s := newShell(t, &sendrecv.Session{Name: "eth0", Port: &leaving{}, Guard: g})
		odd := map[bool]string{true: "true", false: "false"}[name == "a busy host"]
		s.check(t, `seed(1) local odd = true for i = 1, 50 do
			local p = freeport() assert(p >= 61000 and p <= 65535) odd = odd and p % 2 == 1 end print(odd)`, odd)
	}
}
