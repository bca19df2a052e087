package interop

import (
	_ "embed" // the program
)

//go:embed peer_node.js
var nodeProgram string

// node is the tls module of Node.js. It sees a connection that is cut off between
// two records end in order, and verifies certificates after the handshake, by
// itself: when it refuses one, it leaves without an alert.
var node = Peer{
	Name:        "node",
	Programs:    []string{"node", "nodejs"},
	VersionArgs: []string{"-p", "'Node.js ' + process.version + ', OpenSSL ' + process.versions.openssl"},
	ServerCan: append([]Feature{
		ChooseVersion, Renegotiable, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, WantCerts, ALPN, ALPNMismatch, TicketResume,
	}, allCerts...),
	ClientCan: append([]Feature{
		ChooseVersion, Renegotiable, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, ALPN, AskNames, Verify,
	}, allCerts...),
	Server:     func(j *Job) (*Launch, error) { return nodeLaunch(j, "server", Echo) },
	Client:     func(j *Job) (*Launch, error) { return nodeLaunch(j, "client", Stdio) },
	Silent:     func(j *Job) bool { return j.ClientCert != "" || j.Trust != "" || j.ServerName == NameUnknown },
	ServerSays: saysLine.without(FactGroup), ClientSays: saysLine,
	Tells: Tells{Refused: `(?i)error`},
}

func nodeLaunch(j *Job, role string, data Data) (*Launch, error) {
	options, err := scriptOptions(j)
	return &Launch{Args: []string{j.File("peer.js", nodeProgram), role, options}, Data: data}, err
}
