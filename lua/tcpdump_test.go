package lua_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTcpdumpFindsNothingWrong has tcpdump read what the lab's taps saw and check every length and checksum.
func TestTcpdumpFindsNothingWrong(t *testing.T) {
	tcpdump, err := exec.LookPath("tcpdump")
	if err != nil {
		t.Skip("tcpdump is not installed")
	}
	for _, nat := range []string{"vmnat", "masquerade", "none"} {
		for _, format := range []string{"pcap", "pcapng"} {
			t.Run(nat+" "+format, func(t *testing.T) {
				file := filepath.Join(t.TempDir(), "taps."+format)
				inLab(t, nat).check(t, `local cap = capture()
					for _, up in ipairs{ICMP{}, ICMP{id=7, seq=1}/"odd", TCP{dport=57212}, TCP{dport=57213}, UDP{sport=4000, dport=57212}/"hello"} do
					  sr1(IP{dst="192.168.11.2"}/up)
					end
					sr1(IP{dst="192.168.11.2", ttl=1}/ICMP{})
					sr1(IP{dst="192.168.11.4"}/UDP{})
					sleep(1)
					local all = {}
					for _, tap in ipairs{cap.guest, cap.host} do for _, p in ipairs(tap) do all[#all+1] = p end end
					wrpcap("`+filepath.ToSlash(file)+`", all)`, "")
				out, err := exec.Command(tcpdump, "-vvnr", file).CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				if bad := regexp.MustCompile(`(?m)^.*(incorrect|wrong|bad |truncated|\[\|).*$`).Find(out); bad != nil {
					t.Errorf("tcpdump says: %s", bad)
				}
				for _, want := range []string{"Flags [S]", "Flags [S.]", "ICMP echo reply", "UDP"} {
					if !strings.Contains(string(out), want) {
						t.Errorf("tcpdump sees no %s in\n%s", want, out)
					}
				}
			})
		}
	}
}
