package pcap_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
)

func TestGzippedCapturesAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.pcap")
	w, err := pcap.Create(path, layers.IP)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(sendrecv.Frame{Link: layers.IP, Data: []byte("\x45zip")}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	capture, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	z := gzip.NewWriter(&file)
	if _, err := z.Write(capture); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	whole := bytes.Clone(file.Bytes())
	r, err := pcap.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := r.Next(); err != nil || string(f.Data) != "\x45zip" {
		t.Errorf("%q, %v", f.Data, err)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last frame: %v", err)
	}
	if _, err := pcap.NewReader(bytes.NewReader(whole[:5])); !errors.Is(err, pcap.ErrFormat) {
		t.Errorf("half a header: %v", err)
	}
}
