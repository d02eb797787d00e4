package layers_test

import (
	"strings"
	"testing"

	"github.com/moonwire/moonwire/craft"
	"github.com/moonwire/moonwire/craft/internal/crafttest"
	"github.com/moonwire/moonwire/craft/layers"
)

var goldenHTTP = []goldenPacket{
	{"HTTP request", stack(layers.HTTP.New(), layers.HTTPRequest.New()), crafttest.HexOf("GET / HTTP/1.1\r\n\r\n")},
	{"HTTP request over TCP", stack(layers.TCP.New(), layers.HTTP.New(), layers.HTTPRequest.New("User_Agent", "x", "Host", "a")),
		"0050005000000000000000005002200000000000" + crafttest.HexOf("GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\n\r\n")},
	{"HTTP request with headers of its own", stack(layers.HTTPRequest.New("Unknown_Headers", []any{[]any{"Z", "1"}, []any{"A", "2"}}, "Host", "h", "Accept", "x")),
		crafttest.HexOf("GET / HTTP/1.1\r\nAccept: x\r\nHost: h\r\nZ: 1\r\nA: 2\r\n\r\n")},
	{"HTTP request with odd names", stack(layers.HTTPRequest.New("HTTP2_Settings", "a", "DNT", 1, "X_ATT_DeviceId", 2, "TE", "x", "A_IM", "y")),
		crafttest.HexOf("GET / HTTP/1.1\r\nA-IM: y\r\nDNT: 1\r\nHTTP2-Settings: a\r\nTE: x\r\nX-ATT-DeviceId: 2\r\n\r\n")},
	{"HTTP response", stack(layers.HTTPResponse.New()), crafttest.HexOf("HTTP/1.1 200 OK\r\n\r\n")},
	{"HTTP response with headers", stack(layers.HTTPResponse.New("ETag", "1", "WWW_Authenticate", "b", "X_XSS_Protection", 1, "P3P", "x", "IM", "y")),
		crafttest.HexOf("HTTP/1.1 200 OK\r\nETag: 1\r\nIM: y\r\nP3P: x\r\nWWW-Authenticate: b\r\nX-XSS-Protection: 1\r\n\r\n")},
	{"HTTP response with a body", stack(layers.HTTP.New(), layers.HTTPResponse.New("Status_Code", 404, "Reason_Phrase", "Not Found", "Content_Length", 3), craft.Raw.New("load", "abc")),
		crafttest.HexOf("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc")},
}

func TestWhatLooksLikeHTTPIsHTTP(t *testing.T) {
	for _, c := range []struct{ load, want string }{
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", `TCP / HTTP / "GET" "/" "HTTP/1.1" / Raw`},
		{"HTTP/1.1 404 Not Found\r\n\r\n", `TCP / HTTP / "HTTP/1.1" "404" "Not Found"`},
		{"HTTP/1.1 404\r\n\r\n", `TCP / HTTP / "HTTP/1.1" "404" ""`},
		{"BREW /pot HTTP/1.0\r\n\r\n", `TCP / HTTP / "BREW" "/pot" "HTTP/1.0"`},
		{"PUT /x y HTTP/1.1\r\n\r\n", `TCP / HTTP / "PUT" "/x" "y HTTP/1.1"`},
		{"GET / HTTP/1.1\r\nHost: exam", `TCP / HTTP / "GET" "/" "HTTP/1.1" [truncated: no blank line behind the headers]`},
		{"GET / HTTP/1.1\r\n", `TCP / HTTP / "GET" "/" "HTTP/1.1" [truncated: no blank line behind the headers]`},
		{"GET /\r\n\r\n", "TCP 1 > 80 S / Raw"},
		{"GET / HTTP/1.1", "TCP 1 > 80 S / Raw"},
		{"get / HTTP/1.1\r\n\r\n", "TCP 1 > 80 S / Raw"},
		{"GET / HTTP/1.1\nHost: a\n\n", "TCP 1 > 80 S / Raw"},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "TCP 1 > 80 S / Raw"},
		{"HTTP/1.1 20 OK\r\n\r\n", "TCP 1 > 80 S / Raw"},
		{"\r\n\r\n", "TCP 1 > 80 S / Raw"},
		{"\x16\x03\x01", "TCP 1 > 80 S / Raw"},
	} {
		wire, err := craft.Build(craft.Stack(layers.TCP.New("sport", 1, "dport", 80), craft.Raw.New("load", c.load)), nil)
		if err != nil {
			t.Fatal(err)
		}
		p := craft.Dissect(wire, layers.TCP)
		if got := p.Summary(); got != c.want {
			t.Errorf("%q: got %s, want %s", c.load, got, c.want)
		}
		crafttest.Rebuilt(t, p, wire)
	}
}

// odd is a head as no one would build it.
const odd = "GET  /a HTTP/1.1\r\nhOST:a\r\nX-Own:  1 \r\nCookie: a=1\r\njunk\r\ncookie: b=2\r\nAccept: text/html,\r\n  text/plain\r\nEmpty:\r\n\r\nbody"

func TestHTTPHeadsKeepTheirOrderAndSpelling(t *testing.T) {
	p := craft.Dissect([]byte(odd), layers.HTTPRequest)
	crafttest.Rebuilt(t, p, []byte(odd))
	l := p.Layers()[0]
	for field, want := range map[string]string{
		"Method": `"GET"`, "Path": `""`, "Http_Version": `"/a HTTP/1.1"`, "Host": `"a"`, "Cookie": `"b=2"`, "Accept": `"text/html, text/plain"`,
		"Unknown_Headers": `{{"X-Own", "1"}, {"Empty", ""}}`, "User_Agent": "None",
		"headers": `{{"hOST", "a"}, {"X-Own", "1"}, {"Cookie", "a=1"}, raw"junk\r\n", {"cookie", "b=2"}, {"Accept", "text/html, text/plain"}, {"Empty", ""}}`,
	} {
		if got := l.Text(field); got != want {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
	if got, want := strings.Join(l.Fields(), " "), "Method Path Http_Version Accept Cookie Host Unknown_Headers headers"; got != want {
		t.Errorf("fields: got %s, want %s", got, want)
	}
	for field, value := range map[string]any{"Host": "b", "User_Agent": "moonwire", "Cookie": "c=3"} {
		if err := l.Set(field, value); err != nil {
			t.Fatal(err)
		}
	}
	changed := strings.NewReplacer("hOST:a", "hOST: b", "cookie: b=2", "cookie: c=3", "Empty:\r\n", "Empty:\r\nUser-Agent: moonwire\r\n").Replace(odd)
	crafttest.Rebuilt(t, p, []byte(changed))
	if err := l.Clear("Cookie"); err != nil {
		t.Fatal(err)
	}
	crafttest.Rebuilt(t, p, []byte(strings.NewReplacer("Cookie: a=1\r\n", "", "cookie: c=3\r\n", "").Replace(changed)))
	if got := l.Text("Cookie"); got != "None" {
		t.Errorf("a header that was taken away: %s", got)
	}
}

func TestHTTPHeadersThatWereSetAreTold(t *testing.T) {
	p := craft.Stack(layers.HTTPRequest.New("Host", "a", "Accept", "b"))
	if got, want := p.Command(), `HTTPRequest{Accept="b", Host="a"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := p.Layers()[0].Set("Host", "a\r\nInjected: yes"); err != nil {
		t.Fatal(err)
	}
	crafttest.Rebuilt(t, p, []byte("GET / HTTP/1.1\r\nAccept: b\r\nHost: a\r\nInjected: yes\r\n\r\n"))
	if got, want := p.Command(), `HTTPRequest{headers={{"Accept", "b"}, {"Host", "a"}, {"Injected", "yes"}}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	cut := craft.Stack(layers.HTTPRequest.New("headers", []any{[]any{"Host", "a"}, craft.Verbatim("Acc")}))
	crafttest.Rebuilt(t, cut, []byte("GET / HTTP/1.1\r\nHost: a\r\nAcc"))
	none := craft.Stack(layers.HTTPRequest.New("headers", craft.Verbatim("")))
	crafttest.Rebuilt(t, none, []byte("GET / HTTP/1.1\r\n"))
}

func TestHTTPMistakesAreNamed(t *testing.T) {
	for _, c := range []struct {
		field string
		value any
		want  string
	}{
		{"headers", "Host: a", `HTTPRequest.headers: want headers such as {{"Host", "a"}, {"Accept", "*/*"}}, got Host: a`},
		{"headers", []any{"Host"}, `HTTPRequest.headers: element 1: want a header such as {"Host", "a"}, got Host`},
		{"Host", []any{"a"}, `HTTPRequest.Host: want a string, got [a]`},
		{"host", "a", `HTTPRequest has no field "host"; it has `},
	} {
		if err := layers.HTTPRequest.New().Set(c.field, c.value); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestHTTPAnswers(t *testing.T) {
	request, response := craft.Stack(layers.HTTP.New(), layers.HTTPRequest.New()), craft.Stack(layers.HTTP.New(), layers.HTTPResponse.New())
	if !craft.Answers(response, request) {
		t.Errorf("a response: %s", craft.Why(response, request))
	}
	if craft.Answers(craft.Stack(layers.HTTP.New(), layers.HTTPRequest.New("Path", "/b")), request) {
		t.Error("a request answers a request")
	}
}
