package interop

import (
	"encoding/binary"
	"slices"
	"strings"
)

// postgres is the server of PostgreSQL, whose clients ask for TLS by a message of
// its protocol. It makes a database for each cell, which takes a second.
var postgres = Peer{
	Name:        "postgres",
	Programs:    postgresPrograms(),
	VersionArgs: []string{"--version"},
	StartTLS:    "postgres",
	Orderly:     true,
	ServerCan:   append([]Feature{StartTLSFirst, ChooseVersion, ChooseCipher, ChooseGroups, ClientCerts}, allCerts...),
	Refuses: func(j *Job) string {
		switch {
		case len(j.serverGroups()) != 1 && len(j.serverGroups()) > 0 || strings.HasPrefix(join(j.serverGroups(), ""), "X") || strings.HasPrefix(join(j.serverGroups(), ""), "ffdhe"):
			return "has one elliptic curve, by the name of a NIST curve"
		case j.ClientAuth == ClientAuthRequired && j.ClientCert == "":
			return "refuses users without a certificate after the handshake"
		}
		return notRoot(j)
	},
	Server: postgresServer,
	Tells:  Tells{Refused: `could not accept SSL connection|SSL error`},
}

// postgresPrograms are where Debian has it, the newest first, and PATH.
func postgresPrograms() []string {
	list := []string{"postgres"}
	for _, version := range []string{"18", "17", "16", "15", "14", "13"} {
		list = append(list, "/usr/lib/postgresql/"+version+"/bin/postgres")
	}
	return list
}

func postgresServer(j *Job) (*Launch, error) {
	server := j.Peer.Command()
	initdb := slices.Clone(server)
	initdb[len(initdb)-1] = strings.TrimSuffix(initdb[len(initdb)-1], "postgres") + "initdb"
	data := j.Dir + "/cluster"
	set := []string{"ssl=on", "ssl_cert_file=" + j.CertFile(), "ssl_key_file=" + j.KeyFile(), "listen_addresses=127.0.0.1", "port=" + j.Port(),
		"unix_socket_directories=", "fsync=off", "log_connections=off"}
	if v := VersionName(j.Version); v != "" {
		set = append(set, "ssl_min_protocol_version=TLSv"+v, "ssl_max_protocol_version=TLSv"+v)
	}
	if j.Cipher12() != "" {
		set = append(set, "ssl_ciphers="+j.Cipher12())
	}
	if len(j.serverGroups()) > 0 {
		set = append(set, "ssl_ecdh_curve="+map[string]string{"P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1"}[j.serverGroups()[0]])
	}
	if j.ClientAuth != "" {
		set = append(set, "ssl_ca_file="+j.CAFile())
	}
	script := `initdb=$1 data=$2; shift 2; "$initdb" -D "$data" -U interop -A trust --no-sync >/dev/null && exec "$@"`
	args := append([]string{initdb[len(initdb)-1], data}, append(server, "-D", data)...)
	for _, s := range set {
		args = append(args, "-c", s)
	}
	// ErrorResponse begins with E, AuthenticationOk is R; the answer to a query ends
	// with ReadyForQuery.
	start := pgMessage(0, "\x00\x03\x00\x00user\x00interop\x00database\x00postgres\x00\x00")
	return &Launch{
		Program: []string{"/bin/sh", "-c", script, "sh"}, Args: args, Data: Talk, Ready: "ready to accept connections",
		Talk: []Line{{start, "R\x00\x00\x00\x08\x00\x00\x00\x00"}, {pgMessage('Q', "select 'interop of ' || 6*7\x00"), "interop of 42"}, {pgMessage('X', ""), ""}},
	}, nil
}

// pgMessage is a message of PostgreSQL's protocol; the first one has no type.
func pgMessage(kind byte, body string) string {
	size := binary.BigEndian.AppendUint32(nil, uint32(len(body)+4))
	if kind == 0 {
		return string(size) + body
	}
	return string(kind) + string(size) + body
}
