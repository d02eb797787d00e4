package layers_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// longTests is the environment variable that asks for long tests, as CI does. Then a missing scapy is an error.
const longTests = "MOONWIRE_LONG"

// A scapyProcess is scapy 2.5.0 behind a pipe: testdata/scapy/differ.py, which tells what may be asked.
type scapyProcess struct {
	in  *json.Encoder
	out *bufio.Scanner

	// fields are what scapy knows of the layers that both have: by layer and field.
	fields map[craft.Name]map[string]scapyField
}

// A scapyField is what scapy knows of a field.
type scapyField struct {
	// Of says what a list of values holds: "IPv4", "IPv6", "MAC" or "number".
	Of string
	// Bits is how wide an element or the field is.
	Bits float64
	// Single says that there is room for one packet only.
	Single bool
	// Open says that there is no default, Random that it is made by chance or by the clock.
	Open, Random bool
}

// An answer is what scapy answers; Error is the exception that it raised.
type answer struct {
	Scapy, Wire, Python, Error string
	Layers                     []scapyLayer

	// GaveUp is the exception that a layer raised which became Raw for it.
	GaveUp string

	usersAnswer
}

// startScapy starts scapy and skips the test where there is none.
func startScapy(t *testing.T) *scapyProcess {
	t.Helper()
	lacking := t.Skipf
	if os.Getenv(longTests) != "" {
		lacking = t.Fatalf
	}
	python, err := findPython()
	if err != nil {
		lacking("no Python for scapy: %v", err)
	}
	cmd := exec.Command(python, "testdata/scapy/differ.py")
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill() // it may still be answering a test that failed
		_ = cmd.Wait()         // its exit code is that of a killed process
	})
	s := &scapyProcess{in: json.NewEncoder(in), out: bufio.NewScanner(out)}
	s.out.Buffer(nil, 1<<26)
	hello, err := s.next()
	switch {
	case err != nil:
		lacking("scapy is not installed for %s (apt-get install python3-scapy): %s", python, lastLine(complaint.String()))
	case hello.Scapy != "2.5.0":
		lacking("want scapy 2.5.0, whose bytes are known, got %s", hello.Scapy)
	}
	s.describe(t)
	return s
}

// findPython prefers the system's Python: distributions install scapy for that one.
func findPython() (string, error) {
	if _, err := os.Stat("/usr/bin/python3"); err == nil {
		return "/usr/bin/python3", nil
	}
	return exec.LookPath("python3")
}

func lastLine(text string) string {
	lines := bytes.Split(bytes.TrimSpace([]byte(text)), []byte("\n"))
	return string(lines[len(lines)-1])
}

// describe asks for the layers that both have.
func (s *scapyProcess) describe(t *testing.T) {
	t.Helper()
	var names []craft.Name
	for _, p := range craft.Protocols() {
		names = append(names, p.Name())
	}
	line, err := s.line([]any{"describe", names})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &s.fields); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
}

// line asks one question and reads the line of the answer.
func (s *scapyProcess) line(question []any) ([]byte, error) {
	if err := s.in.Encode(question); err != nil {
		return nil, err
	}
	return s.read()
}

func (s *scapyProcess) read() ([]byte, error) {
	if !s.out.Scan() {
		if err := s.out.Err(); err != nil {
			return nil, err
		}
		return nil, io.ErrUnexpectedEOF
	}
	return s.out.Bytes(), nil
}

// next reads one answer.
func (s *scapyProcess) next() (answer, error) {
	var a answer
	line, err := s.read()
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(line, &a); err != nil {
		return a, fmt.Errorf("%w: %s", err, line)
	}
	return a, nil
}

// ask asks one question.
func (s *scapyProcess) ask(t *testing.T, question ...any) answer {
	t.Helper()
	if err := s.in.Encode(question); err != nil {
		t.Fatal(err)
	}
	a, err := s.next()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// askAll asks many questions without waiting for the answers in between.
func (s *scapyProcess) askAll(t *testing.T, questions [][]any, each func(i int, a answer)) {
	t.Helper()
	asked := make(chan error, 1)
	go func() {
		for _, q := range questions {
			if err := s.in.Encode(q); err != nil {
				asked <- err
				return
			}
		}
		asked <- nil
	}()
	for i := range questions {
		a, err := s.next()
		if err != nil {
			t.Fatalf("question %d, %v: %v", i, questions[i], err)
		}
		each(i, a)
	}
	if err := <-asked; err != nil {
		t.Fatal(err)
	}
}
