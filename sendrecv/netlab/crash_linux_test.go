package netlab

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netns"
)

// crashChild is the environment variable that makes the test below the child it starts.
const crashChild = "MOONWIRE_NETLAB_CHILD"

func TestKilledProcessLeavesNoProxy(t *testing.T) {
	if os.Getenv(crashChild) != "" {
		n := newNet(t, slirp4netns)
		os.Stdout.WriteString(n.id + "\n")
		os.Stdin.Read(make([]byte, 1)) // until it is killed, or its parent is gone
		return
	}
	newNet(t, none) // or the test is skipped
	id, kill := startChild(t)
	if got := leftovers(t, id); len(got) != 5 {
		t.Errorf("while it is up: got %q, want four hosts and a proxy", got)
	}
	kill()
	var got []string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if got = leftovers(t, id); len(got) == 4 {
			break
		}
	}
	for _, path := range got {
		name, ok := strings.CutPrefix(path, "/run/netns/")
		if !ok {
			t.Errorf("after kill -9: got %q, want namespaces only", path)
		}
		if err := netns.DeleteNamed(name); err != nil {
			t.Errorf("delete what is left by name: %v", err)
		}
	}
}

// startChild runs this test in another process until kill, and returns its network's ID.
func startChild(t *testing.T) (id string, kill func()) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), crashChild+"=1")
	out, errOut := child.StdoutPipe()
	in, errIn := child.StdinPipe()
	if err := errors.Join(errOut, errIn, child.Start()); err != nil {
		t.Fatal(err)
	}
	kill = func() {
		child.Process.Kill()
		child.Wait()
		in.Close()
	}
	t.Cleanup(kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("child: got %q, %v, want a network's ID", line, err)
	}
	return strings.TrimSpace(line), kill
}
