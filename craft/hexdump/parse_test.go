package hexdump_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft/hexdump"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
)

// pasted is what all files of testdata show, each as another program prints it. Its payload looks like hex.
const pasted = "4500003c0001000040067cb97f0000017f0000010014005000000000000000005002200091680000" +
	"2020616263646566203030203131206265656621"

func TestHexcapReadsWhatOtherProgramsPrint(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	want := crafttest.Unhex(t, pasted)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := hexdump.Parse(string(text))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v\n%s", err, hexdump.Diff(want, got))
			}
		})
	}
}

func TestHexcapReadsOddText(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"nothing", " \n\n", ""},
		{"one row", "0000  61 62 63                                         abc\n", "616263"},
		{"one row of eight bytes and text like hex", "0000  61 62 63 64 65 66 67 68                          abcdefgh", "6162636465666768"},
		{"one row with a gap in the middle", "00000000  61 62 63 64 65 66 67 68  ab cd                    |abcdefgh..|\n0000000a\n", "6162636465666768abcd"},
		{"a star", "00000000  45 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |E...............|\n" +
			"00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n" +
			"00000030  65 6e 64                                          |end|\n00000033\n", "45" + strings.Repeat("00", 47) + "656e64"},
		{"it begins in the middle", "\t0x0010:  7f00 0001\n", "7f000001"},
		{"text that begins with spaces", "0000  20 20 20 20 20 20 20 20 20 20 20 20 20 20 61 62                ab\n0010  61 62                                            ab\n",
			strings.Repeat("20", 14) + "61626162"},
		{"Windows' line ends", "0000  61 62\r\n0002  63\r\n", "616263"},
		{"single digits behind 0x", "0x1, 0x20, 0x3", "012003"},
		{"groups", "4500 003C\n0001-0000", "4500003c00010000"},
		{"a comment", "45 00 // version\n00 3c # length", "4500003c"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := hexdump.Parse(c.text)
			if want := crafttest.Unhex(t, c.want); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v\n%s", err, hexdump.Diff(want, got))
			}
		})
	}
}

func TestHexcapOfManyCommentsEnds(t *testing.T) {
	got, err := hexdump.Parse(strings.Repeat("45/**/", 1<<17))
	if err != nil || len(got) != 1<<17 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestHexcapOfManyShortLinesEnds(t *testing.T) {
	got, err := hexdump.Parse(strings.Repeat("4500 003c\n", 1<<18))
	if err != nil || len(got) != 1<<20 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestHexcapTellsOffsetsFromBytes reads rows whose offsets look like their bytes, and rows of numbers.
func TestHexcapTellsOffsetsFromBytes(t *testing.T) {
	for _, c := range []struct{ name, text, want, doubt string }{
		{"offsets as wide as groups", "0000 4500 0064 000f 0000 fe01 3726 c0a8 0108\n0010 c0a8 030b", "45000064000f0000fe013726c0a80108c0a8030b", ""},
		{"the same without an offset", "4500 0064 000f 0000 fe01 3726 c0a8 0108\nc0a8 030b", "45000064000f0000fe013726c0a80108c0a8030b", ""},
		{"zeros that grow by nothing", "0000 0000 0000 0000 0000 0000 0800 4500\n003c 0001", "00000000000000000000000008004500003c0001", ""},
		{"one row", "0000 4500 0064", "000045000064", "the zeros that it begins with are taken for bytes: put a colon behind them if they are an offset"},
		{"one row with a colon", "0000: 4500 0064", "45000064", ""},
		{"three digits", "000 45 00 00 3c\n004 01", "4500003c01", ""},
		{"sixteen digits", "0000000000000000 45 00 00 3c\n0000000000000004 01", "4500003c01", ""},
		{"it begins in the middle", "00a0  45 00 00 3c\n00a4  01 02", "4500003c0102", ""},
		{"hexdump's numbers", "0000000 0045 3c00 0021\n0000005", "4500003c21", ""},
		{"od's octal numbers", "0000000 000105 036000 000041\n0000005", "4500003c21", ""},
		{"xxd -e", "00000000: 3c000045 00000021  E..<!...", "4500003c21000000", ""},
		{"xxd -g4", "00000000: 4500003c 21000000  E..<!...", "4500003c21000000", ""},
		{"a row of more than 16 bytes", "0000  " + strings.Repeat("45 ", 20), strings.Repeat("45", 20), ""},
		{"numbers of which nothing tells", "00000000: 81828384  ....", "81828384", "its groups are taken for bytes, and may be something else: nothing beside them tells"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, doubt, err := hexdump.ParseWithDoubt(c.text)
			if want := crafttest.Unhex(t, c.want); err != nil || !bytes.Equal(got, want) || doubt != c.doubt {
				t.Errorf("%v, doubt %q\n%s", err, doubt, hexdump.Diff(want, got))
			}
		})
	}
}

func TestHexcapSaysWhichLineIsWrong(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"words", "45 00\nhello", `line 2: want pairs of hex digits, got "hello"`},
		{"half a byte", "45 0", `line 1: want pairs of hex digits, got "0"`},
		{"a row is missing", "0000  61 62\n0020  63\n", "line 1: want 32 bytes up to the next row, got 2"},
		{"a row is missing far away", "0000  61 62\n2000  63\n", "line 2: want offset 0x2, as many bytes as the rows before have, got 0x2000"},
		{"two packets", "0000  61 62\n\n0000  63\n", "line 3: a second packet begins here: paste one at a time"},
		{"two packets with headings", "IP a > b\n  0x0000:  6162\nIP b > a\n  0x0000:  63\n", "line 3: a second packet begins here: paste one at a time"},
		{"two packets with many lines between", "0000  61 62\nFrame 2\n  Arrival Time\n0000  63\n", "line 2: a second packet begins here: paste one at a time"},
		{"text behind", "0000  61 62\nbye\n", `line 2: want a row of the dump, that is an offset and bytes, got "bye"`},
		{"no bytes", "0000  61 62\n0002  zz\n", `line 2: want bytes behind the offset, got "  zz"`},
		{"an open star", "0000  61 62\n*", "line 2: want the offset up to which the star stands"},
		{"a star without end", "0000  61 62\n*\nffffffff0\n", "line 3: want an offset from 0x2 to 0x100000 behind the star, got 0xffffffff0"},
		{"a star backwards", "0000  61 62\n*\n0001  63\n", "line 3: want an offset from 0x2 to 0x100000 behind the star, got 0x1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if b, err := hexdump.Parse(c.text); err == nil || err.Error() != c.want {
				t.Errorf("got %x, %v\nwant %s", b, err, c.want)
			}
		})
	}
}

// TestFormsThatAreNotReadAreNamed, with those that are.
func TestFormsThatAreNotReadAreNamed(t *testing.T) {
	const hint = "; characters, decimal and floating-point numbers are not read: print bytes in hex (od -An -tx1, hexdump -C, xxd)"
	for form, text := range map[string]string{
		"od -c":      "0000000   E  \\0  \\0   < 034   F   @  \\0\n0000010\n",
		"od -An -c":  "   E  \\0  \\0   < 034   F   @  \\0\n",
		"od -a":      "0000000   E nul nul   <  fs   F   @ nul\n0000010\n",
		"od -td1":    "0000000   69    0    0   60   28   70   64  -79\n0000010\n",
		"od -An -u1": "  69   0   0  60  28  70  64   0\n",
		"od -tu1z":   "0000000  69   0   0  60  28  70  64   0  >E..<.F@.<\n0000010\n",
		"od -d":      "0000000    69 15360 17948    64\n0000010\n",
		"od -tf4":    "0000000     0.007812564    5.902622e-39  -4.1798708e+23    2.546852e+21\n0000020\n",
		"od -tx1 -c": "0000000  45  00  00  3c\n          E  \\0  \\0   <\n0000004\n",
	} {
		if b, err := hexdump.Parse(text); err == nil || !strings.HasSuffix(err.Error(), hint) {
			t.Errorf("%s: got %x, %v", form, b, err)
		}
	}
	for _, text := range []string{"hello", "45 00\nhello world", "45 0", "no hex at all in here"} {
		if b, err := hexdump.Parse(text); err == nil || strings.Contains(err.Error(), "are not read") {
			t.Errorf("%s: got %x, %v", text, b, err)
		}
	}
}

// TestTheOrderOfNumbersThatNothingTellsIsDoubted when the other one begins as a packet does.
func TestTheOrderOfNumbersThatNothingTellsIsDoubted(t *testing.T) {
	const big, little, octal = "look like bytes in their order, as od --endian=big prints them", "look like a little-endian host's numbers", "look like octal numbers"
	for form, c := range map[string]struct{ text, doubt string }{
		"od -tx2":                  {"0000000 0045 3c00 461c 0040\n0000010\n", ""},
		"od --endian=big -tx2":     {"0000000 4500 003c 1c46 4000\n0000010\n", big},
		"od --endian=big -tx4":     {"0000000 4500003c 1c464000\n0000010\n", big},
		"od --endian=big -tx2 ARP": {"0000000 ffff ffff ffff 02fc 0000 0001 0806 0001\n0000020\n", big},
		"od -tx2z":                 {"0000000 3045 3231  >E012<\n0000004\n", ""},
		"od -An -x":                {" 0045 3c00 461c 0040\n", little},
		"od -An -tx4":              {" 3c000045 0040461c\n", little},
		"od --endian=big -An -tx2": {" 4500 003c 1c46 4000\n", ""},
		"neither begins as either": {"0102 0304 0506", ""},
		"od -An -o":                {" 000105 036000 043034 000100\n", octal},
		"groups of three bytes":    {"45003c 1c4640", ""},
	} {
		_, doubt, err := hexdump.ParseWithDoubt(c.text)
		if err != nil || !strings.Contains(doubt, c.doubt) || c.doubt == "" && doubt != "" {
			t.Errorf("%s: doubt %q, %v, want %q", form, doubt, err, c.doubt)
		}
	}
}

// TestDumpsOfMoreThan64KB have offsets of five digits, which move the columns of the last rows.
func TestDumpsOfMoreThan64KB(t *testing.T) {
	for n := 1<<16 - 17; n < 1<<16+40; n++ {
		b := []byte(strings.Repeat("ab", n)[:n])
		if again, err := hexdump.Parse(hexdump.Dump(b)); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("%d bytes: read %d, %v", n, len(again), err)
		}
	}
}

// FuzzHexcap holds that no text panics, that what is read can be dumped and read again, and that any bytes survive both
// dumps.
func FuzzHexcap(f *testing.F) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, text := range []string{"", "0000", "0000  61 62\n*\n0010", "0x0000:\t4500", "\\x", "0x", "/* */", "b'", "  abc 00 11 |"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := hexdump.Parse(text)
		for _, b := range [][]byte{[]byte(text), read} {
			again, err := hexdump.Parse(hexdump.Dump(b))
			if err != nil || !bytes.Equal(again, b) {
				t.Fatalf("%q: %v\n%s", b, err, hexdump.Diff(b, again))
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("an error without a line: %v", err)
		}
	})
}
