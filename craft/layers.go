package craft

// protocols are the tables of the package's files.
var protocols []func() []Spec

// Define adds a protocol. It is called where a variable is initialised.
func Define(s Spec) struct{} {
	return DefineAll(func() []Spec { return []Spec{s} })
}

// DefineAll adds protocols that are made together.
func DefineAll(specs func() []Spec) struct{} {
	protocols = append(protocols, specs)
	return struct{}{}
}

var _ = Install(func() (all []Spec) {
	for _, specs := range protocols {
		all = append(all, specs()...)
	}
	return all
})
