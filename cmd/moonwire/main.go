// Moonwire crafts packets, sends them, and shows who really answered.
package main

import (
	"context"
	"os"
	"runtime/debug"

	"github.com/moonwire/moonwire/sendrecv/raw"
)

// gcPercent lets the heap grow to five times what is in use before it is collected. That is a few megabytes, and each
// collection walks the large tables of the protocol library: at Go's default it takes a fifth of a script's time.
const gcPercent = 400

// memoryTarget is from how many bytes on garbage is collected at once: five times a script's 512 MiB would be more than a machine
// has to spare. What is in use may be more.
const memoryTarget = 640 << 20

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryTarget)
	}
	os.Exit(run(context.Background(), os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, limit: raw.Limit}))
}
