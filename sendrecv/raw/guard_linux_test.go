package raw

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func TestGuardKeepsTheKernelFromResetting(t *testing.T) {
	w := newGuardWire(t)
	g := openTestGuard(t)
	if !w.resets(1000) {
		t.Error("without a guard: got no RST, want one")
	}
	release, err := g.Hold(1001)
	if err != nil {
		t.Fatal(err)
	}
	if w.resets(1001) {
		t.Error("held: got a RST, want none")
	}
	if !w.resets(1002) {
		t.Error("another port than the held one: got no RST, want one")
	}
	release()
	if !w.resets(1001) {
		t.Error("released: got no RST, want one")
	}
}

func TestGuardHoldsNest(t *testing.T) {
	w := newGuardWire(t)
	g := openTestGuard(t)
	first, err := g.Hold(1000, 1001, 1001)
	if err != nil {
		t.Fatal(err)
	}
	second, err := g.Hold(1001, 1002)
	if err != nil {
		t.Fatal(err)
	}
	first()
	first() // must not take away what the second holds
	if !w.resets(1000) {
		t.Error("port of the released hold: got no RST, want one")
	}
	if w.resets(1001) || w.resets(1002) {
		t.Error("ports of the other hold: got a RST, want none")
	}
	second()
	if !w.resets(1001) || !w.resets(1002) {
		t.Error("released: got no RST, want one")
	}
}

func TestGuardHoldsAllPorts(t *testing.T) {
	w := newGuardWire(t)
	g := openTestGuard(t)
	var ports []uint16
	for p := range 1 << 16 {
		if p != fencePort {
			ports = append(ports, uint16(p))
		}
	}
	release, err := g.Hold(ports...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []uint16{1, 2048, 2049, 65535} {
		if w.resets(p) {
			t.Errorf("port %d, held: got a RST, want none", p)
		}
	}
	release()
	for _, p := range []uint16{1, 2048, 2049, 65535} {
		if !w.resets(p) {
			t.Errorf("port %d, released: got no RST, want one", p)
		}
	}
}

func TestGuardIsSafeForConcurrentUse(t *testing.T) {
	w := newGuardWire(t)
	g := openTestGuard(t)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 100 {
				release, err := g.Hold(1000, uint16(1001+i%2))
				if err != nil {
					t.Error(err)
					return
				}
				release()
			}
		})
	}
	all.Wait()
	for _, p := range []uint16{1000, 1001, 1002} {
		if !w.resets(p) {
			t.Errorf("port %d, released by all: got no RST, want one", p)
		}
	}
}

func TestGuardsOfOneProcessDoNotMeet(t *testing.T) {
	w := newGuardWire(t)
	a, b := openTestGuard(t), openTestGuard(t)
	for _, g := range []*guard{a, b} {
		if _, err := g.Hold(1000); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if w.resets(1000) {
		t.Error("held by the second guard: got a RST, want none")
	}
}

func TestClosedGuard(t *testing.T) {
	w := newGuardWire(t)
	g := openTestGuard(t)
	release, err := g.Hold(1000)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := g.Close(); err != nil {
			t.Errorf("got %v, want nil", err)
		}
	}
	release()
	if !w.resets(1000) {
		t.Error("closed: got no RST, want one")
	}
	if _, err := g.Hold(1000); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v, want %v", err, net.ErrClosed)
	}
}

func TestRefusedHoldHoldsNothing(t *testing.T) {
	enterNewNetwork(t)
	g := openTestGuard(t)
	if _, err := g.Hold(1000); err != nil {
		t.Fatal(err)
	}
	good := g.filter.table
	g.filter.table = "gone"
	_, err := g.Hold(1001, 1000)
	if !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), "hold 1 ports") {
		t.Errorf("got %v, want what was tried and %v", err, unix.ENOENT)
	}
	g.filter.table = good
	if len(g.holds) != 1 || g.holds[1000] != 1 {
		t.Errorf("got holds %v, want one of port 1000", g.holds)
	}
	release, err := g.Hold(1001) // it would be there already
	if err != nil {
		t.Errorf("held after a refusal: %v", err)
	} else {
		release()
	}
}

func TestGuardNeedsTheRight(t *testing.T) {
	// A right belongs to a thread. This one is not unlocked, so that it ends with the test.
	runtime.LockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		t.Fatal(err)
	}
	g, err := openGuard()
	if err == nil {
		g.Close()
	}
	if !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "needs CAP_NET_ADMIN") {
		t.Errorf("got %v, want %v that names CAP_NET_ADMIN", err, os.ErrPermission)
	}
}

// guardChild is the environment variable that makes the test below the child it starts.
const guardChild = "MOONWIRE_GUARD_CHILD"

func TestKilledProcessLeavesNoTable(t *testing.T) {
	if os.Getenv(guardChild) != "" {
		g := openTestGuard(t)
		if _, err := g.Hold(1000); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("held\n")
		os.Stdin.Read(make([]byte, 1)) // until it is killed, or its parent is gone
		return
	}
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("needs nft to list what is left: ", err)
	}
	enterNewNetwork(t)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "-test.run=^"+t.Name()+"$") // it starts in this thread's namespace
	child.Env = append(os.Environ(), guardChild+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("child: got %q, %v, want that it holds", line, err)
	}
	rules := ruleset(t)
	for _, want := range []string{"flags owner", "type inet_service", "1000", "hook input priority -400", "tcp dport @ports counter", "drop"} {
		if !strings.Contains(rules, want) {
			t.Errorf("while it holds: want %q, got\n%s", want, rules)
		}
	}
	child.Process.Kill()
	child.Wait()
	if rules := ruleset(t); rules != "" {
		t.Errorf("after kill -9: want no rules, got\n%s", rules)
	}
}

func BenchmarkGuardHold(b *testing.B) {
	enterNewNetwork(b)
	g := openTestGuard(b)
	for b.Loop() {
		release, err := g.Hold(1000)
		if err != nil {
			b.Fatal(err)
		}
		release()
	}
}
