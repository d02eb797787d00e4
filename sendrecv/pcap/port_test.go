package pcap_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/moonwire/moonwire/sendrecv"
	"github.com/moonwire/moonwire/sendrecv/pcap"
	"github.com/moonwire/moonwire/sendrecv/porttest"
)

func TestPortKeepsTheContract(t *testing.T) {
	for _, name := range formats {
		t.Run(name, func(t *testing.T) {
			porttest.Run(t, func(t *testing.T) porttest.Rig { return rig(t, name) })
		})
	}
}

// rig lets frames arrive by adding them to the file that is read.
func rig(t *testing.T, name string) porttest.Rig {
	in, out := filepath.Join(t.TempDir(), name), filepath.Join(t.TempDir(), name)
	wire, err := pcap.Create(in, "Ether")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { wire.Close() })
	port, err := pcap.OpenPort(in+".part", out)
	if err != nil {
		t.Fatal(err)
	}
	return porttest.Rig{
		Port:   port,
		Finite: true,
		Frame:  func(i int) []byte { return fmt.Appendf(nil, "frame %03d", i) },
		Inject: func(frames ...[]byte) {
			for i, f := range frames {
				if err := wire.Write(sendrecv.Frame{Time: time.Unix(1, int64(i)), Link: "Ether", Data: f}); err != nil {
					t.Fatal(err)
				}
			}
		},
		Sent: func() [][]byte {
			var sent [][]byte
			for _, f := range sentSoFar(t, out) {
				sent = append(sent, f.Data)
			}
			return sent
		},
	}
}

// sentSoFar is what a port has written, under the name that it has until the port is closed, or after.
func sentSoFar(t *testing.T, out string) []sendrecv.Frame {
	if _, err := os.Stat(out); err == nil {
		return readFile(t, out)
	}
	return readFile(t, out+".part")
}

func TestPortWithoutOutput(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.pcap")
	write(t, in, "Ether", some("Ether")...)
	p, err := pcap.OpenPort(in, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if n, err := p.Send(t.Context(), [][]byte{{1}}); n != 0 || !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("got %d, %v, want 0 and %v", n, err, errors.ErrUnsupported)
	}
}

func TestPortDoesNotEatItsInput(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.pcap")
	write(t, in, "Ether", some("Ether")...)
	if _, err := pcap.OpenPort(in, in); err == nil {
		t.Error("the same file for both ways: got no error")
	}
	part := in + ".part" // as a killed run leaves it
	if err := os.Rename(in, part); err != nil {
		t.Fatal(err)
	}
	if _, err := pcap.OpenPort(part, in); err == nil {
		t.Error("a part in the way of what is sent: got no error")
	}
	if got := readFile(t, part); len(got) != 3 {
		t.Errorf("got %d frames, want the 3 that were there", len(got))
	}
}

func TestPortHandsOutTheFramesBeforeACut(t *testing.T) {
	in := filepath.Join(t.TempDir(), "in.pcap")
	write(t, in, "Ether", some("Ether")...)
	if err := os.Truncate(in, size(t, in)-1); err != nil {
		t.Fatal(err)
	}
	p, err := pcap.OpenPort(in, "")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	rx, err := p.Listen(sendrecv.ListenOptions{})
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]sendrecv.Frame, 8)
	if n, err := rx.Receive(t.Context(), buf, 0); n != 2 || err != nil {
		t.Errorf("got %d, %v, want the 2 whole frames", n, err)
	}
	if n, err := rx.Receive(t.Context(), buf, 0); n != 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d, %v, want 0 and %v", n, err, io.ErrUnexpectedEOF)
	}
}
