package craft

// Raw is payload that no protocol reads.
const Raw Name = "Raw"

// Padding is what follows the packet that the headers announce: an Ethernet trailer. It is written behind everything
// and counted by no length.
const Padding Name = "Padding"

var _, _ = define(bytesSpec(Raw, "bytes that no protocol reads")), define(bytesSpec(Padding, "bytes behind the packet that the headers announce"))

func bytesSpec(name Name, doc string) spec {
	return spec{
		name: name, doc: doc,
		fields: []Field{{Name: "load", Kind: Bytes, Doc: "the bytes"}},
		hooks: hooks{
			answers: func(match, int, int) (bool, string) { return true, "data answers data" },
		},
	}
}
