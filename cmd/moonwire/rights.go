package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/moonwire/moonwire/sendrecv/raw"
)

// limitAtStart gives up what no word of the command line asks for. The commands that run scripts read them first, as whoever
// started this process may, and give up the rest before they run.
func (f *flags) limitAtStart(words []string, s streams) error {
	runs := f.set.Changed("eval") || f.prompt || len(words) == 0 || words[0] == "run"
	if runs && !f.help && !f.about {
		return nil
	}
	return s.keep(raw.FileRights)
}

// rights are what the packets of this command line need.
func (f *flags) rights() raw.Rights {
	switch {
	case f.set.Changed("lab"):
		return raw.NoRights
	case inNamespace(f.iface) || slices.ContainsFunc(f.taps, func(t string) bool {
		_, where, _ := strings.Cut(t, "=")
		return inNamespace(where)
	}):
		return raw.NamespaceRights
	}
	return raw.SendRights
}

// inNamespace says whether a place, as raw.Open names it, is in a network namespace.
func inNamespace(where string) bool { return strings.HasPrefix(where, "netns:") }

// keep gives up all rights but some. When that cannot be done, nothing may run.
func (s streams) keep(rights raw.Rights) error {
	if s.limit == nil {
		return nil
	}
	if err := s.limit(rights); err != nil {
		return &fault{exitCannotRun, fmt.Errorf("nothing is run with more rights than it needs: %w", err)}
	}
	return nil
}

// noAccess is the way out for root in the lab, who has to do there with what the user root may.
func (f *flags) noAccess() string {
	if f.set.Changed("lab") && os.Geteuid() == 0 {
		return "with --lab, root keeps no right over the files of other users: run it as that user, or choose a folder of root's"
	}
	return ""
}
