package lua_test

import (
	"context"
	"strings"
	"testing"
)

// ping asks twice in the lab, and leaves the answers in ans.
const ping = `ans = sr(IP{dst="192.168.11.2"}/ICMP{seq={1,2}}) `

func TestAnswers(t *testing.T) {
	for _, c := range []struct{ name, chunk, want string }{
		{"fields", `local a = ans[2] print(a.sent[ICMP].seq, a.answer[ICMP].seq, a.rtt > 0)`, "2\t2\ttrue"},
		{"by number, as in scapy", `local q, r = ans[1][1], ans[1][2] print(rawequal(q, ans[1].sent), rawequal(r, ans[1].answer), ans[1][3], #ans[1])`, "true\ttrue\tnil\t2"},
		{"an edit stays", `ans[1].answer[IP].ttl = 7 print(ans[1].answer[IP].ttl, ans[1][2][IP].ttl)`, "7\t7"},
		{"a row as text", `print(tostring(ans[1]) == ans[1].sent:summary() .. " ==> " .. ans[1].answer:summary() .. " (" .. ans[1].rtt .. " s)")`, "true"},
		{"in a loop", `for i, a in ipairs(ans) do print(i, a.answer[ICMP].seq) end`, "1\t1\n2\t2"},
		{"sorted", `table.sort(ans, function(a, b) return a.sent[ICMP].seq > b.sent[ICMP].seq end) print(ans[1].sent[ICMP].seq)`, "2"},
		{"as keys", `local seen = {} for _, a in ipairs(ans) do seen[a.sent] = a.rtt end print(seen[ans[2].sent] == ans[2].rtt)`, "true"},
		{"summaries pass over what a script put there", `table.insert(ans, 1, 7) print(select(2, ans:summary():gsub("==>", "")))`, "2"},
		{"its kind", `print(type(ans[1]), getmetatable(ans[1]))`, "userdata\tquestion and answer"},
	} {
		t.Run(c.name, func(t *testing.T) { inLab(t, "").check(t, ping+c.chunk, c.want) })
	}
}

func TestMistakesWithAnswersAreNamed(t *testing.T) {
	for chunk, want := range map[string]string{
		`print(ans[1].answr)`: `question and answer: no field "answr"; there are sent, answer and rtt; did you mean answer?`,
		`print(ans[1][0])`:    `question and answer: lists begin at 1`,
		`ans[1].rtt = 3`:      `question and answer: rtt cannot be set; its packets can be edited`,
		`print(ans.x)`:        `list of answers: no method "x"; there are summary`,
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
