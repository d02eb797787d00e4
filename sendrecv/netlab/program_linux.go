package netlab

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
)

// programs are the paths of the programs that a network needs; empty for those it does not.
type programs struct {
	nft, slirp string
}

// findPrograms looks for all of them before anything is made.
func findPrograms(nat string) (p programs, err error) {
	if p.nft, err = find("nft", "nftables"); err != nil {
		return p, err
	}
	if nat == slirp4netns {
		p.slirp, err = find("slirp4netns", "slirp4netns")
	}
	return p, err
}

func find(program, debian string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("%w: install the package %s (Debian's name)", err, debian)
	}
	return path, nil
}

// load gives a host nftables rules.
func (h *host) load(ctx context.Context, nft, rules string) error {
	cmd := exec.CommandContext(ctx, nft, "-f", "-")
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(rules), &said, &said
	err := h.do(cmd.Start) // a process begins in the namespace of the thread that starts it
	if err == nil {
		err = cmd.Wait()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("%s: nft: %w%s", h.name, err, firstLine(said.String()))
	}
	return nil
}

// firstLine is the first thing a program said, to be appended to an error; empty when it said nothing.
func firstLine(said string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	if line == "" {
		return ""
	}
	return ": " + line
}
