//go:build linux || darwin

package repl

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestAHistoryFollowsNobody puts somebody else's things in the history's place.
func TestAHistoryFollowsNobody(t *testing.T) {
	for _, c := range []struct {
		name  string
		plant func(dir, victim string) error
		says  string // "" is fine
	}{
		{"a link to another file", func(dir, victim string) error { return os.Symlink(victim, filepath.Join(dir, "history")) }, "want a regular file, got a symbolic link"},
		{"a link to nothing", func(dir, victim string) error { return os.Symlink(victim+".made", filepath.Join(dir, "history")) }, "want a regular file, got a symbolic link"},
		{"another name of a file", func(dir, victim string) error { return os.Link(victim, filepath.Join(dir, "history")) }, "want a file with one name, got one with 2 (hard links)"},
		{"a pipe", func(dir, _ string) error { return syscall.Mkfifo(filepath.Join(dir, "history"), 0o600) }, "want a regular file, got one of mode p"},
		{"a file of somebody else", func(dir, _ string) error {
			path := filepath.Join(dir, "history")
			return errors.Join(os.WriteFile(path, []byte("theirs\n"), 0o644), os.Chown(path, 12345, 12345))
		}, "got that of user 12345"},
		{"a folder of somebody else", func(dir, _ string) error { return os.Chown(dir, 12345, 12345) }, "got that of user 12345"},
		{"a link to a folder of somebody else", func(dir, victim string) error {
			return errors.Join(os.Chown(filepath.Dir(victim), 12345, 12345), os.Remove(dir), os.Symlink(filepath.Dir(victim), dir))
		}, "got that of user 12345"},
		{"somebody else's link to a folder", func(dir, victim string) error {
			return errors.Join(os.Remove(dir), os.Symlink(filepath.Dir(victim), dir), os.Lchown(dir, 12345, 12345))
		}, "got that of user 12345"},
		{"one's own link to one's own folder", func(dir, victim string) error {
			return errors.Join(os.Remove(dir), os.Symlink(filepath.Dir(victim), dir))
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, victim := filepath.Join(t.TempDir(), "moonwire"), filepath.Join(t.TempDir(), "victim")
			if err := errors.Join(os.Mkdir(dir, 0o700), os.WriteFile(victim, []byte("precious"), 0o644)); err != nil {
				t.Fatal(err)
			}
			switch err := c.plant(dir, victim); {
			case errors.Is(err, fs.ErrPermission):
				t.Skipf("only root gives files away: %v", err)
			case err != nil:
				t.Fatal(err)
			}
			h, err := openHistory(filepath.Join(dir, "history"))
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
			if err := h.add("one"); err != nil || len(h.entries) != 1 {
				t.Errorf("%v, entries %q", err, h.entries)
			}
			info, err := os.Stat(victim)
			content, _ := os.ReadFile(victim)
			if err != nil || string(content) != "precious" || info.Mode().Perm() != 0o644 {
				t.Errorf("the other file is %q with mode %v, %v", content, info.Mode(), err)
			}
			if entries, err := os.ReadDir(filepath.Dir(victim)); c.says != "" && (err != nil || len(entries) != 1) {
				t.Errorf("made %v, %v", entries, err)
			}
		})
	}
}

// TestNothingIsMadeInTheHomeOfSomebodyElse is sudo that leaves HOME as it was.
func TestNothingIsMadeInTheHomeOfSomebodyElse(t *testing.T) {
	elsewhere := t.TempDir()
	for _, c := range []struct {
		name  string
		plant func(home string) error
	}{
		{"nothing", func(string) error { return nil }},
		{"a folder", func(home string) error {
			dir := filepath.Join(home, ".local")
			return errors.Join(os.Mkdir(dir, 0o755), os.Chown(dir, 12345, 12345))
		}},
		{"a link", func(home string) error {
			link := filepath.Join(home, ".local")
			return errors.Join(os.Symlink(elsewhere, link), os.Lchown(link, 12345, 12345))
		}},
	} {
		home := t.TempDir()
		if err := errors.Join(c.plant(home), os.Chown(home, 12345, 12345)); err != nil {
			t.Skipf("only root gives files away: %v", err)
		}
		_, err := openHistory(filepath.Join(home, ".local", "state", "moonwire", "history"))
		if err == nil || !strings.Contains(err.Error(), "got that of user 12345") {
			t.Errorf("%s: got %v", c.name, err)
		}
		for _, dir := range []string{filepath.Join(home, ".local"), elsewhere} {
			if made, _ := os.ReadDir(dir); len(made) > 0 {
				t.Errorf("%s: made %s in %s", c.name, made[0].Name(), dir)
			}
		}
	}
}

// TestALinkThatComesLaterIsNotFollowed plants it while a session runs.
func TestALinkThatComesLaterIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "history"), filepath.Join(t.TempDir(), "victim")
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(victim, nil, 0o600), os.Remove(path), os.Symlink(victim, path)); err != nil {
		t.Fatal(err)
	}
	if err := h.add("secret"); err == nil {
		t.Error("no error")
	}
	if content, _ := os.ReadFile(victim); len(content) > 0 {
		t.Errorf("wrote %q through the link", content)
	}
}

// TestALongHistoryIsCutBeside holds that the old file is replaced, not truncated: a crash in between costs nothing.
func TestALongHistoryIsCutBeside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var b strings.Builder
	for i := range 3 * maxHistory {
		fmt.Fprintf(&b, "entry %d\n", i)
	}
	if err := errors.Join(os.WriteFile(path, []byte(b.String()), 0o600), os.WriteFile(path+".new", []byte("left"), 0o600)); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if _, err := openHistory(path); err != nil {
		t.Fatal(err)
	}
	before, _ := old.Stat()
	after, err := os.Stat(path)
	if err != nil || os.SameFile(before, after) || before.Size() != int64(b.Len()) || after.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: want a new file beside the old one", after, err)
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left the one beside: %v", err)
	}
}
