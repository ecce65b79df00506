// Middlebox: the ways in which programs written with Go's net/http stand between a client and a board.
//
// The first line on stdout is {"address": "127.0.0.1:PORT"}. It ends when its standard input does, so it cannot outlive who started it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

var (
	mode     = flag.String("mode", "clash", "clash, naive, inspect, tcp, damage, refuse, half, slow or garbage")
	listen   = flag.String("listen", "127.0.0.1:0", "where to listen")
	target   = flag.String("target", "", "where the modes tcp, damage and refuse forward to, host:port")
	damage   = flag.String("damage", "", "what mode damage does to a request or an answer")
	only     = flag.String("only", "", "the one port that tunnels lead to; every one when empty")
	user     = flag.String("user", "", "who may use it; everybody when empty")
	password = flag.String("password", "", "the password of that user")
	patience = flag.Duration("dial-timeout", 5*time.Second, "how long it tries to reach a target")
	pace     = flag.Duration("pace", time.Millisecond, "what mode slow waits before each byte")
)

func main() {
	flag.Parse()
	serve := map[string]func(net.Conn){
		"clash":   serveMixed,
		"naive":   serveNaive,
		"inspect": serveInspecting,
		"tcp":     serveTransparent,
		"damage":  serveDamaging,
		"refuse":  serveRefusing,
		"half":    serveHalf,
		"slow":    serveSlow,
		"garbage": serveGarbage,
	}[*mode]
	if serve == nil || (*mode == "damage" && damages[*damage] == nil && answers[*damage] == nil) {
		fmt.Fprintln(os.Stderr, "there is no mode", *mode)
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	_ = json.NewEncoder(os.Stdout).Encode(map[string]string{"address": listener.Addr().String()})
	for {
		conn, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go func() {
			defer conn.Close()
			serve(conn)
		}()
	}
}

// note tells what was wanted on standard error, which is the log.
func note(what string, where any) {
	fmt.Fprintln(os.Stderr, what, where)
}

func dial(address string) (net.Conn, error) {
	return net.DialTimeout("tcp", address, *patience)
}
