package lua

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/layers"
	"github.com/moonwire/moonwire/craft/values"
	"github.com/moonwire/moonwire/lua/vm"
)

// A maker is a function that makes a generator. Its parameters can be given by name too, as in RandNum{min=1, max=9}.
type maker struct {
	name   string
	params []string // a last one of "..." stands for any number of values
	doc    string
	make   func(a arguments, seed uint64) (values.Generator, error)
}

// randomFunctions make values that are drawn for each packet, under scapy's names.
func (s *State) randomFunctions() []function {
	all := []function{
		{"fuzz", "fuzz(p)", "a copy with a random value in every field that is neither set nor computed", nil, s.fuzz},
		{"seed", "seed(n)", "have the random values made from here on be the same in every session", nil, s.seed},
	}
	for _, m := range append(append(numberMakers(), textMakers()...), s.otherMakers()...) {
		usage := m.name + "(" + strings.Join(m.params, ", ") + ")"
		all = append(all, function{m.name, usage, m.doc, nil, func(l *glua.LState) int { return s.generator(l, m) }})
	}
	return all
}

// seed(n) begins the State's random numbers at n.
func (s *State) seed(l *glua.LState) int {
	n := float64(l.CheckNumber(1))
	if !whole(n) {
		l.RaiseError("seed: want a whole number from 0 on, got %s", vm.Text(l.Get(1)))
	}
	s.seedWith(uint64(n))
	return 0
}

func (s *State) seedWith(n uint64) { s.random, s.seeded = values.Spot{}.Random(n), true }

// seedByClock begins the random numbers anew: where time is virtual with that time, so that equal runs draw the same, and
// anywhere else at a point that cannot be guessed.
func (s *State) seedByClock() {
	n := rand.Uint64()
	if s.session != nil && s.session.Clock().Virtual() {
		n = uint64(s.session.Clock().Now().UnixNano())
	}
	s.random = values.Spot{}.Random(n)
}

// ownRandom has math.random and math.randomseed draw from the State. The library's own share one source with every other
// interpreter of the process.
func (s *State) ownRandom() {
	lib, ok := s.vm.Global(glua.MathLibName).(*glua.LTable)
	if !ok {
		return
	}
	lib.RawSetString("random", s.l.NewFunction(s.mathRandom))
	lib.RawSetString("randomseed", s.l.NewFunction(func(l *glua.LState) int {
		s.seedWith(math.Float64bits(float64(l.CheckNumber(1))))
		return 0
	}))
}

// mathRandom is math.random(): a number from 0 up to 1; math.random(n): a whole one in 1..n; math.random(m, n): in m..n.
func (s *State) mathRandom(l *glua.LState) int {
	if l.GetTop() == 0 {
		l.Push(glua.LNumber(s.random.Float()))
		return 1
	}
	first, last := 1.0, float64(l.CheckNumber(1))
	if l.GetTop() > 1 {
		first, last = last, float64(l.CheckNumber(2))
	}
	first, last = math.Floor(first), math.Floor(last)
	if size := last - first; !(size >= 0 && size < 1<<53) {
		l.RaiseError("math.random: want two numbers, the lower one first, less than 2^53 apart, got %s and %s", vm.Text(glua.LNumber(first)), vm.Text(glua.LNumber(last)))
	}
	l.Push(glua.LNumber(first + float64(s.random.Below(uint64(last-first)+1))))
	return 1
}

func (s *State) fuzz(l *glua.LState) int {
	l.Push(s.packetValue(craft.Fuzz(checkPacket(l, 1), s.random.Uint64())))
	return 1
}

// generator calls a maker.
func (s *State) generator(l *glua.LState, m maker) int {
	g, err := (values.Generator)(nil), error(nil)
	a, err := m.arguments(l)
	if err == nil {
		g, err = m.make(a, s.random.Uint64())
	}
	if err != nil {
		l.RaiseError("%s: %s", m.name, strings.TrimPrefix(err.Error(), m.name+": "))
	}
	l.Push(s.value(g, s.types.random))
	return 1
}

// arguments are a maker's, by name.
type arguments struct {
	named map[string]glua.LValue
	rest  []glua.LValue // those for "..."
}

// arguments reads a call: values in order, or one table of names.
func (m maker) arguments(l *glua.LState) (arguments, error) {
	a := arguments{named: map[string]glua.LValue{}}
	variadic := len(m.params) > 0 && m.params[len(m.params)-1] == "..."
	if t, ok := l.Get(1).(*glua.LTable); ok && l.GetTop() == 1 && !variadic {
		var err error
		t.ForEach(func(k, v glua.LValue) {
			a.named[k.String()] = v
			if !m.has(k.String()) {
				err = fmt.Errorf("no parameter %q; there are %s%s", k.String(), strings.Join(m.params, ", "), didYouMean(k.String(), m.params))
			}
		})
		return a, err
	}
	for i := 1; i <= l.GetTop(); i++ {
		switch {
		case variadic && i >= len(m.params):
			a.rest = append(a.rest, l.Get(i))
		default:
			a.named[m.params[i-1]] = l.Get(i)
		}
	}
	return a, nil
}

func (m maker) has(param string) bool {
	for _, p := range m.params {
		if p == param {
			return true
		}
	}
	return false
}

// given is an argument; nil when it was left out.
func (a arguments) given(name string) glua.LValue {
	if v, ok := a.named[name]; ok && v != glua.LNil {
		return v
	}
	return nil
}

// uint is a whole number from 0 on, or def; numbers beyond 2^53 come as digits.
func (a arguments) uint(name string, def uint64) (uint64, error) {
	switch v := a.given(name).(type) {
	case nil:
		return def, nil
	case glua.LNumber:
		if whole(float64(v)) {
			return uint64(v), nil
		}
	case glua.LString:
		if n, err := strconv.ParseUint(string(v), 0, 64); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%s: want a whole number from 0 on, got %s", name, vm.Text(a.given(name)))
}

// int is a whole number, or def.
func (a arguments) int(name string, def int64) (int64, error) {
	v := a.given(name)
	if v == nil {
		return def, nil
	}
	n, ok := v.(glua.LNumber)
	if !ok || !whole(math.Abs(float64(n))) {
		return 0, fmt.Errorf("%s: want a whole number, got %s", name, vm.Text(v))
	}
	return int64(n), nil
}

// float is a number, or def.
func (a arguments) float(name string, def float64) (float64, error) {
	v := a.given(name)
	if v == nil {
		return def, nil
	}
	n, ok := v.(glua.LNumber)
	if !ok || math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return 0, fmt.Errorf("%s: want a number, got %s", name, vm.Text(v))
	}
	return float64(n), nil
}

// text is a string, or "".
func (a arguments) text(name string) (string, error) {
	switch v := a.given(name).(type) {
	case nil:
		return "", nil
	case glua.LString:
		return string(v), nil
	}
	return "", fmt.Errorf("%s: want a string, got %s", name, vm.KindOf(a.given(name)))
}

// size is the length of a string: a number, a random number, or left out.
func (a arguments) size(name string) (values.Size, error) {
	if ud, ok := a.given(name).(*glua.LUserData); ok {
		if g, ok := ud.Value.(values.Generator); ok {
			return values.Size{Random: g}, nil
		}
	}
	n, err := a.uint(name, 0)
	if n > math.MaxUint16 {
		return values.Size{}, fmt.Errorf("%s: want at most 65535 bytes, got %d", name, n)
	}
	return values.Size{Fixed: int(n)}, err
}

// numberMakers draw numbers.
func numberMakers() []maker {
	plain := func(name, doc string, f func(seed uint64) values.Generator) maker {
		return maker{name, nil, doc, func(_ arguments, seed uint64) (values.Generator, error) { return f(seed), nil }}
	}
	bounds := func(name, doc string, f func(first, last, seed uint64) values.Generator) maker {
		return maker{name, []string{"min", "max"}, doc, func(a arguments, seed uint64) (values.Generator, error) {
			first, err := a.uint("min", 0)
			last, more := a.uint("max", 0)
			if err = errors.Join(err, more); err == nil && (a.given("min") == nil || a.given("max") == nil || last < first) {
				err = errors.New("want two numbers, the lower one first")
			}
			return f(first, last, seed), err
		}}
	}
	spread := func(name, first, second, doc string, f func(x, y float64, seed uint64) values.Generator) maker {
		return maker{name, []string{first, second}, doc, func(a arguments, seed uint64) (values.Generator, error) {
			x, err := a.float(first, 1)
			y, more := a.float(second, 0)
			return f(x, y, seed), errors.Join(err, more)
		}}
	}
	return []maker{
		plain("RandByte", "a random number of 8 bits, drawn for each packet", values.RandByte),
		plain("RandShort", "one of 16 bits", values.RandShort),
		plain("RandInt", "one of 32 bits", values.RandInt),
		plain("RandLong", "one of 64 bits", values.RandLong),
		bounds("RandNum", "one from min to max, both included", values.RandNum),
		spread("RandNumGauss", "mu", "sigma", "one of the normal distribution, within the field", values.RandNumGauss),
		spread("RandNumExpo", "lambd", "base", "base and one of the exponential distribution, within the field", values.RandNumExpo),
		spread("RandNumGamma", "alpha", "beta", "one of the gamma distribution, within the field", values.RandNumGamma),
		bounds("RandEnum", "the numbers from min to max in random order, each once before one comes again", values.RandEnum),
		plain("RandEnumByte", "all numbers of 8 bits in random order", values.RandEnumByte),
		plain("RandEnumShort", "all of 16 bits", values.RandEnumShort),
		plain("RandEnumInt", "all of 32 bits", values.RandEnumInt),
		plain("RandSingByte", "a number of 8 bits at which programs go wrong: 0, powers of two and their neighbours, the largest", values.RandSingByte),
		plain("RandSingShort", "one of 16 bits", values.RandSingShort),
		plain("RandSingInt", "one of 32 bits", values.RandSingInt),
		plain("RandSingLong", "one of 64 bits", values.RandSingLong),
		plain("RandSingString", "a string at which programs go wrong", values.RandSingString),
		plain("RandUUID", "a random UUID", values.RandUUID),
		{"IncrementalValue", []string{"start", "step", "restart"}, "start, then step more for each packet; again from start after restart", incremental},
	}
}

func incremental(a arguments, _ uint64) (values.Generator, error) {
	start, err := a.uint("start", 0)
	step, more := a.int("step", 1)
	restart, last := a.int("restart", -1)
	return values.IncrementalValue(start, step, restart), errors.Join(err, more, last)
}

// maxCorrupted is how many bytes are corrupted at most: more than any packet has.
const maxCorrupted = 1 << 20

// textMakers draw strings and addresses.
func textMakers() []maker {
	template := func(name, param, doc string, f func(template string, seed uint64) (values.Generator, error)) maker {
		return maker{name, []string{param}, doc, func(a arguments, seed uint64) (values.Generator, error) {
			t, err := a.text(param)
			if err != nil {
				return nil, err
			}
			return f(t, seed)
		}}
	}
	corrupt := func(name, doc string, f func(string, values.Corruption, uint64) values.Generator) maker {
		return maker{name, []string{"s", "p", "n"}, doc, func(a arguments, seed uint64) (values.Generator, error) {
			s, err := a.text("s")
			part, more := a.float("p", 0)
			n, last := a.uint("n", 0)
			if len(s) > maxCorrupted {
				err = fmt.Errorf("s: want at most %d bytes, got %d", maxCorrupted, len(s))
			}
			if part < 0 || part > 1 {
				err = fmt.Errorf("p: want a number in 0..1, got %g", part)
			}
			return f(s, values.Corruption{Part: part, N: int(min(n, math.MaxInt32))}, seed), errors.Join(err, more, last)
		}}
	}
	return []maker{
		template("RandIP", "network", "a random address of a network; of any", values.RandIP),
		template("RandIP6", "template", `a random IPv6 address after a template: "2001:db8:*::1-ff"`, values.RandIP6),
		template("RandMAC", "template", `a random MAC address after a template: "02:00:*:01-0f"`, values.RandMAC),
		template("RandRegExp", "regexp", "a random string that a regular expression matches", values.RandRegExp),
		{"RandString", []string{"size", "chars"}, "a random string of letters and digits, or of chars", func(a arguments, seed uint64) (values.Generator, error) {
			size, err := a.size("size")
			chars, more := a.text("chars")
			return values.RandString(size, chars, seed), errors.Join(err, more)
		}},
		{"RandTermString", []string{"size", "term"}, "a random string with term behind it", func(a arguments, seed uint64) (values.Generator, error) {
			size, err := a.size("size")
			term, more := a.text("term")
			return values.RandTermString(size, term, seed), errors.Join(err, more)
		}},
		{"RandBin", []string{"size"}, "random bytes", func(a arguments, seed uint64) (values.Generator, error) {
			size, err := a.size("size")
			return values.RandBin(size, seed), err
		}},
		corrupt("CorruptedBytes", "s with a part p (0.01) of its bytes changed, or n of them", values.CorruptedBytes),
		corrupt("CorruptedBits", "s with a part p (0.01) of its bits turned over, or n of them", values.CorruptedBits),
	}
}

// otherMakers draw from what they are given.
func (s *State) otherMakers() []maker {
	return []maker{
		{"RandChoice", []string{"..."}, "one of the values given", func(a arguments, seed uint64) (values.Generator, error) {
			choices := make([]any, len(a.rest))
			for i, v := range a.rest {
				var err error
				if choices[i], err = toScalar(v); err != nil {
					return nil, err
				}
			}
			return values.RandChoice(seed, choices...)
		}},
		{"RandPool", []string{"..."}, "what one of several random values draws; {RandByte(), 5} is five times as likely as RandByte()", randPool},
		{"RandTCPOptions", []string{"size"}, "a random list of TCP options: so many, or one to five", func(a arguments, seed uint64) (values.Generator, error) {
			n, err := a.uint("size", 0)
			return layers.RandTCPOptions(int(min(n, math.MaxUint8)), seed), err
		}},
		{"AutoTime", []string{"base", "diff"}, "the seconds since 1970 when the packet is made, less diff; or counted on from base", s.autoTime},
	}
}

// randPool is RandPool(RandByte(), {RandShort(), 5}).
func randPool(a arguments, seed uint64) (values.Generator, error) {
	pool := make([]values.Weighted, len(a.rest))
	for i, v := range a.rest {
		pool[i].Weight = 1
		if t, ok := v.(*glua.LTable); ok {
			v = t.RawGetInt(1)
			n, ok := t.RawGetInt(2).(glua.LNumber)
			if !ok || !whole(float64(n)) {
				return nil, fmt.Errorf("value %d: want {random value, weight}, got the weight %s", i+1, vm.Text(t.RawGetInt(2)))
			}
			pool[i].Weight = uint64(n)
		}
		ud, ok := v.(*glua.LUserData)
		if ok {
			pool[i].Generator, ok = ud.Value.(values.Generator)
		}
		if !ok {
			return nil, fmt.Errorf("value %d: want a random value such as RandByte(), got %s", i+1, vm.KindOf(v))
		}
	}
	return values.RandPool(seed, pool...)
}

func (s *State) autoTime(a arguments, _ uint64) (values.Generator, error) {
	diff, err := a.float("diff", 0)
	base, more := a.float("base", 0)
	if a.given("base") != nil {
		diff = float64(s.clock().Now().UnixNano())/1e9 - base
	}
	if math.Abs(diff) > 1<<33 {
		err = fmt.Errorf("want a time in seconds, got %g", diff)
	}
	now := func() time.Time { return s.clock().Now() }
	return values.AutoTime(now, time.Duration(diff*float64(time.Second))), errors.Join(err, more)
}

// randomMethods are of a value that is drawn.
var randomMethods = []method{
	{"at", "RandShort():at(i)", "what it draws as number i, outside of any packet", func(s *State, l *glua.LState) int {
		g := of[values.Generator](l, 1, "random value")
		l.CheckNumber(2)
		v := g.Draw(values.Spot{Index: element(l, l.Get(2), "at")})
		if _, isList := v.([]craft.Option); isList {
			l.RaiseError("at: options are drawn for a TCP layer alone")
		}
		l.Push(s.setValue(v))
		return 1
	}},
}

// randomLen is #RandShort(): a field that is drawn makes one packet.
func randomLen(l *glua.LState) int {
	of[values.Generator](l, 1, "random value")
	l.Push(glua.LNumber(1))
	return 1
}

func randomText(l *glua.LState) int {
	return pushString(l, of[values.Generator](l, 1, "random value").String())
}
