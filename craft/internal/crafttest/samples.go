package crafttest

import "strings"

// A Sample is bytes of one protocol, in hex.
type Sample struct {
	// Name is the protocol.
	Name string
	// Wire is the bytes in hex.
	Wire string
}

// Decoded are bytes of every protocol that gopacket reads for us, each as short as its decoder takes it.
func Decoded() []Sample {
	return []Sample{
		{"BFD", "20c0031800000001000000020" + "00f4240000f424000000000"},
		{"CiscoDiscovery", "02b40000" + "000100067377"},
		{"EAPOLKey", "02008a0010" + strings.Repeat("00", 90)},
		{"EthernetCTP", "0000" + "0200020000000001" + "01000700"},
		{"LCM", "4c43303200000001" + "6368616e6e656c00" + "6162636465666768"},
		{"LinkLayerDiscovery", "020704020000000001" + "0403056530" + "06020078" + "0a027377" + "0000"},
		{"ModbusTCP", "000100000006010300000001"},
		{"NortelDiscovery", "c0a800010000010c020101"},
		{"OSPF", "0201002c0a00000100000000000000000000000000000000ffffff00000a0201000000280a0000010a000002"},
		{"PFLog", "3d02" + strings.Repeat("00", 62)},
		{"PrismHeader", "4400000018000000" + "72613000000000000000000000000000"},
		{"RADIUS", "01050019" + strings.Repeat("01", 16) + "0105616263"},
		{"RUDP", "400901020000000000010000000200000003"},
		{"SFlow", "00000005000000010a000001000000000000000100000002" + "00000001" + "0000000100000020" + "0000000100000002" + strings.Repeat("00", 24)},
		{"SIP", HexOf("OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\nCSeq: 1 OPTIONS\r\n\r\n")},
		{"ASF", "01c8b1434335d954"}, {"ASFPresencePong", "2a00000000840000170000000000f100"}, {"Dot11", "be96ee36d4b706e132bf6c9ff9f4"},
		{"Dot11Ctrl", "00"}, {"Dot11CtrlAck", "49"}, {"Dot11CtrlBlockAck", "95"}, {"Dot11CtrlBlockAckReq", "00"}, {"Dot11CtrlCFEnd", "01"},
		{"Dot11CtrlCFEndAck", "03"}, {"Dot11CtrlCTS", "56"}, {"Dot11CtrlPowersavePoll", "00"}, {"Dot11CtrlRTS", "00"}, {"Dot11Data", "03"},
		{"Dot11DataCFAck", "c8"}, {"Dot11DataCFAckPoll", "03"}, {"Dot11DataCFPoll", "45"}, {"Dot11DataNull", "68"}, {"Dot11DataQOSCFAckPoll", "74"},
		{"Dot11DataQOSCFPoll", "c6"}, {"Dot11DataQOSData", "01"}, {"Dot11DataQOSDataCFAck", "00"}, {"Dot11DataQOSDataCFAckPoll", "2c"},
		{"Dot11DataQOSDataCFPoll", "00"}, {"Dot11DataQOSNull", "3e"}, {"Dot11InformationElement", "0000a9000000"}, {"Dot11MgmtATIM", "00"},
		{"Dot11MgmtAction", "00"}, {"Dot11MgmtActionNoAck", "5e"}, {"Dot11MgmtArubaWLAN", "00"}, {"Dot11MgmtAssociationReq", "00020300"},
		{"Dot11MgmtAssociationResp", "002600440000"}, {"Dot11MgmtAuthentication", "618d8913cae4"}, {"Dot11MgmtBeacon", "5ab867f7f6b96d78b96cdf09"},
		{"Dot11MgmtDeauthentication", "0300"}, {"Dot11MgmtDisassociation", "badd"}, {"Dot11MgmtMeasurementPilot", "00"}, {"Dot11MgmtProbeReq", "00"},
		{"Dot11MgmtProbeResp", "000000000b00000000000000"}, {"Dot11MgmtReassociationReq", "00000000000000000000"}, {"Dot11MgmtReassociationResp", "00"},
		{"Dot11WEP", "00"}, {"ERSPAN", "8fec21a640f1ec5c"}, {"EtherIP", "d11a"}, {"FDDI", "004f00000000000000b3000000"},
		{"IPSecAH", "020103030100010101010103"}, {"IPSecESP", "0100000003010300"}, {"RMCP", "01030303"}, {"RadioTap", "0000000000000000"},
		{"UDPLite", "7a81e42a3ff23704"}, {"USB", "3ed2e55dddc5b9dbefa5257d9962c46046522bff131dc39290e289d800294e73a1077a9193a21678"}, {"USBBulk", "02"},
		{"USBControl", "01"}, {"USBInterrupt", "02"}, {"USBRequestBlockSetup", "70cdd50b4a62cda7"},
	}
}
