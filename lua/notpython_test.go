package lua

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua/python"
	"github.com/moonwire/moonwire/lua/vm"
)

var (
	codeSpan  = regexp.MustCompile("`+([^`]+)`+")
	luaBlocks = regexp.MustCompile("(?s)```lua\n(.*?)```")
	goNames   = regexp.MustCompile(`^[\w/]+\.go$|^os\.Root$`) // look like Lua, and are none
	goTexts   = regexp.MustCompile("(?s)`([^`]*)`")
)

// TestOurOwnLuaIsNotTakenForPython reads as Python whatever is written as Lua in our pages, help, scripts and tests.
func TestOurOwnLuaIsNotTakenForPython(t *testing.T) {
	s := New(Config{})
	defer s.Close()
	var texts []string
	take := func(pattern string, find ...*regexp.Regexp) {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, ".lua") {
				texts = append(texts, string(text))
				texts = append(texts, strings.Split(string(text), "\n")...)
			}
			for _, f := range find {
				for _, m := range f.FindAllStringSubmatch(string(text), -1) {
					texts = append(texts, m[1])
					texts = append(texts, strings.Split(m[1], "\n")...)
				}
			}
		}
	}
	take("../README.md", codeSpan, luaBlocks)
	take("../CONTRIBUTING.md", codeSpan)
	take("../scripts/*.lua")
	for _, f := range []string{"lua", "surgery", "sets", "answers", "fragments", "selfassign", "streams"} {
		if _, err := os.Stat(f + "_test.go"); err == nil {
			take(f+"_test.go", goTexts)
		}
	}
	for _, f := range s.functions {
		texts = append(texts, f.usage)
	}
	lua := 0
	for _, text := range texts {
		if goNames.MatchString(text) {
			continue
		}
		if _, err := s.vm.Compile("x", text); err != nil {
			if _, err := s.vm.Compile("x", "return "+text); err != nil || vm.Awaits(text) != (vm.Wait{}) {
				continue
			}
		}
		lua++
		if r := python.Read(text, python.Whole{}, s.known); r != (python.Reading{}) {
			t.Errorf("%s\nread as %+v", text, r)
		}
	}
	if lua < 1000 {
		t.Errorf("only %d texts are Lua", lua)
	}
}
