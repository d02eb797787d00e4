package vm_test

import (
	"context"
	"errors"
	"fmt"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/lua/vm"
)

// A host gives scripts a function, runs one that fails, and reports where.
func Example() {
	m := vm.New(vm.Options{Memory: 256 << 20})
	defer m.Close()
	m.SetGlobal("double", m.Lua().NewFunction(func(l *glua.LState) int {
		l.Push(l.CheckNumber(1) * 2)
		return 1
	}))

	for _, source := range []string{"return double(21)", "return 1 +", "local t = nil\nreturn double(t)"} {
		fn, err := m.Compile("demo", source)
		var syntax *vm.SyntaxError
		if errors.As(err, &syntax) {
			fmt.Println("it waits for", syntax.Waits.What)
			continue
		}
		values, err := m.Run(context.Background(), fn, nil)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(vm.Text(values[0]))
	}
	// Output:
	// 42
	// it waits for what follows "+"
	// demo:2: bad argument #1 to 'double' (number expected, got nil)
}
