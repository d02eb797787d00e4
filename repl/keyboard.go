package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// A keyboard is what readline reads: one key, and no other before that one has been handled. Between lines it reads
// nothing, and what is typed then stays with the terminal.
type keyboard struct {
	turns   chan struct{} // one for each key that may be handed over
	screen  *screen
	resizes <-chan os.Signal
	signals <-chan os.Signal // interrupts that did not come from a key

	ask     chan []byte // to the goroutine that reads the terminal, which fills it
	came    chan read
	asking  bool
	pending []byte // read, and no key yet
	forward bool   // the last key was the one that deletes
	pasted  string // with the last key
	refused bool   // what is being pasted is too long, and dropped up to its end
	err     error  // why there are no more keys; set before the end is handed over

	end   sync.Once
	ended chan struct{}
}

// A read is what the terminal gave.
type read struct {
	data []byte
	err  error
}

func newKeyboard(in io.Reader, s *Shell) *keyboard {
	k := &keyboard{
		turns: make(chan struct{}, 1), screen: s.screen, resizes: s.resizes, signals: s.interrupts,
		ask: make(chan []byte, 1), came: make(chan read, 1), ended: make(chan struct{}),
	}
	go k.pump(in)
	return k
}

// pump reads the terminal when it is asked to. It ends with the keyboard, or with the read that is on its way then.
func (k *keyboard) pump(in io.Reader) {
	for {
		select {
		case buf := <-k.ask:
			n, err := in.Read(buf)
			k.came <- read{buf[:n], err}
		case <-k.ended:
			return
		}
	}
}

// turn lets one key be handed over.
func (k *keyboard) turn() { k.turns <- struct{}{} }

// Read hands over one key when it is its turn.
func (k *keyboard) Read(p []byte) (int, error) {
	select {
	case <-k.turns:
		text, err := k.next()
		return copy(p, text), err
	case <-k.ended:
		return 0, io.EOF
	}
}

// next waits for a key.
func (k *keyboard) next() (text string, err error) {
	for {
		if next, n := k.peek(); n > 0 {
			k.pending, k.forward, k.pasted = k.pending[n:], next.forward, next.pasted
			return next.text, nil
		}
		if !k.asking {
			k.ask <- make([]byte, 4096)
			k.asking = true
		}
		select {
		case got := <-k.came:
			k.asking = false
			k.pending = append(k.pending, got.data...)
			k.boundPaste()
			if got.err != nil {
				k.fail(got.err)
			}
		case <-k.resizes:
			k.screen.change(nil)
		case <-k.signals:
			k.pending = nil // the beginning of a key, or of what is pasted
			return keyInterrupt, nil
		case <-k.ended:
			return "", io.EOF
		}
	}
}

// maxPaste is the longest text that is pasted at once, in bytes: the longest that is evaluated.
const maxPaste = 4 << 20

// boundPaste drops what is too long to be pasted, up to its end.
func (k *keyboard) boundPaste() {
	if !k.refused && len(k.pending) > maxPaste && bytes.HasPrefix(k.pending, []byte(pasteBegins)) && !bytes.Contains(k.pending, []byte(pasteEnds)) {
		k.refused = true
		k.screen.above(fmt.Sprintf("what is pasted is dropped: want at most %d bytes; run(\"./file.lua\") runs a file\n", maxPaste))
	}
	if !k.refused {
		return
	}
	if _, rest, ended := bytes.Cut(k.pending, []byte(pasteEnds)); ended {
		k.refused, k.pending = false, rest
	} else {
		k.pending = k.pending[max(0, len(k.pending)-len(pasteEnds)+1):]
	}
}

// press has a key handed over next, as if it had been pressed. Call it before the next key gets its turn.
func (k *keyboard) press(key string) { k.pending = append([]byte(key), k.pending...) }

// peek is the next key that means something, and how long it is; 0 when more must be read. What means nothing is dropped.
func (k *keyboard) peek() (next key, n int) {
	for {
		next, n = nextKey(k.pending)
		if n == 0 || next.text != "" {
			return next, n
		}
		k.pending = k.pending[n:]
	}
}

// more reports that the next key is there already. Ask before it gets its turn.
func (k *keyboard) more() bool {
	_, n := k.peek()
	return n > 0
}

// fail ends the keyboard because the terminal did.
func (k *keyboard) fail(err error) {
	if !errors.Is(err, io.EOF) {
		k.err = err
	}
	k.close()
}

// close ends the keyboard. It is safe to call twice and from any goroutine.
func (k *keyboard) close() { k.end.Do(func() { close(k.ended) }) }

// over reports that there are no more keys.
func (k *keyboard) over() bool {
	select {
	case <-k.ended:
		return true
	default:
		return false
	}
}
