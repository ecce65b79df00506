package main

import (
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// damages change the lines of a request that passes; the first one is the request line.
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

// serveDamaging takes connections meant for the board and does one damage to each request or answer; all else passes byte
// for byte. What is no HTTP does not pass.
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
	if change := damages[*damage]; change != nil {
		lines = change(lines)
	}
	if _, err := io.WriteString(server, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		return
	}
	if spoil := answers[*damage]; spoil != nil && spoil(raw, buffer(server)) {
		return
	}
	relay(conn, server)
}

// answers spoil what a board says; true when that was the end.
var answers = map[string]func(client net.Conn, board *buffered) bool{
	"answer-lower": head(func(head string) []string {
		for _, name := range []string{"Upgrade", "Connection", "Sec-WebSocket-Accept"} {
			head = strings.Replace(head, name+":", strings.ToLower(name)+":", 1)
		}
		return []string{head}
	}),
	"answer-additions": head(func(head string) []string {
		added := "Server: x\r\nVia: 1.1 x\r\nTransfer-Encoding: chunked\r\nX-Padding: " + strings.Repeat("x", 8000)
		return []string{strings.Replace(head, "Connection: Upgrade", "Connection: keep-alive, Upgrade\r\n"+added, 1)}
	}),
	"answer-interim": head(func(head string) []string {
		return []string{"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", head}
	}),
	"answer-fold": head(func(head string) []string {
		return []string{strings.Replace(head, "Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept:\r\n ", 1)}
	}),
	"answer-halves": head(func(head string) []string { return []string{head[:60], head[60:]} }),
	"answer-late": head(func(head string) []string {
		time.Sleep(4 * time.Second)
		return []string{head}
	}),
	"answer-slow": func(client net.Conn, board *buffered) bool {
		_, _ = io.Copy(&paced{client, 100 * time.Millisecond}, board)
		return true
	},
	"answer-subprotocol": head(func(head string) []string {
		return []string{strings.TrimSuffix(head, "\r\n") + "Sec-WebSocket-Protocol: chat\r\n\r\n"}
	}),
	"answer-flood": head(func(head string) []string {
		return []string{strings.TrimSuffix(head, "\r\n") + "X-Padding: " + strings.Repeat("x", 1<<20) + "\r\n\r\n"}
	}),
	"answer-reset": func(client net.Conn, board *buffered) bool {
		some := make([]byte, 40)
		_, _ = io.ReadFull(board, some)
		_, _ = client.Write(some)
		time.Sleep(50 * time.Millisecond)
		_ = client.(*net.TCPConn).SetLinger(0)
		return true
	},
	"request-reset": func(client net.Conn, _ *buffered) bool {
		_ = client.(*net.TCPConn).SetLinger(0)
		return true
	},
}

// head changes the head of an answer that switches protocols, and sends the parts in packets of their own; the last one
// goes out with the first frame.
func head(change func(head string) []string) func(net.Conn, *buffered) bool {
	return func(client net.Conn, board *buffered) bool {
		var head strings.Builder
		for !strings.HasSuffix(head.String(), "\r\n\r\n") {
			line, err := board.reader.ReadString('\n')
			if err != nil {
				return true
			}
			head.WriteString(line)
		}
		parts := []string{head.String()}
		if strings.HasPrefix(parts[0], "HTTP/1.1 101 ") {
			parts = change(parts[0])
		}
		frame := make([]byte, 512)
		n, _ := board.Read(frame)
		parts[len(parts)-1] += string(frame[:n])
		for _, part := range parts {
			if _, err := io.WriteString(client, part); err != nil {
				return true
			}
			time.Sleep(20 * time.Millisecond)
		}
		return false
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
