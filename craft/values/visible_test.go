package values_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/moonwire/moonwire/craft/values"
)

func TestWhatIsHiddenIsEscaped(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"plain text, its lines and tabs", "plain\ttext\nin é 世", "plain\ttext\nin é 世"},
		{"nothing", "", ""},
		{"the title of a window", "a\x1b]0;x\x07.pcap", `a\x1b]0;x\x07.pcap`},
		{"colours", "\x1b[31m\a", `\x1b[31m\x07`},
		{"zeros", "\x1b1\x00\x00", `\x1b1\x00\x00`},
		{"carriage return, delete and C1", "\r\x7f\u009b1\u0080\u009f", `\r\x7f\u{9b}1\u{80}\u{9f}`},
		{"bytes that are no UTF-8", "\xff\x9bx\xc2", `\xff\x9bx\xc2`},
		{"a surrogate", "\xed\xa0\x80", `\xed\xa0\x80`},
		{"the replacement character itself", "\ufffd", "\ufffd"},
		{"overrides", "gpj.\u202Eexe", `gpj.\u{202e}exe`},
		{"embeddings", "\u202A\u202B\u202C\u202D", `\u{202a}\u{202b}\u{202c}\u{202d}`},
		{"isolates", "\u2066\u2067\u2068\u2069", `\u{2066}\u{2067}\u{2068}\u{2069}`},
		{"marks of direction", "\u061C\u200E\u200F", `\u{61c}\u{200e}\u{200f}`},
		{"ends of lines that are none", "\u2028\u2029\u0085", `\u{2028}\u{2029}\u{85}`},
		{"no width", "\u200B\uFEFF\u2060\u00AD\u180E", `\u{200b}\u{feff}\u{2060}\u{ad}\u{180e}`},
		{"tags", "\U000E0000\U000E0001\U000E0041\U000E007F", `\u{e0000}\u{e0001}\u{e0041}\u{e007f}`},
		{"fillers", "\u3164\uFFA0\u115F\u034F", `\u{3164}\u{ffa0}\u{115f}\u{34f}`},
		{"what looks like an escape", `\x1b`, `\x1b`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := values.Visible(c.text)
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if again := values.Visible(got); again != got {
				t.Errorf("the second time: got %q, want %q", again, got)
			}
		})
	}
}

func TestWhatPeopleWriteIsNotHidden(t *testing.T) {
	for _, text := range []string{
		"naïve Ωμέγα Кириллица", "العربية عبرית שלום", "हिन्दी ไทย 한국어 日本語", "می\u200cخواهم", "क्\u200dष",
		"e\u0301 a\u0308", "👍🏽 👩\u200d👩\u200d👧 ❤\ufe0f 🏳\ufe0f\u200d🌈 1\ufe0f⃣", "→ │ ═ ▶ · … “quoted”", "\u00a0\u3000", "\u0600١٢",
	} {
		if got := values.OneLine(text); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
	}
}

func TestOneLineStaysOne(t *testing.T) {
	if got, want := values.OneLine("a\nmoonwire: fine\tb\r"), `a\nmoonwire: fine\tb\r`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := values.VisibleBut("a\r\n\tb\x1b", "\r"), "a\r"+`\n\tb\x1b`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSONShowsWhatIsHidden(t *testing.T) {
	hostile := "a\x1b]0;x\a\x7f\u009b\u202e\u2028\U000E0041é\ufeff\xff\"\\"
	plain, err := json.Marshal(map[string]string{"name": hostile})
	if err != nil {
		t.Fatal(err)
	}
	shown := values.VisibleJSON(append(plain, '\n'))
	if i := strings.IndexFunc(string(shown), func(r rune) bool { return values.Hidden(r) && r != '\n' }); i >= 0 {
		t.Errorf("hidden at %d: %q", i, shown)
	}
	var back, want map[string]string
	if err := json.Unmarshal(shown, &back); err != nil {
		t.Fatalf("%s: %v", shown, err)
	}
	if err := json.Unmarshal(plain, &want); err != nil {
		t.Fatal(err)
	}
	if back["name"] != want["name"] {
		t.Errorf("got %q, want %q", back["name"], want["name"])
	}
}

func FuzzVisible(f *testing.F) {
	for _, text := range []string{"", "a\x1b[31m", "\u202e\xff", "é👍🏽"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := values.OneLine(text)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, values.Hidden) {
			t.Errorf("%q: got %q", text, got)
		}
	})
}
