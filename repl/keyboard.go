package repl

import (
	"errors"
	"io"
	"os"
	"sync"
)

// wakeRune is handed to readline as a key when there is something to do that is none, so that the goroutine that edits
// the line does it. It is no character (Unicode section 23.7) and cannot be typed.
const wakeRune = '\uFDD0'

// A keyboard is what readline reads: one key, and no other before that one has been handled. Between lines it reads
// nothing, and what is typed then stays with the terminal.
type keyboard struct {
	turns   chan bool // one for each key that may be handed over; true holds output and resizing back
	wake    <-chan struct{}
	resizes <-chan os.Signal
	signals <-chan os.Signal // interrupts that did not come from a key

	ask     chan []byte // to the goroutine that reads the terminal, which fills it
	came    chan read
	asking  bool
	pending []byte
	forward bool  // the last key was the one that deletes
	err     error // why there are no more keys; set before the end is handed over

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
		turns: make(chan bool, 1), wake: s.screen.wake, resizes: s.resizes, signals: s.interrupts,
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

// turn lets one key be handed over. held keeps output and resizing waiting for the key after it.
func (k *keyboard) turn(held bool) { k.turns <- held }

// Read hands over one key when it is its turn.
func (k *keyboard) Read(p []byte) (int, error) {
	select {
	case held := <-k.turns:
		text, err := k.next(held)
		return copy(p, text), err
	case <-k.ended:
		return 0, io.EOF
	}
}

// next waits for a key, or for something that the editing goroutine is to do.
func (k *keyboard) next(held bool) (text string, err error) {
	wake, resizes := k.wake, k.resizes
	if held {
		wake, resizes = nil, nil
	}
	for {
		if text, ok := k.cut(); ok {
			return text, nil
		}
		if !k.asking {
			k.ask <- make([]byte, 4096)
			k.asking = true
		}
		select {
		case got := <-k.came:
			k.asking = false
			k.pending = append(k.pending, got.data...)
			if got.err != nil {
				k.fail(got.err)
			}
		case <-wake:
			return string(wakeRune), nil
		case <-resizes:
			return string(wakeRune), nil
		case <-k.signals:
			return keyInterrupt, nil
		case <-k.ended:
			return "", io.EOF
		}
	}
}

// cut takes the next key that means something from what was read.
func (k *keyboard) cut() (text string, ok bool) {
	for {
		next, n := nextKey(k.pending)
		if n == 0 {
			return "", false
		}
		k.pending = k.pending[n:]
		if next.text != "" {
			k.forward = next.forward
			return next.text, true
		}
	}
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
