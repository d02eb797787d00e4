// Package binding is what all functions that scripts call have in common: how they take arguments, methods, and options with names
// (Named, and Number, Whole, Bool, Text of one of them), and how they answer. It knows no packet.
package binding
