package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"time"
)

// buffered is a connection of which a reader has already taken some bytes.
type buffered struct {
	net.Conn
	reader *bufio.Reader
}

func buffer(conn net.Conn) *buffered {
	return &buffered{conn, bufio.NewReader(conn)}
}

func (b *buffered) Read(p []byte) (int, error) {
	return b.reader.Read(p)
}

// relay passes bytes both ways; the end of one way is the end of the connection.
func relay(client, server net.Conn) {
	done := make(chan struct{}, 2)
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from)
		done <- struct{}{}
	}
	go pass(server, client)
	go pass(client, server)
	<-done
	client.Close()
	server.Close()
	<-done
}

// relayHalf passes the client's bytes only until its request has ended, as a proxy that never switched protocols does.
func relayHalf(client, server net.Conn) {
	go func() {
		_, _ = io.Copy(client, server)
		client.Close()
	}()
	var seen []byte
	one := make([]byte, 1)
	for {
		if _, err := client.Read(one); err != nil {
			break
		}
		if bytes.HasSuffix(seen, []byte("\r\n\r\n")) {
			continue
		}
		seen = append(seen, one[0])
		if _, err := server.Write(one); err != nil {
			break
		}
	}
	server.Close()
}

// paced writes one byte at a time.
type paced struct {
	net.Conn
	pace time.Duration
}

func (p paced) Write(bytes []byte) (int, error) {
	for i := range bytes {
		time.Sleep(p.pace)
		if _, err := p.Conn.Write(bytes[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(bytes), nil
}
