package craft

// Raw is payload that no protocol reads.
const Raw Name = "Raw"

// Padding is what follows the packet that the headers announce: an Ethernet trailer. It is written behind everything
// and counted by no length.
const Padding Name = "Padding"

// plainSpecs are the protocols that the engine itself needs.
func plainSpecs() []Spec {
	return []Spec{bytesSpec(Raw, "bytes that no protocol reads"), bytesSpec(Padding, "bytes behind the packet that the headers announce")}
}

func bytesSpec(name Name, doc string) Spec {
	return Spec{
		Name: name, Doc: doc,
		Fields: []Field{{Name: "load", Kind: Bytes, Doc: "the bytes"}},
		Hooks: Hooks{
			Answers: func(Match, int, int) (bool, string) { return true, "data answers data" },
		},
	}
}
