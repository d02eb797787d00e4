//go:build !linux

package netlab

import (
	"context"
	"errors"
)

// noLinux is the answer of every other system.
type noLinux struct{}

func (noLinux) Error() string { return "needs Linux: try --lab" }

func (noLinux) Unwrap() error { return errors.ErrUnsupported }

type host struct{}

func (n *Net) build(context.Context, string) error { return noLinux{} }

func (h *host) do(func() error) error { return noLinux{} }
