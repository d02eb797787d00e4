package protocoltest_test

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestAModuleOfItsOwn vets and tests the module in testdata/outside, which declares protocols without being a part of this one:
// all that it needs is exported, and its protocols keep the promises. It runs as a stranger would run it, but with what is
// here: nothing is fetched.
func TestAModuleOfItsOwn(t *testing.T) {
	command, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command to build another module with: ", err)
	}
	for _, args := range [][]string{{"vet", "./..."}, {"test", "./..."}} {
		t.Run(args[0], func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			c := exec.CommandContext(ctx, command, args...)
			c.Dir, c.WaitDelay = "testdata/outside", time.Second
			c.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("go %v in %s: %v\n%s", args, c.Dir, err, out)
			}
		})
	}
}
