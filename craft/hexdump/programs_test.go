package hexdump_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/hexdump"
)

// dumpers are what programs print a file with, each in a form that is pasted.
var dumpers = []string{
	"xxd", "xxd -g1", "xxd -u", "xxd -u -g1", "xxd -p", "xxd -i", "xxd -e", "xxd -e -g2", "xxd -e -g8", "xxd -g4", "xxd -g8", "xxd -g3", "xxd -g0", "xxd -c8", "xxd -c32", "xxd -c5",
	"xxd -d", "xxd -a", "xxd -b", "xxd -o 4096", "xxd -c20 -g1",
	"hexdump", "hexdump -C", "hexdump -x", "hexdump -o", "hexdump -d", "hexdump -b", "hexdump -v", "hexdump -v -C",
	"od", "od -A x -t x1", "od -A x -t x1z", "od -t x1z", "od -t x1", "od -A d -t x1", "od -A d -t x1z", "od -v -A n -t x1", "od -x", "od -t x2z", "od -A x -t x2z", "od -A x -x", "od -t x4", "od -t x4z", "od -t x8",
	"od -t o1", "od -b", "od -o", "od -A d -o", "od -v", "od -w8 -t x1z", "od -w32 -A x -t x1",
}

// TestWhatProgramsPrintIsRead has the programs that are installed print random bytes, and bytes that repeat.
func TestWhatProgramsPrintIsRead(t *testing.T) {
	step := 60
	if os.Getenv("MOONWIRE_LONG") != "" {
		step = 1
	}
	random := rand.New(rand.NewPCG(25, 13))
	file := filepath.Join(t.TempDir(), "packet")
	for _, command := range dumpers {
		words := strings.Fields(command)
		t.Run(command, func(t *testing.T) {
			program, err := exec.LookPath(words[0])
			if err != nil {
				t.Skipf("%s is not installed: %s", words[0], err)
			}
			for n := 1; n <= 200; n += 1 + random.IntN(step) {
				b := make([]byte, n)
				for i := range b {
					b[i] = byte(random.Uint32())
					if n%3 == 1 {
						b[i] &= 0x0f * byte(i/48%2) // rows that repeat
					}
				}
				if err := os.WriteFile(file, b, 0o600); err != nil {
					t.Fatal(err)
				}
				text, err := exec.Command(program, append(words[1:len(words):len(words)], file)...).Output()
				if err != nil {
					t.Fatal(err)
				}
				got, doubt, err := hexdump.ParseWithDoubt(string(text))
				if err != nil || !bytes.Equal(got, b) && doubt == "" {
					t.Errorf("%d bytes: %v\n%s%s", n, err, text, hexdump.Diff(b, got))
				}
			}
		})
	}
}
