module example.com/outside

go 1.26.3

require github.com/moonwire/moonwire v0.0.0

replace github.com/moonwire/moonwire => ../../../..
