package main

import (
	"crypto/subtle"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"strings"
)

// serveMixed is what Clash and mihomo call a mixed port: the first byte tells SOCKS5, SOCKS4 and HTTP apart.
func serveMixed(raw net.Conn) {
	conn := buffer(raw)
	first, err := conn.reader.Peek(1)
	if err != nil {
		return
	}
	switch first[0] {
	case 5:
		serveSocks5(conn)
	case 4:
		serveSocks4(conn)
	default:
		serveClashHTTP(conn)
	}
}

func serveClashHTTP(conn *buffered) {
	for {
		request, err := http.ReadRequest(conn.reader)
		if err != nil {
			return
		}
		keep := strings.EqualFold(strings.TrimSpace(request.Header.Get("Proxy-Connection")), "keep-alive")
		if refusal := authenticate(request); refusal != nil {
			refusal.Close = !keep
			_ = refusal.Write(conn)
			if !keep {
				return
			}
			continue
		}
		if request.Method == http.MethodConnect {
			clashConnect(conn, request)
			return
		}
		if strings.EqualFold(request.Header.Get("Upgrade"), "websocket") {
			clashUpgrade(conn, request)
			return
		}
		forward(conn, request)
		if !keep {
			return
		}
	}
}

// clashConnect says yes before it knows: whoever cannot be reached then looks like a connection that ends without a byte.
func clashConnect(conn net.Conn, request *http.Request) {
	note("CONNECT", request.Host)
	_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
	server, err := dial(request.Host)
	if err != nil {
		return
	}
	relay(conn, server)
}

// clashUpgrade writes the request anew, which gives every header the spelling that net/http calls canonical.
func clashUpgrade(conn *buffered, request *http.Request) {
	note("upgrade", request.URL)
	server, err := dial(withPort(request.Host))
	if err != nil {
		return
	}
	defer server.Close()
	stripProxyHeaders(request)
	if request.Write(server) != nil {
		return
	}
	back := buffer(server)
	response, err := http.ReadResponse(back.reader, request)
	if err != nil {
		return
	}
	if response.Write(conn) == nil && response.StatusCode == http.StatusSwitchingProtocols {
		relay(conn, back)
	}
}

// authenticate gives the refusal, if there is to be one: 407 without a realm when nothing was offered, 403 when it was wrong.
func authenticate(request *http.Request) *http.Response {
	if *user == "" {
		return nil
	}
	given := request.Header.Get("Proxy-Authorization")
	if given == "" {
		refusal := answer(request, http.StatusProxyAuthRequired)
		refusal.Header.Set("Proxy-Authenticate", "Basic")
		return refusal
	}
	wanted := "Basic " + base64.StdEncoding.EncodeToString([]byte(*user+":"+*password))
	if subtle.ConstantTimeCompare([]byte(given), []byte(wanted)) == 1 {
		return nil
	}
	return answer(request, http.StatusForbidden)
}
