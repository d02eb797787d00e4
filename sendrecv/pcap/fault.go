package pcap

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
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

// A cut is where a file breaks off. It is an io.ErrUnexpectedEOF, in its own words.
type cut string

// Error is the cut in its own words.
func (c cut) Error() string { return "it ends in the middle of " + string(c) }

// Is says that a cut is an io.ErrUnexpectedEOF.
func (c cut) Is(target error) bool { return target == io.ErrUnexpectedEOF }

// A refusal says what stands where a capture is to be written. It is an fs.ErrExist, in its own words.
type refusal string

func refused(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// Error is the refusal in its own words.
func (r refusal) Error() string { return string(r) }

// Is says that a refusal is an fs.ErrExist.
func (r refusal) Is(target error) bool { return target == fs.ErrExist }

// ErrJoined is wrapped by the errors for a file in which another capture begins behind the first one, as cat makes them. What was
// read before is good.
var ErrJoined = errors.New("another capture begins")

// errEmpty is the fault of a file without a byte.
var errEmpty = faulty("the file is empty")
