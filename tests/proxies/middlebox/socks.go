package main

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
)

// serveSocks5 follows RFC 1928 and 1929, for CONNECT.
func serveSocks5(conn *buffered) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(conn, head); err != nil {
		return
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(conn, methods); err != nil {
		return
	}
	wanted := byte(0)
	if *user != "" {
		wanted = 2
	}
	if !contains(methods, wanted) {
		_, _ = conn.Write([]byte{5, 0xff})
		return
	}
	_, _ = conn.Write([]byte{5, wanted})
	if wanted == 2 && !socksPassword(conn) {
		return
	}
	request := make([]byte, 4)
	if _, err := io.ReadFull(conn, request); err != nil {
		return
	}
	address, err := socksAddress(conn, request[3])
	if err != nil {
		return
	}
	if request[1] != 1 {
		socksReply(conn, 7)
		return
	}
	note("SOCKS5", address)
	// As with CONNECT: yes before it knows.
	socksReply(conn, 0)
	if server, err := dial(address); err == nil {
		relay(conn, server)
	}
}

func socksPassword(conn *buffered) bool {
	head := make([]byte, 1)
	if _, err := io.ReadFull(conn, head); err != nil {
		return false
	}
	name, err := socksString(conn)
	if err != nil {
		return false
	}
	word, err := socksString(conn)
	if err != nil {
		return false
	}
	if name != *user || word != *password {
		_, _ = conn.Write([]byte{1, 1})
		return false
	}
	_, err = conn.Write([]byte{1, 0})
	return err == nil
}

func socksAddress(conn *buffered, kind byte) (string, error) {
	var host string
	switch kind {
	case 1, 4:
		size := 4
		if kind == 4 {
			size = 16
		}
		ip := make(net.IP, size)
		if _, err := io.ReadFull(conn, ip); err != nil {
			return "", err
		}
		host = ip.String()
	case 3:
		name, err := socksString(conn)
		if err != nil {
			return "", err
		}
		host = name
	default:
		socksReply(conn, 8)
		return "", errors.New("no such kind of address")
	}
	port := make([]byte, 2)
	if _, err := io.ReadFull(conn, port); err != nil {
		return "", err
	}
	return net.JoinHostPort(host, strconv.Itoa(int(binary.BigEndian.Uint16(port)))), nil
}

func socksString(conn *buffered) (string, error) {
	size := make([]byte, 1)
	if _, err := io.ReadFull(conn, size); err != nil {
		return "", err
	}
	text := make([]byte, size[0])
	_, err := io.ReadFull(conn, text)
	return string(text), err
}

func socksReply(conn net.Conn, code byte) {
	_, _ = conn.Write([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
}

// serveSocks4 knows the a of SOCKS4a: a name after the address 0.0.0.x.
func serveSocks4(conn *buffered) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(conn, head); err != nil {
		return
	}
	id, err := conn.reader.ReadString(0)
	if err != nil {
		return
	}
	host := net.IP(head[4:8]).String()
	if head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] != 0 {
		name, err := conn.reader.ReadString(0)
		if err != nil {
			return
		}
		host = name[:len(name)-1]
	}
	reply := func(code byte) { _, _ = conn.Write([]byte{0, code, 0, 0, 0, 0, 0, 0}) }
	if *user != "" && id != *user+"\x00" {
		reply(93)
		return
	}
	port := strconv.Itoa(int(binary.BigEndian.Uint16(head[2:4])))
	note("SOCKS4", net.JoinHostPort(host, port))
	if head[1] != 1 {
		reply(91)
		return
	}
	reply(90)
	if server, err := dial(net.JoinHostPort(host, port)); err == nil {
		relay(conn, server)
	}
}

func contains(methods []byte, wanted byte) bool {
	for _, method := range methods {
		if method == wanted {
			return true
		}
	}
	return false
}
