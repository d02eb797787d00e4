package hexdump_test

import (
	"encoding/hex"
	"testing"

	"github.com/moonwire/moonwire/craft/hexdump"
)

func TestUnhex(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "4500": "4500", "45 00": "4500", "45:00": "4500", "45\n00\r\n0a": "45000a", "0x4500": "4500", "0x45, 0X00": "4500", `\x45\x00`: "4500", "45-00-AB": "4500ab",
		" 4500 003c ": "4500003c", "4500.003c": "4500003c", "0x450x00": "4500",
	} {
		got, err := hexdump.Unhex(text)
		if err != nil || hex.EncodeToString(got) != want {
			t.Errorf("%q: got %x, %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"450":     `character 3: want pairs of hex digits, got "0" alone`,
		"45 0 00": `character 4: want pairs of hex digits, got "0" alone`,
		"45 0g":   `character 5: want a hex digit, got "g"`,
		"45é":     `character 3: want a hex digit, got "é"`,
		"0x":      `character 3: want hex digits, got the end`,
		"0x 45":   `character 3: want a hex digit, got " "`,
		"hello":   `character 1: want a hex digit, got "h"`,
	} {
		if got, err := hexdump.Unhex(text); err == nil || err.Error() != want {
			t.Errorf("%q: got %x, %v, want %s", text, got, err, want)
		}
	}
}
