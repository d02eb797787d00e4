package pcap

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/moonwire/moonwire/craft"
)

// registry are names of link types, as the registry has them behind LINKTYPE_, or libpcap behind DLT_.
var registry = map[string]linkType{
	"NULL": 0, "ETHERNET": 1, "EN10MB": 1, "EXP_ETHERNET": 2, "EN3MB": 2, "AX25": 3, "PRONET": 4, "CHAOS": 5, "IEEE802_5": 6, "IEEE802": 6,
	"ARCNET_BSD": 7, "ARCNET": 7, "SLIP": 8, "PPP": 9, "FDDI": 10, "PPP_HDLC": 50, "PPP_SERIAL": 50, "PPP_ETHER": 51,
	"ATM_RFC1483": 100, "RAW": 101, "C_HDLC": 104, "IEEE802_11": 105, "FRELAY": 107, "LOOP": 108, "ENC": 109, "LINUX_SLL": 113, "LTALK": 114,
	"PFLOG": 117, "IEEE802_11_PRISM": 119, "PRISM_HEADER": 119, "IP_OVER_FC": 122, "SUNATM": 123, "IEEE802_11_RADIOTAP": 127,
	"IEEE802_11_RADIO": 127, "ARCNET_LINUX": 129, "APPLE_IP_OVER_IEEE1394": 138, "MTP2_WITH_PHDR": 139, "MTP2": 140, "MTP3": 141, "SCCP": 142,
	"DOCSIS": 143, "LINUX_IRDA": 144, "USER0": 147, "USER1": 148, "USER2": 149, "USER3": 150, "USER4": 151, "USER5": 152, "USER6": 153,
	"USER7": 154, "USER8": 155, "USER9": 156, "USER10": 157, "USER11": 158, "USER12": 159, "USER13": 160, "USER14": 161, "USER15": 162,
	"IEEE802_11_AVS": 163, "IEEE802_11_RADIO_AVS": 163, "BACNET_MS_TP": 165, "PPP_PPPD": 166, "GPRS_LLC": 169, "LINUX_LAPD": 177,
	"USB_FREEBSD": 186, "BLUETOOTH_HCI_H4": 187, "USB_LINUX": 189, "PPI": 192, "IEEE802_15_4_WITHFCS": 195, "SITA": 196, "ERF": 197,
	"BLUETOOTH_HCI_H4_WITH_PHDR": 201, "AX25_KISS": 202, "LAPD": 203, "PPP_WITH_DIR": 204, "C_HDLC_WITH_DIR": 205, "FRELAY_WITH_DIR": 206,
	"IPMB_LINUX": 209, "IEEE802_15_4_NONASK_PHY": 215, "USB_LINUX_MMAPPED": 220, "FC_2": 224, "IPNET": 226, "CAN_SOCKETCAN": 227, "IPV4": 228,
	"IPV6": 229, "IEEE802_15_4_NOFCS": 230, "DBUS": 231, "DVB_CI": 235, "MUX27010": 236, "STANAG_5066_D_PDU": 237, "NFLOG": 239,
	"NETANALYZER": 240, "IPOIB": 242, "MPEG_2_TS": 243, "INFINIBAND": 247, "SCTP": 248, "USBPCAP": 249, "RTAC_SERIAL": 250,
	"BLUETOOTH_LE_LL": 251, "NETLINK": 253, "BLUETOOTH_LINUX_MONITOR": 254, "BLUETOOTH_BREDR_BB": 255, "BLUETOOTH_LE_LL_WITH_PHDR": 256,
	"PROFIBUS_DL": 257, "PKTAP": 258, "EPON": 259, "ZWAVE_R1_R2": 261, "ZWAVE_R3": 262, "ISO_14443": 264, "RDS": 265, "USB_DARWIN": 266,
	"OPENFLOW": 267, "SDLC": 268, "VSOCK": 271, "NORDIC_BLE": 272, "ETHERNET_MPACKET": 274, "LINUX_SLL2": 276, "IEEE802_15_4_TAP": 283,
	"USB_2_0": 288, "ATSC_ALP": 289, "ETW": 290,
}

// LinkNamed is the link that a text names: a number of the registry, a protocol that has one ("Ether"), or a name of the registry or
// of libpcap ("RAW", "LINKTYPE_RAW", "DLT_RAW").
func LinkNamed(text string) (craft.Name, error) {
	if n, err := strconv.ParseUint(text, 10, 64); err == nil {
		if n > math.MaxUint16 {
			return "", fmt.Errorf("want a number in 0..65535, got %s", text)
		}
		return linkType(n).numbered(), nil
	}
	if typ, err := linkTypeOf(craft.Name(text)); err == nil {
		return typ.numbered(), nil
	}
	word := strings.ToUpper(text)
	for _, prefix := range []string{"LINKTYPE_", "DLT_"} {
		word = strings.TrimPrefix(word, prefix)
	}
	typ, ok := registry[word]
	if !ok {
		return "", fmt.Errorf(`want a protocol that has one (Ether, IP), a name of the registry ("RAW", "DLT_USB_LINUX") or its number, got %q`, text)
	}
	return typ.numbered(), nil
}
