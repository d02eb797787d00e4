package scripts

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Values are the arguments of one run by name: netip.Addr, int, bool or float64, as the argument's type is.
type Values map[string]any

// Read takes the words of a command line: key=value sets an argument by name, other words fill the arguments in
// order. Arguments that were not given have their defaults; supplied are the place's own defaults (the lab's server).
// The error names the argument, what it wants and what it got.
func (s *Script) Read(words []string, supplied map[string]string) (Values, error) {
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
			return nil, fmt.Errorf("%s: no argument %q; there are %s", s.Name, name, s.argNames())
		}
		if _, twice := given[name]; twice {
			return nil, fmt.Errorf("%s: %s is given twice", s.Name, name)
		}
		given[name] = value
	}
	return s.values(given, supplied)
}

func (s *Script) values(given, supplied map[string]string) (Values, error) {
	values := Values{}
	for _, a := range s.Args {
		text, ok := given[a.Name]
		if !ok {
			text = a.Default
		}
		if text == "" && !ok {
			if text, ok = supplied[a.Name]; !ok {
				return nil, fmt.Errorf("%s: %s must be given: %s=... (%s)", s.Name, a.Name, a.Name, a.Doc)
			}
		}
		v, err := a.value(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.Name, a.Name, err)
		}
		values[a.Name] = v
	}
	return values, nil
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
		switch text {
		case "on", "true", "yes", "1":
			return true, nil
		case "off", "false", "no", "0":
			return false, nil
		}
		return nil, fmt.Errorf("want on or off, got %q", text)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) || math.IsInf(n, 1) {
		return nil, fmt.Errorf("want a number of at least 0, got %q", text)
	}
	return n, nil
}
