package vm_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/lua/vm"
)

func TestWhatAChunkWaitsFor(t *testing.T) {
	for source, want := range map[string]string{
		"":                              "",
		"x = 1":                         "",
		"x:show":                        "",
		"p = _; p[TCP].flags, p:show()": "",
		"a, b":                          "",
		"x = = 1 end":                   "",
		"f(1))":                         "",
		"for i = 1, 3 do":               `"end" of "for" in line 1`,
		"for i = 1, 3":                  `"do" of "for" in line 1`,
		"while x":                       `"do" of "while" in line 1`,
		"while x do\nif y then\nend":    `"end" of "while" in line 1`,
		"while x do\nif y":              `"then" of "if" in line 2`,
		"if x then y() elseif z":        `"then" of "if" in line 1`,
		"if x then y() else":            `"end" of "if" in line 1`,
		"\n\nrepeat":                    `"until" of "repeat" in line 3`,
		"repeat until":                  `what follows "until"`,
		"function f(x)":                 `"end" of "function" in line 1`,
		"local function":                `"end" of "function" in line 1`,
		"f(function()\nreturn 1":        `"end" of "function" in line 1`,
		"f(function()\nreturn 1 end":    `")" of "(" in line 1`,
		"t = {\n1,\n{2":                 `"}" of "{" in line 3`,
		"t[":                            `"]" of "[" in line 1`,
		"x =":                           `what follows "="`,
		"x = 1 +":                       `what follows "+"`,
		"x = a and -- why":              `what follows "and"`,
		"local":                         `what follows "local"`,
		"x = p.":                        `what follows "."`,
		"do do end":                     `"end" of "do" in line 1`,
		"x = [[\none":                   `"]]" of the text that begins in line 1`,
		"\nx = [==[ ]]":                 `"]==]" of the text that begins in line 2`,
		"x = [[]]":                      "",
		"x = [[]":                       `"]]" of the text that begins in line 1`,
		"--[[ one":                      `"]]" of the comment that begins in line 1`,
		"-- one":                        "",
		"x = 'for' -- do":               "",
		"::l::":                         "",
	} {
		if got := vm.Awaits(source); got.What != want {
			t.Errorf("%q: got %q, want %q", source, got.What, want)
		}
	}
	if deep := strings.Repeat("do ", 300); vm.Awaits(deep) != (vm.Wait{}) {
		t.Error("what nests too deep waits for nothing: it is an error")
	}
}

func TestPiecesAreTheSource(t *testing.T) {
	source := "#x -- a\n--[[ b\n]]'c\\'d' [==[ e ]==] .5 0x1F 1..2 ... if ifs \"f\ng ~= [ [= é\x00"
	want := "#|x| |-- a|\n|--[[ b\n]]|'c\\'d'| |[==[ e ]==]| |.5| |0x1F| |1..2| |...| |if| |ifs| |\"f|\n|g| |~=| |[| |[|=| |é|\x00"
	var got []string
	for rest := source; rest != ""; {
		_, piece := vm.Lex(rest)
		got = append(got, piece)
		rest = rest[len(piece):]
	}
	if strings.Join(got, "|") != want {
		t.Errorf("got  %q\nwant %q", strings.Join(got, "|"), want)
	}
}
