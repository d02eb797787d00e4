package layers

import (
	"bytes"
	"strings"

	"github.com/moonwire/moonwire/craft"
)

// The Hypertext Transfer Protocol, version 1: RFC 9112. A message is the layer HTTP, which has no bytes itself, its
// head, and the body as Raw. What of a stream does not begin like a message is Raw alone.
const (
	// HTTP is what TCP carries on HTTP's ports.
	HTTP craft.Name = "HTTP"
	// HTTPRequest is the head of a question.
	HTTPRequest craft.Name = "HTTPRequest"
	// HTTPResponse is the head of an answer.
	HTTPResponse craft.Name = "HTTPResponse"
)

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: HTTP, Doc: "Hypertext Transfer Protocol 1, RFC 9112",
		Binds: []craft.Binding{
			craft.Over(TCP, "dport", 80), craft.Over(TCP, "sport", 80), craft.ReadOver(TCP, "dport", 8080), craft.ReadOver(TCP, "sport", 8080),
		},
		Hooks: craft.Hooks{
			Accepts:      func(b []byte) bool { return httpMessage(b) != craft.Raw },
			GuessPayload: func(_ *craft.Layer, b []byte) craft.Name { return httpMessage(b) },
			Answers: func(m craft.Match, i, j int) (bool, string) {
				if i+1 >= len(m.Reply.Layers()) || j+1 >= len(m.Question.Layers()) || m.Reply.Layers()[i+1].Name() != HTTPResponse || m.Question.Layers()[j+1].Name() != HTTPRequest {
					return false, "it is no response to a request"
				}
				return true, "a response answers a request"
			},
		},
	}
})

// httpMessage names the kind of message that b begins with, by its first line; Raw is none.
func httpMessage(b []byte) craft.Name {
	line, _, whole := bytes.Cut(b, []byte("\r\n"))
	if !whole {
		return craft.Raw
	}
	words := strings.SplitN(string(line), " ", 3)
	if len(words) > 1 && isHTTPVersion(words[0]) && len(words[1]) == 3 && isDigits(words[1]) {
		return HTTPResponse
	}
	if len(words) == 3 && isMethod(words[0]) && isHTTPVersion(words[2][strings.LastIndexByte(words[2], ' ')+1:]) {
		return HTTPRequest
	}
	return craft.Raw
}

// isHTTPVersion reports whether a word is HTTP/1.1 or its like: version 2 is another protocol.
func isHTTPVersion(word string) bool {
	return len(word) == len("HTTP/1.1") && (strings.HasPrefix(word, "HTTP/1.") || strings.HasPrefix(word, "HTTP/0.")) && isDigits(word[7:])
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// isMethod reports whether a word may be a method: all that there are have capital letters, and some a hyphen.
func isMethod(s string) bool { return s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "" }

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: HTTPRequest, Doc: "head of an HTTP request, RFC 9112, section 3",
		Fields: httpHead([]craft.Field{
			{Name: "Method", Kind: craft.Text, Part: httpWord(), Initial: []byte("GET "), Doc: "what is to be done"},
			{Name: "Path", Kind: craft.Text, Part: httpWord(), Initial: []byte("/ "), Doc: "with what"},
			{Name: "Http_Version", Kind: craft.Text, Part: httpLine(), Initial: []byte("HTTP/1.1\r\n"), Doc: "version"},
		}, requestHeaders),
		Hooks: craft.Hooks{Summary: httpSummary},
	}
})

var _ = define(func() craft.Spec {
	return craft.Spec{
		Name: HTTPResponse, Doc: "head of an HTTP response, RFC 9112, section 4",
		Fields: httpHead([]craft.Field{
			{Name: "Http_Version", Kind: craft.Text, Part: httpWord(), Initial: []byte("HTTP/1.1 "), Doc: "version"},
			{Name: "Status_Code", Kind: craft.Text, Part: httpWord(), Initial: []byte("200 "), Doc: "what came of the request"},
			{Name: "Reason_Phrase", Kind: craft.Text, Part: httpLine(), Initial: []byte("OK\r\n"), Doc: "the same for people"},
		}, responseHeaders),
		Hooks: craft.Hooks{Summary: httpSummary},
	}
})

// httpSummary is the first line of the message.
func httpSummary(p *craft.Packet, i int) string {
	var words []string
	for _, f := range p.Layers()[i].Protocol().Fields()[:3] {
		words = append(words, p.Layers()[i].Text(f.Name))
	}
	return strings.Join(words, " ")
}

// The headers that have a field of their own, by scapy's names: the header's with _ for -. More headers than fields may
// have are in Unknown_Headers.
const (
	requestHeaders = "A_IM Accept Accept_Charset Accept_Datetime Accept_Encoding Accept_Language Access_Control_Request_Headers " +
		"Access_Control_Request_Method Authorization Cache_Control Connection Content_Length Content_MD5 Content_Type Cookie DNT Date Expect " +
		"Forwarded From Front_End_Https HTTP2_Settings Host If_Match If_Modified_Since If_None_Match If_Range If_Unmodified_Since Keep_Alive " +
		"Max_Forwards Origin Permanent Pragma Proxy_Authorization Proxy_Connection Range Referer Save_Data TE Upgrade " +
		"Upgrade_Insecure_Requests User_Agent Via Warning X_ATT_DeviceId X_Correlation_ID X_Csrf_Token X_Forwarded_For X_Forwarded_Host " +
		"X_Forwarded_Proto X_Http_Method_Override X_Request_ID X_Requested_With X_UIDH X_Wap_Profile"
	responseHeaders = "Accept_Patch Accept_Ranges Access_Control_Allow_Credentials Access_Control_Allow_Headers Access_Control_Allow_Methods " +
		"Access_Control_Allow_Origin Access_Control_Expose_Headers Access_Control_Max_Age Age Allow Alt_Svc Cache_Control Connection " +
		"Content_Disposition Content_Encoding Content_Language Content_Length Content_Location Content_MD5 Content_Range " +
		"Content_Security_Policy Content_Type Date Delta_Base ETag Expires IM Keep_Alive Last_Modified Link Location P3P Permanent Pragma " +
		"Proxy_Authenticate Public_Key_Pins Refresh Retry_After Server Set_Cookie Status Strict_Transport_Security Timing_Allow_Origin Tk " +
		"Trailer Transfer_Encoding Upgrade Vary Via WWW_Authenticate Warning X_Content_Type_Options X_Correlation_ID X_Frame_Options " +
		"X_Powered_By X_Request_ID X_UA_Compatible X_XSS_Protection"
)
