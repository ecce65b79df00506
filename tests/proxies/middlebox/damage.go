package main

import (
	"io"
	"net"
	"net/http"
	"strings"
)

// damages change the lines of a request that passes; the first one is the request line. What is no HTTP does not pass.
var damages = map[string]func(lines []string) []string{
	// RFC 9110, 5.3: the order of fields with different names does not matter.
	"order": func(lines []string) []string {
		for i, j := 1, len(lines)-1; i < j; i, j = i+1, j-1 {
			lines[i], lines[j] = lines[j], lines[i]
		}
		return lines
	},
	"additions": func(lines []string) []string {
		return append(lines, "X-Forwarded-For: 10.0.0.1", "Connection: close", "Upgrade: h2c", "Accept-Encoding: gzip",
			"Sec-WebSocket-Extensions: permessage-deflate", "Sec-WebSocket-Protocol: chat")
	},
	"list":     replace("Connection: Upgrade", "Connection: keep-alive, Upgrade"),
	"absolute": replace("GET / ", "GET http://board.test:8266/ "),
	"http-1.0": replace("HTTP/1.1", "HTTP/1.0"),
	// The value is compared without regard to case (RFC 6455, 4.2.1), but not by a board since 1.20.
	"value-case": replace("Upgrade: websocket", "Upgrade: WebSocket"),
	"lower": func(lines []string) []string {
		for i, line := range lines[1:] {
			name, value, _ := strings.Cut(line, ":")
			lines[i+1] = strings.ToLower(name) + ":" + value
		}
		return lines
	},
	"without-key": replace("Sec-WebSocket-Key:", "X-Key:"),
	"other-key":   replace("Sec-WebSocket-Key: ", "Sec-WebSocket-Key: A"),
	// RFC 9112, 5.2, forbids to send it.
	"fold": replace("Connection: Upgrade", "Connection:\r\n Upgrade"),
}

func replace(from, to string) func([]string) []string {
	return func(lines []string) []string {
		for i := range lines {
			lines[i] = strings.Replace(lines[i], from, to, 1)
		}
		return lines
	}
}

// serveDamaging takes connections meant for the board and passes each request on with one damage, byte for byte besides.
func serveDamaging(raw net.Conn) {
	conn := buffer(raw)
	var lines []string
	for {
		line, err := conn.reader.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		lines = append(lines, line)
		if !strings.Contains(lines[0], " HTTP/1.") {
			return
		}
	}
	server, err := dial(*target)
	if err != nil {
		return
	}
	defer server.Close()
	lines = damages[*damage](lines)
	if _, err := io.WriteString(server, strings.Join(lines, "\r\n")+"\r\n\r\n"); err == nil {
		relay(conn, server)
	}
}

// serveRefusing is a reverse proxy that lets no WebSocket through.
func serveRefusing(raw net.Conn) {
	conn := buffer(raw)
	request, err := http.ReadRequest(conn.reader)
	if err != nil {
		return
	}
	if request.Header.Get("Upgrade") != "" {
		refusal := answer(request, http.StatusForbidden)
		refusal.Close = true
		_ = refusal.Write(conn)
		return
	}
	request.URL.Scheme, request.URL.Host = "http", *target
	forward(conn, request)
}
