package repl

import (
	"strings"
	"testing"
)

func TestKeysAreWhatReadlineKnows(t *testing.T) {
	tests := []struct{ name, sent, want string }{
		{"letters", "aé世", "a|é|世"},
		{"control keys", "\x01\r\n\x7f", "\x01|\r|\n|\x7f"},
		{"control bytes that are no keys", "a\x00\x0f\x1a\x1c\x1fb", "a|b"},
		{"a tab alone", "a", "a"},
		{"a pasted tab", "\tx", " |x"},
		{"a C1 control and bytes that are no text", "\xc2\x9b\xffx", "x"},
		{"arrows", "\x1b[A\x1b[B\x1b[C\x1b[D\x1bOA", "\x10|\x0e|\x06|\x02|\x10"},
		{"home and end", "\x1b[H\x1b[F\x1b[1~\x1b[4~\x1b[7~\x1b[8~\x1bOH", "\x01|\x05|\x01|\x05|\x01|\x05|\x01"},
		{"words", "\x1b[1;5C\x1b[1;3D\x1bb\x1bf\x1bd\x1b\x7f\x1b[3;5~", "\x1bf|\x1bb|\x1bb|\x1bf|\x1bd|\x1b\x7f|\x1bd"},
		{"delete", "\x1b[3~", "\x04"},
		{"functions", "\x1b[15~\x1bOP\x1b[[A\x1b[24;2~x", "x"},
		{"what is pasted", "a\x1b[200~x\r\n\ty\rz\x1b[A\x07\xff\n\x1b[201~b", "a|" + keyPaste + "x\n\ty\nz[A\n|b"},
		{"an empty paste", "\x1b[200~\x1b[201~b", keyPaste + "|b"},
		{"a paste without its end", "\x1b[200~x\ry", ""},
		{"a paste that Ctrl-C ends", "\x1b[200~x\ry\x03z", "\x03|z"},
		{"the rune that stands for a paste", "a" + keyPaste + "b", "a|b"},
		{"the end of a paste alone", "\x1b[201~b", "b"},
		{"escape and a letter", "\x1bx\x1b\x1b[Ay", "x|\x10|y"},
		{"a sequence that Ctrl-C breaks off", "\x1b[12\x03", "\x03"},
		{"a sequence without end", "\x1b[" + strings.Repeat("1;", 20), ""},
		{"a sequence that is not complete", "a\x1b[1;", "a"},
		{"a letter that is not complete", "a\xe4\xb8", "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for rest := []byte(test.sent); ; {
				k, n := nextKey(rest)
				if n == 0 {
					break
				}
				if rest = rest[n:]; k.text != "" {
					got = append(got, k.text+k.pasted)
				}
			}
			if joined := strings.Join(got, "|"); joined != test.want {
				t.Errorf("got %q, want %q", joined, test.want)
			}
		})
	}
}

func TestOnlyTheDeleteKeyIsMarked(t *testing.T) {
	for sent, want := range map[string]bool{"\x1b[3~": true, "\x04": false} {
		if k, _ := nextKey([]byte(sent)); k.forward != want {
			t.Errorf("%q: got %v, want %v", sent, k.forward, want)
		}
	}
}
