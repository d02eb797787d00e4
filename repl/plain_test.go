package repl

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua"
)

// pipe runs a shell over piped lines.
func pipe(t *testing.T, ctx context.Context, in io.Reader) (out, errs string, failed bool, err error) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	shell, err := New(Config{In: in, Out: &stdout, Err: &stderr})
	if err != nil {
		t.Fatal(err)
	}
	state := lua.New(lua.Config{Stdout: shell.Stdout(), Stderr: shell.Stderr()})
	defer state.Close()
	failed, err = shell.Run(ctx, state, "lab")
	for range 2 {
		if err := shell.Close(); err != nil {
			t.Error(err)
		}
	}
	return stdout.String(), stderr.String(), failed, err
}

func TestPipedLinesAreEvaluatedWithoutPromptOrEcho(t *testing.T) {
	tests := []struct {
		name, in, out, errs string
		failed              bool
	}{
		{"values", "1 + 1\n'a'\nx = 2\nx", "2\na\n2\n", "", false},
		{"a block", "for i = 1, 2 do\n print(i)\nend\n", "1\n2\n", "", false},
		{"a block of Python's", "x = 0\nfor i in range(4):\n    if i:\n\n        x += i\nx\n", "6\n", "for i = 0, 3 do\n    if i ~= 0 then\n\n        x = x + i end end\n", false},
		{"a block of Python's at the end", "for i in range(2):\n    print(i)", "0\n1\n", "for i = 0, 1 do\n    print(i) end\n", false},
		{"a block of Python's that has no equal", "with open('x') as f:\n    x = 1\n1 + 1\n", "2\n", "stdin:1: Lua has no with: files are read by rdpcap(\"f.pcap\") and written by wrpcap(\"f.pcap\", packets)\n", true},
		{"a block of Python's, and what has no equal", "for i in range(2):\n    print(i)\nwith open('x') as f:\n    x = 1\n1 + 1\n", "0\n1\n2\n",
			"for i = 0, 1 do\n    print(i) end\nstdin:3: Lua has no with: files are read by rdpcap(\"f.pcap\") and written by wrpcap(\"f.pcap\", packets)\n", true},
		{"a block of Python's, and a line that is nothing", "for i in range(2):\n    print(i)\ny = = 1\n1 + 1\n", "0\n1\n2\n", "for i = 0, 1 do\n    print(i) end\nstdin:3: syntax error near '='\n", true},
		{"a head of Python's without its block", "for i in range(2):\n", "", "stdin:1: this is Python's for; in Lua: for i = 0, 1 do ... end\n", true},
		{"a transcript", ">>> x = 4\n>>> x\n4\n>>> hex('a')\n'61'\n", "4\n61\n",
			"stdin:3: a line without a prompt, behind lines that have one, is left out, as all such: what a shell had answered\n", false},
		{"a transcript with blocks", ">>> for i in range(2):\n...     print(i)\n... \n0\n1\n>>> for i = 5, 6 do\n...   print(i)\n... end\n5\n6\n", "0\n1\n5\n6\n",
			"for i = 0, 1 do\n    print(i) end\nstdin:4: a line without a prompt, behind lines that have one, is left out, as all such: what a shell had answered\n", false},
		{"a transcript whose block failed", ">>> for i = 1 2 do\n...   print(i)\n... end\n>>> 7", "7\n",
			"stdin:1: syntax error near '2'\nstdin:2: left out: it goes on with an entry that has ended\nstdin:3: left out: it goes on with an entry that has ended\n", true},
		{"a transcript with a text", ">>> s = [[a\n... >>> b]]\n>>> s", "a\n>>> b\n", "", false},
		{"lines before a transcript", "x = 1\nx\n>>> x + 1\n2", "1\n2\n",
			"stdin:4: a line without a prompt, behind lines that have one, is left out, as all such: what a shell had answered\n", false},
		{"a return", "return 1\n2\nfor i = 1, 3 do\n  if i == 2 then return i end\nend\n3", "1\n2\n2\n3\n", "", false},
		{"carriage returns", "1\r\n2\r\n", "1\n2\n", "", false},
		{"an error has its line", "\nx = 1\nerror('no good')\n2\n", "2\n", "stdin:3: no good\n", true},
		{"an error with control characters", "error('\\x1b]0;owned\\x07')", "", "stdin:1: \\x1b]0;owned\\x07\n", true},
		{"an open block", "do\nx = 1\n", "", "the input ends in the middle of a block: it waits for \"end\" of \"do\" in line 1\n", true},
		{"exit", "1\nexit\n2\n", "1\n", "", false},
		{"output without a newline", "print('a')\nprint('b')", "a\nb\n", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, errs, failed, err := pipe(t, context.Background(), strings.NewReader(test.in))
			if strings.ReplaceAll(out, `"`, "") != test.out || errs != test.errs || failed != test.failed || err != nil {
				t.Errorf("got %q, %q, %v, %v; want %q, %q, %v", out, errs, failed, err, test.out, test.errs, test.failed)
			}
		})
	}
}

func TestAnInterruptEndsPipedLines(t *testing.T) {
	silent, end := io.Pipe()
	defer end.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, failed, err := pipe(t, ctx, silent); !failed || !errors.Is(err, lua.ErrInterrupted) {
		t.Errorf("got %v, %v; want true, %v", failed, err, lua.ErrInterrupted)
	}
}

func TestTroubleWithTheInputIsReported(t *testing.T) {
	broken := errors.New("the disk is on fire")
	_, _, _, err := pipe(t, context.Background(), io.MultiReader(strings.NewReader("x = 1\n"), failing{broken}))
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	_, _, _, err = pipe(t, context.Background(), strings.NewReader(strings.Repeat("x", maxLine+1)))
	if want := "the input has a line that is too long: want at most 1048576 bytes"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// failing can be neither read nor written.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error)  { return 0, f.err }
func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestOutputThatNobodyGetsEndsPipedLines is what a full disk does.
func TestOutputThatNobodyGetsEndsPipedLines(t *testing.T) {
	full := errors.New("the disk is full")
	for _, line := range []string{"1 + 1", "print('a')", "pcall(print, 'a')"} {
		var stderr bytes.Buffer
		shell, err := New(Config{In: strings.NewReader(line + "\nx = 1\n"), Out: failing{full}, Err: &stderr})
		if err != nil {
			t.Fatal(err)
		}
		state := lua.New(lua.Config{Stdout: shell.Stdout(), Stderr: shell.Stderr()})
		failed, err := shell.Run(context.Background(), state, "lab")
		if !failed || !errors.Is(err, full) || stderr.Len() > 0 {
			t.Errorf("%s: got %v, %v, %q; want true, %v", line, failed, err, stderr.String(), full)
		}
		if x, _, err := state.Eval(context.Background(), "test", `rawget(_G, "x")`); err != nil || x != "nil" {
			t.Errorf("%s: the next line was evaluated: %q, %v", line, x, err)
		}
		if err := shell.Close(); err != nil {
			t.Error(err)
		}
		state.Close()
	}
}

func TestAShellWantsItsStreams(t *testing.T) {
	if _, err := New(Config{In: strings.NewReader("")}); err == nil {
		t.Error("want an error")
	}
}

func TestCandidatesAreListedInColumns(t *testing.T) {
	words := strings.Fields("a bb ccc d e")
	for width, want := range map[int]string{
		80: "a    bb   ccc  d    e\n",
		12: "a    d\nbb   e\nccc\n",
		1:  "a\nbb\nccc\nd\ne\n",
	} {
		if got := columns(words, width); got != want {
			t.Errorf("width %d: got %q, want %q", width, got, want)
		}
	}
	if got := columns(strings.Fields(strings.Repeat("word ", 50)), 12); strings.Count(got, "\n") != maxRows+1 || !strings.HasSuffix(got, "... and 10 more\n") {
		t.Errorf("got %q", got)
	}
}

func TestACompletionIsAsLongAsItIsCertain(t *testing.T) {
	tests := []struct {
		name, block, written string
		candidates           []string
		start                int
		want                 string
	}{
		{"none", "", "x", nil, 0, "x"},
		{"one", "", "print(TC", []string{"TCP"}, 6, "print(TCP"},
		{"several", "", "ca", []string{"capture", "captured"}, 0, "capture"},
		{"several, nothing in common", "", "", []string{"a", "b"}, 0, ""},
		{"another spelling", "", "tcp", []string{"TCP{"}, 0, "TCP{"},
		{"below a block", "do\n", "  TC", []string{"TCP"}, 5, "  TCP"},
		{"in the block", "do\n", "x", []string{"doing"}, 0, "x"},
		{"half a letter in common", "", "", []string{"é", "è"}, 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			offer := func(string) ([]string, int, string) { return test.candidates, test.start, "" }
			if got, _, _ := extend(offer, test.block, test.written); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
