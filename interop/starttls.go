package interop

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
)

// beforeTLS is the driver's part of what comes before TLS; nil for nothing.
// Reading goes byte by byte: what follows the last line is TLS.
func beforeTLS(protocol string, server bool) func(net.Conn) error {
	talk, ok := map[string][2]func(net.Conn) error{
		"smtp":     {smtpClient, smtpServer}, // RFC 3207
		"imap":     {imapClient, imapServer}, // RFC 9051, section 6.2.1
		"postgres": {pgClient, pgServer},     // PostgreSQL's protocol, SSLRequest
	}[protocol]
	if !ok {
		return nil
	}
	if server {
		return talk[1]
	}
	return talk[0]
}

// maxPlainLine bounds a line of the plain talk.
const maxPlainLine = 1000

func readLine(r io.Reader) (string, error) {
	var line []byte
	for b := make([]byte, 1); len(line) < maxPlainLine; line = append(line, b[0]) {
		if _, err := io.ReadFull(r, b); err != nil {
			return "", fmt.Errorf("before TLS, after %q: %w", line, err)
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
	}
	return "", errors.New("before TLS: a line without an end")
}

// await reads lines until one has that prefix.
func await(r io.Reader, prefix string) (string, error) {
	for range 100 {
		line, err := readLine(r)
		if err != nil || strings.HasPrefix(line, prefix) {
			return line, err
		}
	}
	return "", fmt.Errorf("before TLS: no line begins with %q", prefix)
}

func say(w io.Writer, lines ...string) error {
	_, err := io.WriteString(w, strings.Join(lines, "\r\n")+"\r\n")
	return err
}

func smtpClient(nc net.Conn) error {
	if _, err := await(nc, "220 "); err != nil {
		return err
	}
	if err := say(nc, "EHLO localhost"); err != nil {
		return err
	}
	if _, err := await(nc, "250 "); err != nil {
		return err
	}
	if err := say(nc, "STARTTLS"); err != nil {
		return err
	}
	_, err := await(nc, "220 ")
	return err
}

func smtpServer(nc net.Conn) error {
	if err := say(nc, "220 localhost ESMTP interop"); err != nil {
		return err
	}
	if _, err := await(nc, "EHLO"); err != nil {
		return err
	}
	if err := say(nc, "250-localhost", "250 STARTTLS"); err != nil {
		return err
	}
	if _, err := await(nc, "STARTTLS"); err != nil {
		return err
	}
	return say(nc, "220 go ahead")
}

func imapClient(nc net.Conn) error {
	if _, err := await(nc, "* OK"); err != nil {
		return err
	}
	if err := say(nc, "a STARTTLS"); err != nil {
		return err
	}
	_, err := await(nc, "a OK")
	return err
}

// imapServer answers whatever a client asks before STARTTLS.
func imapServer(nc net.Conn) error {
	if err := say(nc, "* OK [CAPABILITY IMAP4rev1 STARTTLS] interop"); err != nil {
		return err
	}
	for {
		line, err := readLine(nc)
		if err != nil {
			return err
		}
		tag, command, _ := strings.Cut(line, " ")
		starts := strings.EqualFold(command, "STARTTLS")
		answer := []string{tag + " OK done"}
		if strings.EqualFold(command, "CAPABILITY") {
			answer = append([]string{"* CAPABILITY IMAP4rev1 STARTTLS"}, answer...)
		}
		if err := say(nc, answer...); err != nil || starts {
			return err
		}
	}
}

// sslRequest is the number of PostgreSQL's request for TLS.
const sslRequest = 80877103

func pgClient(nc net.Conn) error {
	request := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 8), sslRequest)
	if _, err := nc.Write(request); err != nil {
		return err
	}
	answer := make([]byte, 1)
	if _, err := io.ReadFull(nc, answer); err != nil {
		return err
	}
	if answer[0] != 'S' {
		return fmt.Errorf("before TLS: %q instead of S", answer)
	}
	return nil
}

func pgServer(nc net.Conn) error {
	request := make([]byte, 8)
	if _, err := io.ReadFull(nc, request); err != nil {
		return err
	}
	if n := binary.BigEndian.Uint32(request[4:]); n != sslRequest {
		return fmt.Errorf("before TLS: request %d instead of %d", n, sslRequest)
	}
	_, err := nc.Write([]byte("S"))
	return err
}
