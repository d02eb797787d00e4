//go:build !linux

package raw

import (
	"errors"

	"github.com/moonwire/moonwire/sendrecv"
)

// noLinux is the answer of every other system.
type noLinux struct{}

func (noLinux) Error() string { return "live ports need Linux: try --lab" }

func (noLinux) Unwrap() error { return errors.ErrUnsupported }

func open(string) (*sendrecv.Session, error) { return nil, noLinux{} }

func openTap(string) (sendrecv.Port, error) { return nil, noLinux{} }

func look(string) (*sendrecv.Session, error) { return nil, noLinux{} }
