package scripts

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Values are the arguments of one run by name: netip.Addr, int, bool, float64 or string, as the argument's type is.
type Values map[string]any

// argTypes are the types of arguments.
var argTypes = []string{"address", "port", "switch", "count", "number", "text"}

// argForm is how a header declares an argument.
const argForm = "name:type=default and a line of explanation"

// parseArg reads "dport:port=57212 the server's port". A default with blanks in it stands in quotes.
func parseArg(line string) (Arg, error) {
	decl, rest, given := strings.Cut(line, "=")
	if at := strings.IndexAny(decl, " \t"); at >= 0 { // the equals sign is the explanation's
		decl, rest, given = line[:at], line[at:], false
	}
	name, kind, ok := strings.Cut(decl, ":")
	if !ok || name == "" || !slices.Contains(argTypes, kind) {
		return Arg{}, fmt.Errorf("want %s, the type one of %s; got %q", argForm, strings.Join(argTypes, ", "), line)
	}
	a := Arg{Name: name, Type: kind}
	if given {
		var err error
		if a.Default, rest, err = cutValue(rest); err != nil {
			return Arg{}, fmt.Errorf("@args %s: %w", name, err)
		}
		if _, err := a.value(a.Default); err != nil {
			return Arg{}, fmt.Errorf("@args %s: its default: %w", name, err)
		}
		a.Empty = a.Default == ""
	}
	a.Doc = strings.TrimSpace(rest)
	return a, nil
}

// cutValue takes the value at the beginning of a text: up to a blank, or in double or single quotes, where a backslash stands
// before the quote and before itself.
func cutValue(text string) (value, rest string, err error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		if at := strings.IndexAny(text, " \t"); at >= 0 {
			return text[:at], text[at:], nil
		}
		return text, "", nil
	}
	var b strings.Builder
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == quote && i+1 < len(text) && text[i+1] != ' ' && text[i+1] != '\t':
			return "", "", fmt.Errorf("want a blank behind the closing quote, got %s", text)
		case c == quote:
			return b.String(), text[i+1:], nil
		case c == '\\' && i+1 < len(text) && (text[i+1] == quote || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", fmt.Errorf("the quote is not closed: %s", text)
}

// Read takes the words of a command line: key=value sets an argument by name, other words fill the arguments in
// order. Arguments that were not given have their defaults; supplied are the place's own defaults (the lab's server).
// An address may be given by the name of a host, which named looks up; nil knows no names. The error names the argument, what it wants
// and what it got.
func (s *Script) Read(words []string, supplied map[string]string, named func(host string) (netip.Addr, error)) (Values, error) {
	given := map[string]string{}
	position := 0
	for _, w := range words {
		name, value, named := strings.Cut(w, "=")
		if !named {
			if position == len(s.Args) {
				return nil, fmt.Errorf("%s: want at most %d values, got one more: %q", s.Name, len(s.Args), w)
			}
			name, value = s.Args[position].Name, w
			position++
		}
		if !slices.ContainsFunc(s.Args, func(a Arg) bool { return a.Name == name }) {
			return nil, s.noArg(name, w)
		}
		if _, twice := given[name]; twice {
			return nil, fmt.Errorf("%s: %s is given twice", s.Name, name)
		}
		given[name] = value
	}
	return s.values(given, supplied, named)
}

func (s *Script) values(given, supplied map[string]string, named func(string) (netip.Addr, error)) (Values, error) {
	values := Values{}
	for _, a := range s.Args {
		text, ok := given[a.Name]
		if !ok {
			text = a.Default
		}
		if text == "" && !ok && !a.Empty {
			if text, ok = supplied[a.Name]; !ok {
				return nil, fmt.Errorf("%s: %s must be given: %s=... (%s)", s.Name, a.Name, a.Name, a.says())
			}
		}
		v, err := a.value(text)
		if err != nil && a.Type == "address" && named != nil && isHost(text) {
			v, err = named(text)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Name, a.Name, err)
		}
		values[a.Name] = v
	}
	return values, nil
}

// isHost reports that a text may be the name of a host: it begins with a letter and is no IPv6 address.
func isHost(text string) bool {
	return text != "" && (text[0]|0x20 >= 'a' && text[0]|0x20 <= 'z') && !strings.Contains(text, ":")
}

// says is what the header says of the argument, or else what it takes.
func (a Arg) says() string {
	if a.Doc == "" {
		return "its type is " + a.Type
	}
	return a.Doc
}

// noArg is the error of a word of the command line whose part before the equals sign is no argument.
func (s *Script) noArg(name, word string) error {
	if len(s.Args) == 0 {
		return fmt.Errorf("%s: no argument %q; the script takes none (its header has no @args)", s.Name, name)
	}
	for _, a := range s.Args {
		if a.Type == "text" {
			return fmt.Errorf("%s: no argument %q; there are %s; a text with an equals sign is given by name: %s=%s", s.Name, name, s.argNames(), a.Name, word)
		}
	}
	return fmt.Errorf("%s: no argument %q; there are %s", s.Name, name, s.argNames())
}

func (s *Script) argNames() string {
	names := make([]string, len(s.Args))
	for i, a := range s.Args {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// value reads the text of an argument.
func (a Arg) value(text string) (any, error) {
	switch a.Type {
	case "text":
		return text, nil
	case "address":
		addr, err := netip.ParseAddr(text)
		if err != nil || !addr.Is4() {
			return nil, fmt.Errorf("want an IPv4 address, got %q", text)
		}
		return addr, nil
	case "port":
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 0xffff {
			return nil, fmt.Errorf("want a port in 1..65535, got %q", text)
		}
		return n, nil
	case "count":
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("want a whole number of at least 0, got %q", text)
		}
		return n, nil
	case "switch":
		switch strings.ToLower(text) {
		case "on", "true", "yes", "1":
			return true, nil
		case "off", "false", "no", "0":
			return false, nil
		}
		return nil, fmt.Errorf("want on or off, got %q", text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) || math.IsInf(n, 1) || strings.ContainsAny(text, "_xX") { // Go's 1_000 and 0x1p4 are nobody else's
		return nil, fmt.Errorf("want a number of at least 0, got %q", text)
	}
	return n, nil
}
