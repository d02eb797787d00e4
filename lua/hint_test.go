package lua

import (
	"testing"

	glua "github.com/yuin/gopher-lua"
)

// TestNamesThatAreHintedAtAreNotThere holds the list of what scapy's users miss against what there is.
func TestNamesThatAreHintedAtAreNotThere(t *testing.T) {
	s := New(Config{})
	defer s.Close()
	for name := range scapysNames {
		if s.vm.Global(name) != glua.LNil {
			t.Errorf("%s is declared, and said to be missing", name)
		}
		if _, ok := s.bound[name]; ok {
			t.Errorf("%s is a method, and said to be missing", name)
		}
	}
}
