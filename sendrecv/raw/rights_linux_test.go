package raw

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestEachRightHasThoseBeforeIt is the table of capabilities, bit by bit.
func TestEachRightHasThoseBeforeIt(t *testing.T) {
	for r, want := range map[Rights]capabilities{
		NoRights: 0, FileRights: 1 << 1, SendRights: 1<<1 | 1<<12 | 1<<13, NamespaceRights: 1<<1 | 1<<12 | 1<<13 | 1<<21,
	} {
		if got := r.capabilities(); got != want {
			t.Errorf("rights %d: got %x, want %x", r, got, want)
		}
	}
}

// TestARightIsRaisedForAMoment takes CAP_SYS_ADMIN out of effect on a thread, which asAdmin puts into effect for one call.
func TestARightIsRaisedForAMoment(t *testing.T) {
	done := make(chan struct{})
	go func() { // on a thread that ends with it: it is never unlocked
		defer close(done)
		runtime.LockOSThread()
		has, err := threadSets()
		if err != nil || has.effective&capSysAdmin == 0 {
			t.Logf("skipped: needs root, to have a right that can be raised: %v", err)
			return
		}
		has.effective &^= capSysAdmin
		if err := has.set(); err != nil {
			t.Error(err)
			return
		}
		failure := errors.New("f's own")
		err = asAdmin(func() error {
			within, err := threadSets()
			if err != nil || within.effective != has.effective|capSysAdmin || within.permitted != has.permitted {
				t.Errorf("within: %x, %v; want %x more", within, err, capSysAdmin)
			}
			return failure
		})
		if after, _ := threadSets(); !errors.Is(err, failure) || after != has {
			t.Errorf("after: %x, %v; want %x and the error of f", after, err, has)
		}
		has.permitted &^= capSysAdmin
		if err := has.set(); err != nil {
			t.Error(err)
			return
		}
		called := false
		if err := asAdmin(func() error { called = true; return nil }); err != nil || !called {
			t.Errorf("without the right: %v, called %v; want f to find out", err, called)
		}
	}()
	<-done
}

// TestTheLibraryGivesUpNothing opens a session in a namespace, as a program with this package in it does: its rights are its own.
func TestTheLibraryGivesUpNothing(t *testing.T) {
	ns := newNamespace(t)
	before := rightsOfThreads(t)
	s, err := Open("netns:" + ns.name + "/lo")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for rights := range rightsOfThreads(t) {
		if !before[rights] {
			t.Errorf("a thread has other rights than before:\n%s", rights)
		}
	}
}

// rightsOfThreads is what /proc says of the rights of each thread of this process.
func rightsOfThreads(t *testing.T) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob("/proc/self/task/*/status")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.ESRCH) { // it has ended
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		rights := ""
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "Cap") || strings.HasPrefix(line, "NoNewPrivs") {
				rights += line
			}
		}
		all[rights] = true
	}
	return all
}
