package lua_test

import "testing"

func TestPromptsThatWereCopiedAreTakenOff(t *testing.T) {
	for _, c := range []struct{ name, source, want string }{
		{"Python's", ">>> x = 1\n>>> x", "1\n"},
		{"Python's in a block of Lua's", ">>> for i = 1, 3 do\n...     x = i\n... end\n>>> x", "3\n"},
		{"without blanks behind", ">>> x = 1\n>>>\n>>> x", "1\n"},
		{"answers between them", ">>> p = IP()/TCP()\n>>> p[TCP].dport\n80\n>>> p[TCP].sport\n20\n", "80\n20\n"},
		{"the first line without", "p = IP()/TCP()\n>>> p[TCP].dport\n80", "80\n"},
		{"a call of several lines", ">>> x = max(1,\n... 2\n... )\n>>> x", "2\n"},
		{"a call whose lines have none", ">>> x = math.max(1,\n  2)\n>>> x", "2\n"},
		{"IPython's", "In [1]: x = 41\n\nIn [2]: x + 1\nOut[2]: 42", "42\n"},
		{"IPython's block", "In [1]: for i = 1, 3 do\n   ...:     x = i\n   ...: end\nIn [2]: x", "3\n"},
		{"our own", "$ moonwire --lab\nlab:vmnat> x = 2\nlab:vmnat> for i = 1, 2 do\n      ...> x = x * 2\n      ...> end\nlab:vmnat> x\n8", "8\n"},
		{"that of the place", "lab:masquerade> 1\nlab:masquerade> 2", "1\n2\n"},
		{"indented", "    >>> x = 1\n    >>> x\n    1", "1\n"},
		{"in a text, where no line has one", "local s = [[a\n>>> b\n... c]]\ns", "a\n>>> b\n... c\n"},
		{"in a text of one level", "local s = [=[a]]\n>>> b\n... c]=]\ns", "a]]\n>>> b\n... c\n"},
		{"in a text in quotes", "local s = \"a\\\n>>> b\"\ns", "a\n>>> b\n"},
		{"in a comment", "--[[ so:\n>>> x = 1\n... ]]\n7", "7\n"},
		{"in a text of Python's", "s = \"\"\"a\n>>> b\"\"\"\ns", "a\n>>> b\n"},
		{"in a text that was typed", ">>> s = [[a\n... >>> b]]\n>>> s\na\n", "a\n>>> b\n"},
		{"behind what is no text", ">>> x = [[1, 2], [3]\n... ]\n>>> 8", "8\n"},
		{"in one line of a script", "x = 1\ny = 2\n>>> z = 3\nx + y + z", "6\n"},
		{"behind another shell's", "$ scapy\n>>> x = 7\n>>> x\nBegin emission:\n.*\nReceived 2 packets\n", "7\n"},
		{"in one line above what was answered", "x = IP()\n>>> x.ttl\n64\n###[ IP ]###\n  flags     = \n  src       = 127.0.0.1", "64\n"},
		{"in most lines, the first without", "x = 1\n>>> y = 2\n>>> x + y\n99", "3\n"},
		{"dots of Lua's", "f = function(...)\n  return select('#',\n  ... ) end\nf(1, 2)", "2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := inLab(t, "masquerade")
			s.enter(t, "max = math.max")
			shown, _, err := s.paste(t, c.source)
			if err != nil || shown != c.want {
				t.Errorf("got %q, %v; want %q", shown, err, c.want)
			}
		})
	}
}

func TestAnswersThatAreLeftOutAreTold(t *testing.T) {
	s := inLab(t, "masquerade")
	if _, _, err := s.paste(t, ">>> x = 1\nBegin emission:\n.Finished\n>>> y = 2"); err != nil {
		t.Fatal(err)
	}
	if got, want := s.notices.String(), "2 lines between the prompts left out: what a shell had answered\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
