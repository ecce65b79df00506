package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// No environment and no compression of its own: what is measured is what net/http does to a request.
var transport = &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}

// serveNaive is a forward proxy as one writes it in twenty lines of Go.
func serveNaive(raw net.Conn) {
	tunnelOrForward(raw, "HTTP/1.1 200 OK\r\n\r\n", relay)
}

// serveInspecting opens the tunnel and reads and writes the HTTP inside it, as security software does.
func serveInspecting(raw net.Conn) {
	tunnelOrForward(raw, "HTTP/1.1 200 Connection established\r\n\r\n", rewrite)
}

// serveHalf passes nothing from the client on, after its request.
func serveHalf(raw net.Conn) {
	tunnelOrForward(raw, "HTTP/1.1 200 Connection established\r\n\r\n", relayHalf)
}

func serveSlow(raw net.Conn) {
	tunnelOrForward(raw, "HTTP/1.1 200 Connection established\r\n\r\n", func(client, server net.Conn) {
		relay(paced{client, *pace}, paced{server, *pace})
	})
}

// serveGarbage answers everything with bytes that are no HTTP.
func serveGarbage(raw net.Conn) {
	conn := buffer(raw)
	if _, err := http.ReadRequest(conn.reader); err == nil {
		_, _ = conn.Write([]byte("\x00\xff\x13garbage\r\n\r\n\x80\x81\x82"))
	}
}

// serveTransparent takes connections meant for the board and gives it each request as net/http would have written it.
func serveTransparent(raw net.Conn) {
	server, err := dial(*target)
	if err != nil {
		return
	}
	rewrite(raw, server)
}

func tunnelOrForward(raw net.Conn, established string, carry func(client, server net.Conn)) {
	conn := buffer(raw)
	request, err := http.ReadRequest(conn.reader)
	if err != nil {
		return
	}
	if refusal := authenticate(request); refusal != nil {
		refusal.Close = true
		_ = refusal.Write(conn)
		return
	}
	if request.Method != http.MethodConnect {
		forward(conn, request)
		return
	}
	note("CONNECT", request.Host)
	if *only != "" && !strings.HasSuffix(request.Host, ":"+*only) {
		_ = answer(request, http.StatusForbidden).Write(conn)
		return
	}
	server, err := dial(request.Host)
	if err != nil {
		refuse(conn, request, err)
		return
	}
	if _, err := io.WriteString(conn, established); err == nil {
		carry(conn, server)
	}
	server.Close()
}

func rewrite(client, server net.Conn) {
	defer server.Close()
	conn := buffer(client)
	request, err := http.ReadRequest(conn.reader)
	if err != nil || request.Write(server) != nil {
		return
	}
	relay(conn, server)
}

// forward sends a request on through net/http's client side, which drops what concerns only this hop: Connection and Upgrade.
func forward(conn net.Conn, request *http.Request) {
	note(request.Method, request.URL)
	stripProxyHeaders(request)
	request.RequestURI = ""
	request.Header.Del("Connection")
	request.Header.Del("Upgrade")
	if request.URL.Host == "" {
		refuse(conn, request, fmt.Errorf("not a request for a proxy"))
		return
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		refuse(conn, request, err)
		return
	}
	defer response.Body.Close()
	_ = response.Write(conn)
}

func refuse(conn net.Conn, request *http.Request, why error) {
	refusal := answer(request, http.StatusBadGateway)
	text := why.Error() + "\n"
	refusal.Body = io.NopCloser(strings.NewReader(text))
	refusal.ContentLength = int64(len(text))
	refusal.Close = true
	_ = refusal.Write(conn)
}

func answer(request *http.Request, status int) *http.Response {
	return &http.Response{
		StatusCode: status,
		Status:     fmt.Sprintf("%d %s", status, http.StatusText(status)),
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
		Request:    request,
		Header:     http.Header{},
	}
}

func stripProxyHeaders(request *http.Request) {
	for _, name := range []string{"Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate"} {
		request.Header.Del(name)
	}
}

func withPort(host string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return net.JoinHostPort(host, "80")
}
