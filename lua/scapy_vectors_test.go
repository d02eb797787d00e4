package lua_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// vectorFiles is where the golden vectors are; their README tells what they hold.
const vectorFiles = "../craft/layers/testdata/scapy"

// An expression is one of the golden vectors as one would enter it.
type expression struct{ Name, Python, Lua, Wire string }

// TestExpressionsOfScapyGiveItsBytes enters what a scapy user would, in Python's spelling wherever that carries over.
func TestExpressionsOfScapyGiveItsBytes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(vectorFiles, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var rows []expression
		if err := json.Unmarshal(text, &rows); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		family := strings.TrimSuffix(filepath.Base(file), ".json")
		s := newShell(t, nil)
		for _, e := range rows {
			if e.Python == "" {
				continue
			}
			name := family + "/" + e.Name
			t.Run(name, func(t *testing.T) { e.enter(t, s, builtOtherwise[name] != "") })
		}
	}
}

// builtOtherwise are the expressions that give other bytes than scapy's on purpose, and why.
var builtOtherwise = map[string]string{
	"llc/a trailer behind 802.3": "a trailer belongs to no length: scapy counts it, and a frame would change when its lengths are computed again",
	"llc/STP with a trailer":     "the same",

	"geneve/an option that does not fill its words": "an option has whole words (RFC 8926, section 3.5), and is filled up to one",
	"ipv6_headers/hop by hop, jumbo":                "the length of a packet with a Jumbo Payload option is 0: RFC 2675, section 3",
	"icmpv6/MLDv2 report, auxiliary data":           "the length of auxiliary data counts words: RFC 3810, section 5.2.6",
	"l2tp/with an offset":                           "an offset of 0 has no bytes behind it: RFC 2661, section 3.1",
	"sctp/init ack":                                 "the padding of the last parameter is no part of the chunk's length: RFC 9260, section 3.2",
}

// enter evaluates the expression as a prompt does and compares the bytes, which must be others when that is on purpose.
func (e expression) enter(t *testing.T, s *shell, otherwise bool) {
	entry := e.Python
	if e.Lua != "" {
		entry = e.Lua
	}
	for _, line := range []string{entry, "hex(_)"} {
		text, incomplete, err := s.Eval(context.Background(), "prompt", line)
		switch {
		case err != nil || incomplete:
			t.Fatalf("%s\nincomplete %v, error %v", line, incomplete, err)
		case line != entry && (text != e.Wire) != otherwise:
			t.Errorf("%s\ngot  %s\nwant %s", entry, text, e.Wire)
		}
	}
}
