package lua_test

import (
	"context"
	"strings"
	"testing"
)

// ping asks twice in the lab, and leaves the answers in ans.
const ping = `ans = sr(IP{dst="192.168.11.2"}/ICMP{seq={1,2}}) `

// asked is the summary of each of them.
const asked = "IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0 ==> IP / ICMP 192.168.11.2 > 10.0.2.100 echo-reply 0"

func TestAnswers(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"fields", `local a = ans[2] print(a.sent[ICMP].seq, a.answer[ICMP].seq, a.rtt > 0)`, "2\t2\ttrue"},
		{"by number, as in scapy", `local q, r = ans[1][1], ans[1][2] print(rawequal(q, ans[1].sent), rawequal(r, ans[1].answer), ans[1][3], #ans[1])`, "true\ttrue\tnil\t2"},
		{"an edit stays", `ans[1].answer[IP].ttl = 7 print(ans[1].answer[IP].ttl, ans[1][2][IP].ttl)`, "7\t7"},
		{"a row as text", `print(tostring(ans[1]) == ans[1].sent:summary() .. " ==> " .. ans[1].answer:summary() .. " (10.200 ms)")`, "true"},
		{"in a loop", `for i, a in ipairs(ans) do print(i, a.answer[ICMP].seq) end`, "1\t1\n2\t2"},
		{"sorted", `table.sort(ans, function(a, b) return a.sent[ICMP].seq > b.sent[ICMP].seq end) print(ans[1].sent[ICMP].seq)`, "2"},
		{"as keys", `local seen = {} for _, a in ipairs(ans) do seen[a.sent] = a.rtt end print(seen[ans[2].sent] == ans[2].rtt)`, "true"},
		{"a summary shows what a script put there as it is", `table.insert(ans, 1, 7) ans:summary()`, "7\n" + asked + "\n" + asked},
		{"a list walks itself", `for s, r, rtt in ans do print(rawequal(s, ans[1].sent) or rawequal(s, ans[2].sent), r[ICMP].type, rtt) end`, "true\t0\t0.0102\ntrue\t0\t0.0102"},
		{"summary of what a function makes of both", `ans:summary(function(s, r) return s[IP].dst, r[ICMP].type end)`, "192.168.11.2\t0\n192.168.11.2\t0"},
		{"summary by names", `ans:summary{lfilter=function(s, r) return r[ICMP].seq == 2 end, prn=function(s, r, rtt) return rtt end}`, "0.0102"},
		{"nsummary", `ans:nsummary(nil, function(s, r) return r[ICMP].seq == 2 end)`, "0002 " + asked},
		{"filter", `local f = ans:filter(function(s, r) return r[ICMP].seq == 2 end) print(#f, f[1].sent[ICMP].seq, getmetatable(f), f)`, "1\t2\tlist of answers\t<1 answer: TCP:0 UDP:0 ICMP:1 Other:0>"},
		{"sort", `ans:sort(function(s, r, rtt) return -s[ICMP].seq end) print(ans[1].sent[ICMP].seq)`, "2"},
		{"those with a layer", `print(#ans[ICMP], #ans[TCP])`, "2\t0"},
		{"make_table", `ans:tail(2):make_table(function(s, r) return s[IP].dst, s[ICMP].seq, r:sprintf("%ICMP.type%") end)`, "  192.168.11.2 \n1 echo-reply   \n2 echo-reply   "},
		{"conversations are of what came", `print(ans:conversations():csv("src", "dst", "packets"))`, "src,dst,packets\n192.168.11.2,10.0.2.100,2"},
		{"CSV", `print(ans:csv()) print(ans:csv("sent.ICMP.seq", "answer.ICMP.type", "answer.src", "rtt", {header=false}))`,
			"number,sent.summary,answer.summary,rtt\n1," + strings.ReplaceAll(asked, " ==> ", ",") + ",0.0102\n2," + strings.ReplaceAll(asked, " ==> ", ",") + ",0.0102\n1,0,192.168.11.2,0.0102\n2,0,192.168.11.2,0.0102"},
		{"JSON", `local one = ans:head(1) print(one:json() == '[{"sent":' .. ans[1].sent:json() .. ',"answer":' .. ans[1].answer:json() .. ',"rtt":0.0102}]')`, "true"},
		{"a series", `print(ans:plot(function(s, r, rtt) return rtt end):csv())`, "x,y\n1,0.0102\n2,0.0102"},
		{"found again in a capture", `local cap = capture() sr1(IP{dst="192.168.11.2"}/ICMP{id=9}) local found, rest = cap.guest:sr()
			print(#found, #rest, rawequal(found[1].sent, cap.guest[1]), found[1].rtt > 0.01, found)`,
			"1\t0\ttrue\ttrue\t<1 answer: TCP:0 UDP:0 ICMP:1 Other:0>"},
		{"found without times", `local found = PacketList{IP{src="10.0.0.1", dst="10.0.0.2"}/ICMP, IP{src="10.0.0.2", dst="10.0.0.1"}/ICMP{type=0}}:sr() print(#found, found[1].rtt, (tostring(found[1]):gsub(".*%(", "(")))`,
			"1\tnil\t(? ms)"},
		{"its kind", `print(type(ans[1]), getmetatable(ans[1]))`, "userdata\tquestion and answer"},
	} {
		t.Run(c.name, func(t *testing.T) { inLab(t, "").check(t, ping+c.chunk, c.want) })
	}
}

func TestMistakesWithAnswersAreNamed(t *testing.T) {
	for chunk, want := range map[string]string{
		`print(ans[1].answr)`:                          `question and answer: no field "answr"; there are sent, answer and rtt; did you mean answer?`,
		`print(ans[1][0])`:                             `question and answer: lists begin at 1`,
		`ans:summary(5)`:                               `summary: prn: want a function, got number`,
		`ans:summary{prn=print, x=1}`:                  `no option "x"; there are prn, lfilter`,
		`ans:csv("IP.src")`:                            `csv: no column "IP.src" of answers; there are number, rtt, and what stands behind sent. and answer., as in "sent.IP.dst", "answer.summary"`,
		`ans:csv("sent.IP.scr")`:                       `csv: IP has no field "scr"; did you mean src?`,
		`ans(1)`:                                       `a list is not called`,
		`ans:replace("IP.ttl", 1)`:                     `list of answers: no method "replace"`,
		`table.insert(ans, 7) for s, r in ans do end`:  `for: element 3: want an answer, got number`,
		`table.insert(ans, 7) ans:conversations()`:     `conversations: element 3: want an answer, got number`,
		`ans:filter(function(a) return a.rtt > 1 end)`: `no field or method "rtt"`,
		`print(ans[1].query)`:                          `question and answer: no field "query"; there are sent, answer and rtt; here: a.sent`,
		`ans[1].rtt = 3`:                               `question and answer: rtt cannot be set; its packets can be edited`,
		`print(ans.x)`:                                 `list of answers: no method "x"; there are summary, nsummary, show, filter, sort`,
	} {
		t.Run(chunk, func(t *testing.T) {
			_, err := inLab(t, "").Run(context.Background(), "test", ping+chunk)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestAnswersAtThePrompt(t *testing.T) {
	s := inLab(t, "")
	s.enter(t, ping)
	for _, c := range []struct{ entry, want string }{
		{`ans`, "2 answers\n    1  IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0  ==>  IP / ICMP 192.168.11.2 > 10.0.2.100 echo-reply 0"},
		{`ans[1]`, "IP / ICMP 10.0.2.100 > 192.168.11.2 echo-request 0 ==> "},
		{`table.insert(ans, 1, "mine") return ans`, "3 answers\n    1  mine\n    2  IP / ICMP"},
		{`ans:tail(2):make_table(function(s, r) return s[IP].dst, s[ICMP].seq, r[ICMP].type end)`, ""},
		{`_`, "2 rows\n       y  192.168.11.2\n    1  1             0\n    2  2             0"},
		{`help(ans[2])`, ""},
	} {
		if got := s.enter(t, c.entry); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.entry, got, c.want)
		}
	}
	if !strings.Contains(s.out.String(), "a.rtt") {
		t.Errorf("help printed %s", s.out.String())
	}
}
