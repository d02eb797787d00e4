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
	state := lua.New(lua.Config{})
	defer state.Close()
	lines := strings.NewReader("1 + 1\nfor i = 1, 2 do\n  print(i)\nend\nTPC{}\nIP{dst='10.0.0.1'}/TCP\n")
	failed, err := repl.Run(context.Background(), state, repl.Config{In: lines, Out: os.Stdout, Err: os.Stdout})
	fmt.Println(failed, err)
	// Output:
	// 2
	// 1
	// 2
	// stdin:5: TPC is nil and cannot be called: no layer, function or variable has that name; did you mean TCP?
	// <IP  proto=tcp dst=10.0.0.1 |<TCP  |>>
	// true <nil>
}
