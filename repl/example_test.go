package repl_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/moonwire/moonwire/lua"
	"github.com/moonwire/moonwire/repl"
)

func Example() {
	lines := strings.NewReader("1 + 1\nfor i = 1, 2 do\n  print(i)\nend\nTPC{}\nIP{dst='10.0.0.1'}/TCP\nexit\n")
	shell, err := repl.New(repl.Config{In: lines, Out: os.Stdout, Err: os.Stdout})
	if err != nil {
		panic(err)
	}
	defer func() { _ = shell.Close() }() // nothing to restore
	state := lua.New(lua.Config{Stdout: shell.Stdout(), Stderr: shell.Stderr()})
	defer state.Close()
	failed, err := shell.Run(context.Background(), state, "example")
	fmt.Println(failed, err)
	// Output:
	// 2
	// 1
	// 2
	// stdin:5: TPC: no layer, function or variable has that name; did you mean TCP?
	// <IP  proto=tcp dst=10.0.0.1 |<TCP  |>>
	// true <nil>
}
