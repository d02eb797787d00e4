package python

// moduleCall writes the functions of Python's modules that have an equal; ok is false when name is no module.
func (w *writer) moduleCall(e *expr, module, name string) (l lua, ok bool) {
	arguments := func(f string, is typ) lua { return call(f+"("+w.separated(e.items)+")", is) }
	switch module + "." + name {
	case "time.sleep":
		return arguments("sleep", nothingAtAll), true
	case "time.time", "time.monotonic", "time.perf_counter":
		return call("now()", numeric), true
	case "random.randint":
		return arguments("math.random", numeric), true
	case "random.random":
		return call("math.random()", numeric), true
	case "random.randrange":
		if len(e.items) == 1 {
			return lua{"math.random(" + w.given(e, 0).text + ") - 1", sumLevel, numeric, false}, true
		}
	case "random.choice":
		if len(e.items) == 1 && e.items[0].value.simple() {
			x := w.given(e, 0)
			return prefixed(x.at(prefixLevel)+"[math.random(#"+x.at(prefixLevel)+")]", x.is.element()), true
		}
	case "binascii.hexlify":
		return arguments("hex", str), true
	case "binascii.unhexlify":
		if len(e.items) == 1 {
			return w.unhex(e.items[0].value, true), true
		}
	}
	if said, ok := modules()[module]; ok {
		w.because(e.at.line, said)
		return lua{}, true
	}
	return lua{}, false
}

// modules are Python's modules and objects that Lua has not, and what stands in their place.
func modules() map[string]string {
	return map[string]string{
		"time":       "time is now() and sleep(seconds)",
		"random":     "random numbers are math.random(first, last), and RandShort() and its kin in fields",
		"os":         "scripts have no os: captures are read with rdpcap and written with wrpcap",
		"sys":        "a script takes arguments: moonwire run ./mine.lua name=value, then args.name; return ends it",
		"socket":     "connections are made with dial{dst=, dport=}; names of hosts stand in fields: IP{dst=\"localhost\"}",
		"struct":     "bytes are written with string.char(0, 80) and unhex(\"0050\"), and read with x:byte(1, 2)",
		"re":         "text is searched with x:match(\"pattern\"), Lua's patterns: %d+ is a number",
		"binascii":   "bytes and hex digits: hex(bytes), unhex(\"4500\")",
		"codecs":     "bytes and hex digits: hex(bytes), unhex(\"4500\")",
		"json":       "a packet as JSON is p:json()",
		"datetime":   "time is now(), in seconds since 1970; of a packet p.time",
		"threading":  "calls wait: sniff{timeout=5}, sr(p, {timeout=5}); capture() listens meanwhile",
		"subprocess": "scripts start no other programs",
		"logging":    "errors and notices are written to standard error by themselves",
		"argparse":   "a script takes arguments: moonwire run ./mine.lua name=value, then args.name",
		"conf":       confAdvice,
	}
}

// confAdvice is said of scapy's settings.
const confAdvice = `there are no settings: options stand in each call's second table, sr1(p, {iface="eth0"})`
