package pcap_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// begin makes a writer that is discarded with the test, unless the test closes it.
func begin(t *testing.T, path string) *pcap.Writer {
	t.Helper()
	w, err := pcap.Create(path, "Ether")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Discard() })
	return w
}

// put makes a file.
func put(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// listing is what a folder holds.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestTheNameSaysHowItIsWritten(t *testing.T) {
	for name, magic := range map[string]string{
		"a.pcap":       "\x4d\x3c\xb2\xa1",
		"a.cap":        "\x4d\x3c\xb2\xa1",
		"A.PCAP":       "\x4d\x3c\xb2\xa1",
		"a.tar.pcapng": "\x0a\x0d\x0d\x0a",
		"a.PcapNG":     "\x0a\x0d\x0d\x0a",
		"a.pcap.gz":    "\x1f\x8b",
		"a.cap.GZ":     "\x1f\x8b",
		"a.pcapng.gz":  "\x1f\x8b",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			write(t, path, "Ether", some("Ether")...)
			write(t, path, "Ether", some("Ether")...) // over the older one
			whole, err := os.ReadFile(path)
			if err != nil || !strings.HasPrefix(string(whole), magic) {
				t.Errorf("begins with %.4x, %v; want %x", whole, err, magic)
			}
			if diff := cmp.Diff(some("Ether"), readFile(t, path)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestOtherNamesAreRefused(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "in.pcap")
	write(t, in, "Ether")
	for _, name := range []string{
		"", "x", ".bashrc", "a.pcap.txt", "a.gz", "a.pcap.gz.gz", "a.pcap.part", "a.pcap ", "apcap", "pcap", "a.pcapx", "a.pcap/", "a.pcap/..",
		"a\n.pcap", "a\x1b[2J.pcap", "\x00.pcap", "a\x7f.cap", "new\nline/a.pcap",
	} {
		path := dir + "/" + name
		if name == "" {
			path = ""
		}
		for way, try := range map[string]func() error{
			"Create":   func() error { _, err := pcap.Create(path, "Ether"); return err },
			"OpenPort": func() error { _, err := pcap.OpenPort(in, path); return err },
		} {
			if way == "OpenPort" && path == "" {
				continue // nothing can be sent
			}
			err := try()
			if err == nil || !strings.Contains(err.Error(), "want a name ") || strings.ContainsAny(err.Error(), "\n\x1b\x00") {
				t.Errorf("%s %q: got %v, want the name refused", way, path, err)
			}
		}
	}
	if got := listing(t, dir); got != "in.pcap" {
		t.Errorf("made %s", got)
	}
}

func TestCreateReplacesOnlyCaptures(t *testing.T) {
	dir := t.TempDir()
	capture := filepath.Join(dir, "old.pcap")
	write(t, capture, "Ether", some("Ether")...)
	whole, err := os.ReadFile(capture)
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link.pcap")
	if err := os.Symlink(capture, link); err != nil {
		t.Skip(err)
	}
	dangling := filepath.Join(dir, "dangling.pcap")
	if err := os.Symlink(filepath.Join(dir, "nothing.pcap"), dangling); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, "folder.pcap")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path string
		refused    bool
	}{
		{"a new file", filepath.Join(dir, "new.pcap"), false},
		{"an empty file", put(t, filepath.Join(dir, "empty.pcap"), ""), false},
		{"a capture", capture, false},
		{"a compressed capture", put(t, filepath.Join(dir, "z.pcap.gz"), string(zipped(t, whole))), false},
		{"a text", put(t, filepath.Join(dir, "notes.pcap"), "do not lose me"), true},
		{"a compressed text", put(t, filepath.Join(dir, "notes.cap.gz"), string(zipped(t, []byte("do not lose me")))), true},
		{"two bytes of a text", put(t, filepath.Join(dir, "short.pcap"), "\xd4\xc3"), true},
		{"a symbolic link to a capture", link, true},
		{"a symbolic link to nothing", dangling, true},
		{"a directory", folder, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			before, _ := os.ReadFile(c.path)
			w, err := pcap.Create(c.path, "Ether")
			if c.refused {
				after, _ := os.ReadFile(c.path)
				if !errors.Is(err, fs.ErrExist) || !bytes.Equal(before, after) || strings.Contains(listing(t, dir), ".part") {
					t.Errorf("got %v, %d bytes left, want %v and the file as it was", err, len(after), fs.ErrExist)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if after, _ := os.ReadFile(c.path); !bytes.Equal(before, after) {
				t.Error("the file was changed before the new one was whole")
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if got := readFile(t, c.path); len(got) != 0 {
				t.Errorf("got %d frames, want an empty capture", len(got))
			}
		})
	}
}

// TestTheOlderCaptureStays ends a writer in every way but well, over an older capture.
func TestTheOlderCaptureStays(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(w *pcap.Writer, path string) error
		says string
		left string
	}{
		{"discarded", func(w *pcap.Writer, _ string) error { return errors.Join(w.Discard(), w.Close(), w.Discard()) }, "", "a.pcap"},
		{"a frame that it cannot hold", func(w *pcap.Writer, _ string) error {
			f := some("Ether")[0]
			f.Link = "IP"
			if err := w.Write(some("Ether")[1], f); err == nil || !strings.Contains(err.Error(), "frame 3: link: want Ether") {
				return err
			}
			return w.Close()
		}, "frame 3: link: want Ether as in the file's header, got IP: a pcap file has one link type, one that is named .pcapng holds several; PATH is as it was, and PATH.part holds what came before (frames: 2)", "a.pcap a.pcap.part"},
		{"something else in its place", func(w *pcap.Writer, path string) error {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				return err
			}
			err := w.Close()
			return errors.Join(err, os.Remove(path))
		}, "want a regular file to replace, got a directory", "a.pcap.part"},
		{"committed where that cannot be", func(w *pcap.Writer, path string) error {
			if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
				return err
			}
			return w.Commit()
		}, "want a regular file to replace, got a directory; PATH is as it was", "a.pcap"},
		{"its part taken away", func(w *pcap.Writer, path string) error {
			if err := errors.Join(os.Remove(path+".part"), os.WriteFile(path+".part", []byte("planted"), 0o600)); err != nil {
				return err
			}
			return w.Close()
		}, "PATH.part: removed or replaced while it was written; PATH is as it was", "a.pcap a.pcap.part"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "a.pcap")
			write(t, path, "Ether", some("Ether")...)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			w := begin(t, path)
			if err := w.Write(some("Ether")[0]); err != nil {
				t.Fatal(err)
			}
			err = c.end(w, path)
			if want := strings.ReplaceAll(c.says, "PATH", path); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
			if got := listing(t, dir); got != c.left {
				t.Errorf("left %s, want %s", got, c.left)
			}
			if after, err := os.ReadFile(path); err == nil && !bytes.Equal(before, after) {
				t.Error("the older capture is another one")
			}
		})
	}
}

// TestEachWriteIsInThePart reads the part while it is written, as after a crash.
func TestEachWriteIsInThePart(t *testing.T) {
	for _, name := range []string{"a.pcap", "a.pcapng", "a.pcap.gz", "a.pcapng.gz"} {
		path := filepath.Join(t.TempDir(), name)
		w := begin(t, path)
		for i, f := range some("Ether") {
			if err := w.Write(f); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(path + ".part")
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := read(t, bytes.NewReader(b)); len(got) != i+1 || w.Frames() != i+1 {
				t.Errorf("%s: %d frames after %d, counted %d", name, len(got), i+1, w.Frames())
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if got := listing(t, filepath.Dir(path)); got != name {
			t.Errorf("%s: left %s", name, got)
		}
		if diff := cmp.Diff(some("Ether"), readFile(t, path)); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWriterAfterClose(t *testing.T) {
	w := begin(t, filepath.Join(t.TempDir(), "a.pcap"))
	for range 2 {
		if err := w.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if err := w.Write(some("Ether")...); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v, want %v", err, fs.ErrClosed)
	}
}
