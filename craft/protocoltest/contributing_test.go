package protocoltest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
)

// addAProtocol is the section of CONTRIBUTING.md about it.
func addAProtocol(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Add a protocol\n")
	section, _, _ = strings.Cut(section, "\n## ")
	if section == "" {
		t.Fatal("CONTRIBUTING.md has no section \"Add a protocol\"")
	}
	return section
}

// TestContributingNamesEveryWord checks that whoever has only CONTRIBUTING.md knows of every word of a table.
func TestContributingNamesEveryWord(t *testing.T) {
	section := addAProtocol(t)
	for _, of := range []reflect.Type{reflect.TypeFor[craft.Field](), reflect.TypeFor[craft.Spec](), reflect.TypeFor[craft.Hooks]()} {
		for i := range of.NumField() {
			if name := of.Field(i).Name; !strings.Contains(section, "`"+name+"`") && name != "Hooks" && name != "Fields" {
				t.Errorf("%s.%s is not named", of, name)
			}
		}
	}
}

// TestContributingsExampleWorks adds the example to craft/layers, as a reader does who follows the page, and runs its tests.
func TestContributingsExampleWorks(t *testing.T) {
	command, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command to build the example with: ", err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(addAProtocol(t), -1)
	if len(blocks) != 2 {
		t.Fatalf("the section has %d blocks of Go, want the protocol and its test", len(blocks))
	}
	golden, err := os.ReadFile("../layers/golden_test.go")
	if err != nil {
		t.Fatal(err)
	}
	added := strings.Replace(string(golden), "slices.Concat(goldenCore,", "slices.Concat(goldenCore, goldenBell,", 1)
	if added == string(golden) {
		t.Fatal("golden_test.go has no place for another table")
	}
	replace := map[string]string{}
	for name, text := range map[string]string{"bell.go": blocks[0][1], "bell_test.go": blocks[1][1], "golden_test.go": added} {
		replace[abs(t, "../layers/"+name)] = written(t, name, text)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), command, "test", "-vet=off", "-v", "-overlay", written(t, "overlay.json", string(overlay)),
		"-run", "TestBell|^Test(Explicit|Sets|Build|Dissected|Assigning|Refresh|WhatIsRead|Damaged|Cleared)/^(Bell|a_ring|a_late_ring)$", "./craft/layers")
	c.Dir = "../.."
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, ran := range []string{
		"TestBellIsHeard", "TestExplicitFieldsGoOutAsSet/Bell/hour", "TestSetsAreTheSameCompiled/Bell", "TestBuildGivesScapysBytes/a_ring",
		"TestRefreshComputesTheLengthsAndChecksumsAgain/a_late_ring", "TestDamagedFramesBuildBack/a_ring",
	} {
		if !strings.Contains(string(out), "--- PASS: "+ran+" ") {
			t.Errorf("%s did not run\n%s", ran, out)
		}
	}
}

func abs(t *testing.T, path string) string {
	t.Helper()
	whole, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return whole
}

// written is the path of a new file with this text.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
