package lua

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"

	glua "github.com/yuin/gopher-lua"

	"github.com/moonwire/moonwire/scripts"
)

// moduleFunctions load code from the script's own folder.
func (s *State) moduleFunctions() []function {
	return []function{
		{"dofile", `dofile("file.lua")`, "run a file of Lua and return what it returns; it lies in the script's own folder or below, at the prompt in the current one", nil, s.dofile},
		{"loadfile", `loadfile("file.lua")`, "a file of Lua as a function, from where dofile takes it; nil and why, when there is none", nil, s.loadfile},
		{"require", `require("name")`, "what name.lua returns, which is run once; lib.name is lib/name.lua; from where dofile takes it", nil, s.require},
	}
}

// openModules makes the table of what was required. The libraries are there from the beginning, as in Lua.
func (s *State) openModules() {
	s.modules = s.l.NewTable()
	for _, name := range []string{"_G", glua.StringLibName, glua.TabLibName, glua.MathLibName, glua.CoroutineLibName} {
		s.modules.RawSetString(name, s.l.GetGlobal(name))
	}
	p := s.l.NewTable()
	p.RawSetString("loaded", s.modules)
	s.l.SetGlobal("package", p)
}

// maxLoading is how deep files may load each other.
const maxLoading = 50

// enter has a file's own folder be the one to load from, until leave is called.
func (s *State) enter(l *glua.LState, within folder) (leave func()) {
	if s.loading == maxLoading {
		l.RaiseError("files load each other deeper than %d", maxLoading)
	}
	before := s.folder
	s.folder = within
	s.loading++
	return func() {
		s.folder = before
		s.loading--
	}
}

// fileChunk compiles a file of Lua.
func (s *State) fileChunk(name string) (*glua.LFunction, error) {
	source, at, _, err := s.folder.read(name)
	if err != nil {
		return nil, s.withWayOut(err)
	}
	return s.load(at, source)
}

// withWayOut adds to the error of a file that the system does not let this process open what Config.NoAccess says.
func (s *State) withWayOut(err error) error {
	if errors.Is(err, os.ErrPermission) && s.config.NoAccess != "" {
		return errors.New(err.Error() + ": " + s.config.NoAccess)
	}
	return err
}

// failChunk raises why a file could not be loaded. What is wrong in it has its own line.
func (s *State) failChunk(l *glua.LState, call string, err error) {
	var own *Error
	if errors.As(err, &own) {
		l.Error(glua.LString(err.Error()), 0)
	}
	l.RaiseError("%s: %s", call, err)
}

// dofile is Lua's, for files of the script's folder.
func (s *State) dofile(l *glua.LState) int {
	fn, err := s.fileChunk(l.CheckString(1))
	if err != nil {
		s.failChunk(l, "dofile", err)
	}
	defer s.enter(l, s.folder)()
	top := l.GetTop()
	l.Push(fn)
	l.Call(0, glua.MultRet)
	return l.GetTop() - top
}

// loadfile is Lua's, for files of the script's folder.
func (s *State) loadfile(l *glua.LState) int {
	fn, err := s.fileChunk(l.CheckString(1))
	if err != nil {
		l.Push(glua.LNil)
		l.Push(glua.LString(err.Error()))
		return 2
	}
	l.Push(fn)
	return 1
}

// underWay stands among the modules for one that is being loaded.
type underWay struct{}

// require is Lua's, for files of the script's folder.
func (s *State) require(l *glua.LState) int {
	name := l.CheckString(1)
	v := s.modules.RawGetString(name)
	if ud, ok := v.(*glua.LUserData); ok && ud.Value == (underWay{}) {
		l.RaiseError("require: %s requires itself, by way of others or not", name)
	}
	if glua.LVAsBool(v) {
		l.Push(v)
		return 1
	}
	fn, err := s.moduleChunk(name)
	if err != nil {
		s.failChunk(l, "require", err)
	}
	mark := &glua.LUserData{Value: underWay{}}
	s.modules.RawSetString(name, mark)
	defer s.enter(l, s.folder)()
	results, thrown := s.vm.Protect(l, fn, glua.LString(name))
	if thrown != nil {
		s.modules.RawSetString(name, glua.LNil)
		s.vm.Rethrow(l, thrown)
	}
	if len(results) > 0 && results[0] != glua.LNil {
		s.modules.RawSetString(name, results[0])
	} else if s.modules.RawGetString(name) == mark {
		s.modules.RawSetString(name, glua.LTrue)
	}
	l.Push(s.modules.RawGetString(name))
	return 1
}

// moduleChunk compiles the file of a module: lib/name.lua, or lib/name/init.lua.
func (s *State) moduleChunk(name string) (*glua.LFunction, error) {
	if strings.HasSuffix(name, ".lua") {
		return nil, errors.New("want a name without .lua, as in require(\"" + strings.TrimSuffix(name, ".lua") + "\")")
	}
	if !moduleName.MatchString(name) {
		return nil, fmt.Errorf("want names with dots between, as in require(\"lib.name\") for lib/name.lua, got %q", name)
	}
	path := strings.ReplaceAll(name, ".", "/")
	fn, err := s.fileChunk(path + ".lua")
	if errors.Is(err, fs.ErrNotExist) {
		if fn, other := s.fileChunk(path + "/init.lua"); !errors.Is(other, fs.ErrNotExist) {
			return fn, other
		}
		if slices.Contains(systems, name) {
			err = fmt.Errorf("scripts have no %s: what they read and write is captures", name)
		}
	}
	return fn, err
}

// moduleName is what a module may be called: its folders and itself, with dots or slashes between.
var moduleName = regexp.MustCompile(`^[^./\\\x00]+(?:[./][^./\\\x00]+)*$`)

// systems are the libraries of Lua's that reach the system.
var systems = []string{"os", "io", "debug", "package", "socket", "lfs", "posix"}

// isFile tells the name of a file from that of a bundled experiment.
func isFile(name string) bool {
	return strings.ContainsAny(name, `/\`) || strings.HasSuffix(name, ".lua")
}

// runFile is run("./mine.lua", ...): an experiment, or a plain chunk that gets the values as its arg and whose globals are the
// caller's.
func (s *State) runFile(l *glua.LState, name string) int {
	source, at, within, err := s.folder.read(name)
	if err != nil {
		l.RaiseError("run: %s", s.withWayOut(err))
	}
	defer s.enter(l, within)()
	if scripts.HasHeader(source) {
		script, err := scripts.Parse(at, source)
		if err != nil {
			l.RaiseError("run: %s", err)
		}
		return s.runScript(l, script)
	}
	fn, err := s.load(at, source)
	if err != nil {
		s.failChunk(l, "run", err)
	}
	before := s.vm.Global("arg")
	defer func() { s.vm.SetGlobal("arg", before) }()
	s.SetArg(at, s.words(l, 2))
	top := l.GetTop()
	l.Push(fn)
	l.Call(0, glua.MultRet)
	return l.GetTop() - top
}
