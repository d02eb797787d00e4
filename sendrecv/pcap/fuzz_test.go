package pcap_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

// seeds are captures to begin with.
func seeds(f *testing.F) {
	for name, b := range madeFiles() {
		if len(name) > 3 && name[:3] != "usb" { // too long to be changed much
			f.Add(b)
		}
	}
}

// FuzzRead holds that nothing panics, that no frame is made of nothing, and that what is read can be written and read again.
func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := pcap.NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		var frames []sendrecv.Frame
		total := 0
		for frame, err := range r.Frames() {
			if err != nil {
				break
			}
			frames = append(frames, frame)
			total += len(frame.Data)
		}
		if total > len(b) && b[0] != 0x1f && b[0] != 0x28 && b[0] != 0x04 {
			t.Errorf("read %d bytes of frames out of %d", total, len(b))
		}
		var out bytes.Buffer
		w, err := pcap.NewWriter(&out, "stream", pcap.Options{NG: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(frames...); err != nil {
			t.Skip(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := read(t, &out)
		if err != nil || len(again) != len(frames) {
			t.Fatalf("%d frames became %d, %v", len(frames), len(again), err)
		}
		for i := range frames {
			if frames[i].Link != again[i].Link || !bytes.Equal(frames[i].Data, again[i].Data) || frames[i].Length != again[i].Length {
				t.Errorf("frame %d: %s", i, cmp.Diff(frames[i].Data, again[i].Data))
			}
		}
	})
}

// FuzzDecompress holds that no compressed file panics or reads without end.
func FuzzDecompress(f *testing.F) {
	for _, target := range targets {
		path := filepath.Join(f.TempDir(), target)
		w, err := pcap.Create(path, "Ether")
		if err != nil {
			f.Fatal(err)
		}
		if err := w.Write(some("Ether")...); err != nil {
			f.Fatal(err)
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		f.Add(content(f, path))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := pcap.NewReader(bytes.NewReader(b))
		if err != nil {
			return
		}
		for n := 0; n < 1000; n++ {
			if _, err := r.Next(); err != nil {
				return
			}
		}
	})
}
