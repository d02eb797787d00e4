// Package entry understands what was typed or pasted at the prompt: it takes the prompts off that were copied with it, cuts it into
// statements and expressions, and tells Lua from Python. It runs nothing, and knows of the shell what its Reader is given.
package entry

import (
	"regexp"
	"strings"

	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

// An Entry is what was typed or pasted at once, as Read understands it.
type Entry struct {
	// Steps are its statements and expressions, to be run one after the other until one fails. Each begins with as many ends of lines as
	// lines stand before it, so that errors have the line of the entry. Beside an error they are there too, for lines that have
	// nothing to do with each other, as piped ones.
	Steps []string
	// Waits is what must follow before anything can be run; there are no Steps then.
	Waits vm.Wait
	// Answers are the numbers of the lines between prompts that were left out, since a shell had answered them.
	Answers []int
	// Orphans are the numbers of those that were left out since they go on with an entry that has ended, as one does that failed.
	Orphans []int
}

// A Reader understands the entries of one prompt. Chunk is what compiling gives.
type Reader[Chunk any] struct {
	// Known says what a name stands for now.
	Known python.Known
	// Compile compiles statements, or an expression whose values are wanted, without running them. What is not Lua is a *vm.SyntaxError;
	// the columns of an expression's count from a "return " in front of it.
	Compile func(name, source string, expression bool) (Chunk, error)
	// Place is the name of the place where packets go, which stands before our prompt; "" while there is none.
	Place func() string

	whole python.Whole // what the entry that was read last says of its steps
	begun bool         // ReadNext has seen a prompt
}

// Read cuts an entry of a prompt into its steps. An entry of several is one chunk all the same: when one of them is not Lua the
// error says so, and nothing is to be run. Prompts in front of its lines are taken off, as they are copied from a page.
func (r *Reader[Chunk]) Read(name, source string) (Entry, error) {
	var t transcript
	text, answers, _ := r.follow(source, &t)
	e, err := r.read(name, text)
	if t.code && (err != nil || e.Waits != (vm.Wait{})) { // no script with a prompt in it, then, but answers behind few prompts
		text, left, _ := r.follow(source, &transcript{surely: true})
		if again, failed := r.read(name, text); failed == nil && again.Waits == (vm.Wait{}) {
			e, answers, err = again, left, nil
		}
	}
	e.Answers = answers
	return e, err
}

// ReadNext is Read for the lines of one input that come one after the other: once one had a prompt, those without belong to an entry that is
// not complete, or are what a shell had answered.
func (r *Reader[Chunk]) ReadNext(name, source string) (Entry, error) {
	t := transcript{begun: r.begun, session: r.begun, surely: true}
	source, answers, orphans := r.follow(source, &t)
	r.begun = t.begun
	e, err := r.read(name, source)
	e.Answers, e.Orphans = answers, orphans
	return e, err
}

// read is Read of what has no prompts.
func (r *Reader[Chunk]) read(name, source string) (Entry, error) {
	r.whole = python.Whole{}
	if r.isWhole(source) { // as entries of one line mostly are, before anything is looked for in them
		return Entry{Steps: []string{source}}, nil
	}
	steps := r.cutIntoSteps(source)
	if len(steps) > 1 {
		r.whole = python.Survey(source, steps, r.Known)
	}
	mentioned := map[string]bool{}
	for i, step := range steps {
		wait, err := r.examine(name, step, mentioned)
		last := i == len(steps)-1
		switch {
		case wait != (vm.Wait{}) && last:
			return Entry{Waits: wait}, nil
		case err != nil && len(steps) > 1:
			return Entry{Steps: steps}, err
		}
		mention(mentioned, step)
	}
	return Entry{Steps: steps}, nil
}

// isWhole reports that an entry has one line and waits for nothing.
func (r *Reader[Chunk]) isWhole(source string) bool {
	return !strings.Contains(source, "\n") && vm.Awaits(source) == (vm.Wait{}) && !(len(source) < longEntry && goesOn.MatchString(source) && python.Read(source, python.Whole{}, r.Known).Open)
}

// examine compiles a step without running it. What is not Lua and may be Python's is left to be understood when it is run, when it is known
// what the steps before it have made of the names that they mention; but what is neither whatever these stand for is an error.
func (r *Reader[Chunk]) examine(name, step string, mentioned map[string]bool) (vm.Wait, error) {
	_, _, err := r.understand(name, step, r.Known)
	if wait := Waits(err); err == nil || wait != (vm.Wait{}) {
		return wait, err
	}
	for kind := python.Unknown; kind <= python.Last; kind++ {
		known := func(name string) python.Kind {
			if variable, _, _ := strings.Cut(name, "."); mentioned[variable] {
				return kind
			}
			return r.Known(name)
		}
		if _, _, failure := r.understand(name, step, known); failure == nil || Waits(failure) != (vm.Wait{}) {
			return vm.Wait{}, nil
		}
	}
	return vm.Wait{}, err
}

// word finds the names of a step, those in its texts among them: protocol{name="Knock"} makes one.
var word = regexp.MustCompile(`[A-Za-z_]\w*`)

// mention adds the names of a step.
func mention(names map[string]bool, step string) {
	for _, name := range word.FindAllString(step, -1) {
		names[name] = true
	}
}
