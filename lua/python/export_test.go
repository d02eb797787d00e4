package python

// Translated is the Lua that a text becomes, whether or not it is Lua already.
func Translated(source string, known Known) Reading { return translate(source, &notes{known: known}) }

// Corrected is the Lua of a text that is Lua, and cannot be meant so.
func Corrected(source string, known Known) Reading {
	return translate(source, &notes{known: known, slip: true})
}
