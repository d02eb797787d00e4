package craft

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Sprintf writes fields of the packet into a text, in scapy's little language:
//
//	%IP.src%           a field as Show writes it; %src% is that of the outermost layer with such a field
//	%IP:2.ttl%         of the second layer of that protocol
//	%-15s,IP.src%      with the width and precision of printf
//	%r,TCP.flags%      the value itself: a number, an address, the bytes
//	%#xr,IP.id%        the number in one of printf's forms
//	%IP.payload%       the summary of what is above a layer
//	%time%, %.time%    when the packet passed, as local time of day
//	{TCP:text}         the text if the packet has the layer; {!TCP:text} if it has not; they nest
//	%%, %( and %)      a percent sign and braces
//
// What the packet does not have is "??", what is computed at build "None". A family's name stands for its members (Spec.Families).
// The error says where the format is wrong, or which layer the packet's table does not know.
func (p *Packet) Sprintf(format string) (string, error) {
	f := formatter{packet: p, rest: format, all: format}
	if err := f.text(true, 0); err != nil {
		return "", fmt.Errorf("craft: format %s: %w", quoted(format), err)
	}
	if f.over {
		return "", fmt.Errorf("craft: format: want a text of at most %d bytes", maxFormatted)
	}
	return f.out.String(), nil
}

// missing is written for what a packet does not have.
const missing = "??"

// A formatter is one text being written.
type formatter struct {
	packet    *Packet
	rest, all string
	out       strings.Builder
	over      bool // it would be longer than maxFormatted
}

// maxFormatted is how long a text may become, in bytes: a format may name one long field a million times.
const maxFormatted = 64 << 20

// at is the place of the rest in the format, counted from 1.
func (f *formatter) at() int { return len(f.all) - len(f.rest) + 1 }

// maxConditions is how deep conditions may nest.
const maxConditions = 100

// text writes up to the end, or within conditions up to the brace that closes the innermost. When it is not wanted it is
// read all the same.
func (f *formatter) text(wanted bool, depth int) error {
	for f.rest != "" {
		i := strings.IndexAny(f.rest, "%{}")
		if i < 0 {
			i = len(f.rest)
		}
		f.write(f.rest[:i], wanted)
		f.rest = f.rest[i:]
		switch {
		case f.rest == "":
		case f.rest[0] == '}' && depth > 0:
			return nil
		case f.rest[0] == '}':
			f.write("}", wanted)
			f.rest = f.rest[1:]
		case f.rest[0] == '{':
			if err := f.condition(wanted, depth); err != nil {
				return err
			}
		default:
			if err := f.percent(wanted); err != nil {
				return err
			}
		}
	}
	return nil
}

// write adds text. What no longer fits is left out, and told at the end.
func (f *formatter) write(text string, wanted bool) {
	f.over = f.over || wanted && f.out.Len()+len(text) > maxFormatted
	if wanted && !f.over {
		f.out.WriteString(text)
	}
}

// condition writes {Layer:text}.
func (f *formatter) condition(wanted bool, depth int) error {
	at := f.at()
	name, text, ok := strings.Cut(f.rest[1:], ":")
	if !ok || strings.ContainsAny(name, "{}%") || strings.Trim(name, "!") == "" {
		return fmt.Errorf("want {Layer:text} at %d; a brace itself is %%(", at)
	}
	if depth == maxConditions {
		return fmt.Errorf("want conditions at most %d deep, at %d", maxConditions, at)
	}
	layer := Name(strings.TrimLeft(name, "!"))
	if err := f.packet.known(layer); err != nil {
		return fmt.Errorf("{%s:} at %d: %w", name, at, err)
	}
	has := f.packet.Has(layer)
	if (len(name)-len(strings.TrimLeft(name, "!")))%2 == 1 {
		has = !has
	}
	f.rest = text
	if err := f.text(wanted && has, depth+1); err != nil {
		return err
	}
	if f.rest == "" {
		return fmt.Errorf("want a } for the { at %d", at)
	}
	f.rest = f.rest[1:]
	return nil
}

// percent writes what stands between two percent signs.
func (f *formatter) percent(wanted bool) error {
	at := f.at()
	for mark, text := range map[string]string{"%%": "%", "%(": "{", "%)": "}"} {
		if strings.HasPrefix(f.rest, mark) {
			f.write(text, wanted)
			f.rest = f.rest[2:]
			return nil
		}
	}
	body, rest, ok := strings.Cut(f.rest[1:], "%")
	if !ok {
		return fmt.Errorf("want a second %% for the one at %d; a percent sign itself is %%%%", at)
	}
	f.rest = rest
	d, err := parseDirective(body)
	if err != nil {
		return fmt.Errorf("%%%s%% at %d: %w", body, at, err)
	}
	if !wanted || f.over {
		return nil
	}
	text, err := d.write(f.packet)
	if err != nil {
		return fmt.Errorf("%%%s%% at %d: %w", body, at, err)
	}
	f.write(text, true)
	return nil
}

// A directive is one field and how it is written.
type directive struct {
	verb  string // of printf, with its percent sign; "" is as it is
	raw   bool
	layer Name // whose field it is
	any   bool // the outermost layer with such a field
	nth   int
	field string
}

// parseDirective reads [fmt[r],][Layer[:nb].]field.
func parseDirective(text string) (d directive, err error) {
	form, name, ok := strings.Cut(text, ",")
	if !ok {
		form, name = "", text
	} else if form != "r" {
		form = strings.TrimPrefix(form, "%")
	}
	if body, raw := strings.CutSuffix(form, "r"); raw {
		d.raw, form = true, body
	}
	if d.verb, err = verb(form); err != nil {
		return d, err
	}
	layer, field, ok := strings.Cut(name, ".")
	if !ok {
		d.any, layer, field = true, "", name
	}
	d.nth, d.field = 1, field
	layer, nth, ok := strings.Cut(layer, ":")
	if d.layer = Name(layer); ok {
		if d.nth, err = strconv.Atoi(nth); err != nil || d.nth < 1 {
			return d, fmt.Errorf("want a number from 1 behind the colon, got %q", nth)
		}
	}
	if field == "" || strings.Contains(field, ".") {
		return d, fmt.Errorf("want [format[r],][Layer[:number].]field")
	}
	return d, nil
}

// maxWidth is how wide a field may be written.
const maxWidth = 256

// verb checks one of printf's forms: flags, width, precision and a letter. It is Go's, which are C's.
func verb(form string) (string, error) {
	if form == "" {
		return "", nil
	}
	body := strings.TrimLeft(form, "-+ #0")
	flags, letter := form[:len(form)-len(body)], body[max(len(body)-1, 0):]
	width, precision, _ := strings.Cut(strings.TrimSuffix(body, letter), ".")
	for _, n := range []string{width, precision} {
		if v, err := strconv.Atoi("0" + n); err != nil || v > maxWidth {
			return "", fmt.Errorf("want a width and a precision of at most %d, got %q", maxWidth, form)
		}
	}
	if letter == "" || !strings.Contains("sdiuxXocefgEG", letter) {
		return "", fmt.Errorf("want a format such as -15s, d or 04x, got %q", form)
	}
	switch letter {
	case "i", "u":
		return "%" + form[:len(form)-1] + "d", nil
	case "x", "X":
		if n, _ := strconv.Atoi(width); n > 1 && strings.Contains(flags, "#") && strings.Contains(flags, "0") {
			return "%" + flags + strconv.Itoa(n-2) + letter, nil // C counts the 0x, Go does not
		}
	}
	return "%" + form, nil
}

// write is the directive's text for a packet.
func (d directive) write(p *Packet) (string, error) {
	if d.layer == "" && d.field == "time" {
		if p.Time.IsZero() {
			return missing, nil
		}
		return d.text(p.Time.Format("15:04:05.000000"))
	}
	if err := p.known(d.layer); err != nil && !d.any {
		return "", err
	}
	i := d.find(p)
	if i < 0 {
		return missing, nil
	}
	l := p.layers[i]
	if d.field == "payload" && !l.Has("payload") {
		return d.text(p.summaryFrom(i + 1))
	}
	v, err := l.Get(d.field)
	if err != nil {
		return missing, nil
	}
	switch {
	case v.kind == Packets, l.SetOf(d.field) != nil && l.SetOf(d.field).Len() > 1:
		return d.text(l.shown(d.field))
	case v.none && !strings.HasSuffix(d.verb, "s"):
		return v.String(), nil // no number to write
	case v.none || !d.raw && (d.verb == "" || strings.HasSuffix(d.verb, "s")):
		return d.text(v.String())
	}
	return d.rawText(v)
}

// find is the place of the layer that is meant; -1 when there is none.
func (d directive) find(p *Packet) int {
	if d.any {
		return slices.IndexFunc(p.layers, func(l *Layer) bool { return l.Has(d.field) })
	}
	n := d.nth
	for _, family := range []bool{false, true} {
		m := sought{name: d.layer, family: family}
		for i, l := range p.layers {
			if m.fits(l.proto) {
				if n--; n == 0 {
					return i
				}
			}
		}
	}
	return -1
}

// known says that no layer has a name: neither one of the packet nor one of its table. Without a table nothing is known of that.
func (p *Packet) known(name Name) error {
	if p.table == nil || p.table.Knows(name) || p.Has(name) {
		return nil
	}
	return fmt.Errorf("no layer is called %q", name)
}

// text writes words, for which there is only printf's s.
func (d directive) text(text string) (string, error) {
	switch {
	case d.verb == "":
		return text, nil
	case !strings.HasSuffix(d.verb, "s"):
		return "", errors.New("want the letter s: the field is a text")
	}
	return fmt.Sprintf(d.verb, text), nil
}

// rawText writes a value itself.
func (d directive) rawText(v Value) (string, error) {
	switch {
	case v.kind == Bytes:
		return d.text(string(v.bytes))
	case !kinds[v.kind].counts:
		return d.text(v.Text())
	}
	units, _ := v.Float()
	n, number := v.num, strconv.FormatUint(v.num, 10)
	if !kinds[v.kind].numeric {
		n, number = uint64(units), v.String()
	}
	switch letter := d.verb[max(len(d.verb)-1, 0):]; letter {
	case "", "s":
		return d.text(number)
	case "c":
		return fmt.Sprintf(d.verb, rune(n)), nil
	case "d", "x", "X", "o":
		return fmt.Sprintf(d.verb, n), nil
	}
	return fmt.Sprintf(d.verb, units), nil
}
