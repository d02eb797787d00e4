package layers_test

import "github.com/moonwire/moonwire/craft/layers"

// cookedNumbers are what the protocols above a cooked header have for numbers here; in scapy an Ethernet frame has Novell's, and
// LLC one that nobody has.
func cookedNumbers(p plan, i int) {
	if i+1 == len(p) {
		return
	}
	switch p[i+1].name {
	case layers.Ether:
		p[i].pin("proto", 0x6558)
	case layers.LLC:
		p[i].pin("proto", 4)
	}
}

// linkDeviations are those of headers that only captures have.
var linkDeviations = []deviation{
	{
		layer: layers.Loopback, why: "IPv6 is 24, 28 or 30 (LINKTYPE_NULL); scapy writes the number of the host that it runs on",
		mend: func(p plan, i int) {
			if i+1 < len(p) && p[i+1].name == layers.IPv6 {
				p[i].pin("type", 30)
			}
		},
		plan: plan{{layers.Loopback, nil}, {layers.IPv6, []setting{{field: "src", tag: "address", value: "2001:db8::1"}, {field: "dst", tag: "address", value: "2001:db8::2"}}}},
	},
	{
		layer: layers.CookedLinux, why: "1 is Novell's frame, and 802.2 is 4 (LINKTYPE_LINUX_SLL)", mend: cookedNumbers,
		plan: plan{{layers.CookedLinux, nil}, {layers.Ether, []setting{{field: "dst", tag: "address", value: "02:00:00:00:00:01"}, {field: "src", tag: "address", value: "02:00:00:00:00:02"}}}},
	},
	{
		layer: layers.CookedLinuxV2, why: "1 is Novell's frame, and 802.2 is 4 (LINKTYPE_LINUX_SLL2)", mend: cookedNumbers,
		plan: plan{{layers.CookedLinuxV2, nil}, {layers.LLC, nil}},
	},
}
