package pcap

import (
	"errors"
	"fmt"
)

// ErrFormat is wrapped by the errors for a file that is no capture, or a damaged one.
var ErrFormat = errors.New("not a capture file")

// ErrDamaged is wrapped by the errors for a capture that cannot be read on after its first frame. What was read before is
// good.
var ErrDamaged = errors.New("damaged")

// A fault is what is wrong with the bytes of a file. It is an ErrFormat, in its own words. Its numbers are of a capture: of
// a file that may be anything else it tells nothing.
type fault string

func faulty(format string, args ...any) error { return fault(fmt.Sprintf(format, args...)) }

// Error is the fault in its own words.
func (f fault) Error() string { return string(f) }

// Is says that a fault is an ErrFormat.
func (f fault) Is(target error) bool { return target == ErrFormat }

// errEmpty is the fault of a file without a byte.
var errEmpty = faulty("the file is empty")
