//go:build linux || darwin

package pcap_test

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// TestOneWriterAtATime tries to write a file that is being written, under all of its names.
func TestOneWriterAtATime(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for _, older := range []bool{true, false} {
		path := filepath.Join(dir, "a.pcap")
		names := []string{"a.pcap", "./a.pcap", path, "linked/a.pcap", "../" + filepath.Base(dir) + "/a.pcap"}
		if older {
			write(t, path, "Ether")
			if err := errors.Join(os.Link("a.pcap", "other.pcap"), os.Symlink(dir, "linked")); err != nil {
				t.Fatal(err)
			}
			names = append(names, "other.pcap")
		} else if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		w := begin(t, path)
		for _, name := range names {
			_, err := pcap.Create(name, "Ether")
			if !errors.Is(err, pcap.ErrWriting) || !strings.Contains(err.Error(), "pcap: "+name+": is being written already") {
				t.Errorf("%s, older %v: got %v, want %v", name, older, err, pcap.ErrWriting)
			}
		}
		if err := w.Write(some("Ether")...); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := readFile(t, path); len(got) != 3 {
			t.Errorf("got %d frames, want 3", len(got))
		}
		for _, name := range names { // the locks are gone
			begin(t, name).Discard()
		}
	}
}

// TestOneOfManyWriters has many begin at once, over what a killed run left: one does.
func TestOneOfManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.pcap")
	for range 50 {
		put(t, path+".part", "")
		const many = 8
		began := make(chan *pcap.Writer, many)
		for range many {
			go func() {
				w, err := pcap.Create(path, "Ether")
				if err != nil && !errors.Is(err, pcap.ErrWriting) {
					t.Error(err)
				}
				began <- w
			}()
		}
		var writers []*pcap.Writer
		for range many {
			if w := <-began; w != nil {
				writers = append(writers, w)
			}
		}
		if len(writers) > 1 {
			t.Errorf("%d writers at once", len(writers))
		}
		for _, w := range writers {
			if err := w.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestWhatStandsInThePartsPlace(t *testing.T) {
	dir := t.TempDir()
	victim := filepath.Join(dir, "victim")
	whole, _ := three(t, "v.pcap")
	for _, c := range []struct {
		name  string
		plant func(part string) error
		says  string // "" takes it over
	}{
		{"what a killed run left", func(part string) error { return os.WriteFile(part, whole[:50], 0o600) }, ""},
		{"nothing written yet", func(part string) error { return os.WriteFile(part, nil, 0o600) }, ""},
		{"notes", func(part string) error { return os.WriteFile(part, []byte("notes"), 0o600) }, "want the capture that a killed run left, got something else: remove it first"},
		{"a symbolic link", func(part string) error { return os.Symlink(victim, part) }, "got a symbolic link: remove it first"},
		{"a link to nothing", func(part string) error { return os.Symlink(filepath.Join(dir, "made"), part) }, "got a symbolic link"},
		{"a folder", func(part string) error { return os.Mkdir(part, 0o700) }, "got a directory"},
		{"a pipe", func(part string) error { return syscall.Mkfifo(part, 0o600) }, "got a pipe"},
		{"another name of a capture", func(part string) error { return os.Link(victim, part) }, "got a file with other names"},
		{"a file of somebody else", func(part string) error {
			return errors.Join(os.WriteFile(part, nil, 0o666), os.Chown(part, 12345, 12345))
		}, "got a file of user 12345"},
	} {
		t.Run(c.name, func(t *testing.T) {
			put(t, victim, string(whole))
			path := filepath.Join(t.TempDir(), "a.pcap")
			switch err := c.plant(path + ".part"); {
			case errors.Is(err, fs.ErrPermission):
				t.Skipf("only root gives files away: %v", err)
			case err != nil:
				t.Fatal(err)
			}
			planted, err := os.OpenFile(path+".part", os.O_RDONLY|syscall.O_NONBLOCK, 0) // as whoever planted it may keep it open
			if err == nil {
				defer planted.Close()
			}
			w, err := pcap.Create(path, "Ether")
			if c.says != "" {
				if !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), c.says) {
					t.Errorf("got %v, want %s", err, c.says)
				}
			} else if err != nil {
				t.Fatal(err)
			} else {
				wantAnotherFile(t, planted, path+".part")
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			}
			if got, _ := os.ReadFile(victim); string(got) != string(whole) {
				t.Error("somebody else's file was written")
			}
			if _, err := os.Lstat(filepath.Join(dir, "made")); err == nil {
				t.Error("a link was followed")
			}
		})
	}
}

// wantAnotherFile holds that a part is not the file that was planted in its place: who planted it reads along.
func wantAnotherFile(t *testing.T, planted *os.File, part string) {
	t.Helper()
	old, err := planted.Stat()
	if err != nil {
		t.Fatal(err)
	}
	now, err := os.Lstat(part)
	if err != nil || os.SameFile(old, now) || now.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v: want a new file that only its owner reads", now, err)
	}
}

func TestTheOlderOnesOwnerAndPermissionsAreKept(t *testing.T) {
	old := syscall.Umask(0o077)
	defer syscall.Umask(old)
	for _, mode := range []os.FileMode{0, 0o600, 0o644, 0o660} { // 0: there is none
		path := filepath.Join(t.TempDir(), "a.pcap")
		want, uid := mode, os.Geteuid()
		if mode == 0 {
			want = 0o600
		} else {
			put(t, path, "")
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if os.Chown(path, 12345, 12346) == nil {
				uid = 12345
			}
		}
		write(t, path, "Ether")
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode(); got != want || int(info.Sys().(*syscall.Stat_t).Uid) != uid {
			t.Errorf("got %s of user %d, want %s of %d", got, info.Sys().(*syscall.Stat_t).Uid, want, uid)
		}
	}
}

// TestACaptureIsNotGivenToWhoPlantedAFile replaces a file that everybody reads, in folders where others than its owner may put
// one, and in others.
func TestACaptureIsNotGivenToWhoPlantedAFile(t *testing.T) {
	const me, alice, bob = 0, 12345, 12346
	for _, c := range []struct {
		name          string
		folder        os.FileMode
		folderOf, own int  // whose the folder is, and the older file
		linked        bool // it has another name too
		want          os.FileMode
	}{
		{"everybody's folder", 0o777 | os.ModeSticky, me, alice, false, 0o600},
		{"everybody's folder that is alice's", 0o777, alice, alice, false, 0o600},
		{"a group's folder", 0o775 | os.ModeSetgid, me, alice, false, 0o600},
		{"a group's folder that is bob's", 0o775, bob, alice, false, 0o600},
		{"a link to my file in a group's folder", 0o775, me, me, true, 0o600},
		{"my file in a group's folder", 0o775, me, me, false, 0o666},
		{"a folder of mine", 0o755, me, alice, false, 0o666},
		{"alice's file in her own folder", 0o775, alice, alice, false, 0o666},
	} {
		dir := t.TempDir()
		path := put(t, filepath.Join(dir, "a.pcap"), "")
		if c.linked {
			if err := os.Link(path, filepath.Join(dir, "other")); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(os.Chmod(dir, c.folder), os.Chmod(path, 0o666), os.Chown(path, c.own, c.own), os.Chown(dir, c.folderOf, bob)); err != nil {
			t.Skipf("only root gives files away: %v", err)
		}
		write(t, path, "Ether", some("Ether")...)
		info, err := os.Stat(path)
		owner := me
		if c.want != 0o600 {
			owner = c.own
		}
		if err != nil || info.Mode() != c.want || int(info.Sys().(*syscall.Stat_t).Uid) != owner {
			t.Errorf("%s: got %v, %v; want mode %v of user %d", c.name, info, err, c.want, owner)
		}
	}
}

func TestOthersDecompressOurFiles(t *testing.T) {
	zcat, err := exec.LookPath("zcat")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.pcap"), "Ether", some("Ether")...)
	write(t, filepath.Join(dir, "a.pcap.gz"), "Ether", some("Ether")...)
	plain, err := os.ReadFile(filepath.Join(dir, "a.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(zcat, filepath.Join(dir, "a.pcap.gz")).Output()
	if err != nil || string(out) != string(plain) {
		t.Errorf("zcat gave %d bytes, %v; want the %d of the plain file", len(out), err, len(plain))
	}
}
