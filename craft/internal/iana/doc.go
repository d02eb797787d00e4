// Package iana holds the names that IANA has registered for numbers, where several protocols read one table or the table
// is long: one file a registry. A table is built at its first use and must not be changed.
package iana
