package interop

import (
	_ "embed" // the program
	"encoding/json"
	"strings"
)

//go:embed peer_python.py
var pythonProgram string

// python is the ssl module of CPython. Before 3.15 it cannot choose suites of TLS
// 1.3, groups or sessions of other connections.
var python = Peer{
	Name:        "python",
	Programs:    []string{"python3"},
	VersionArgs: []string{"-c", "import ssl, sys; print('Python', sys.version.split()[0] + ',', ssl.OPENSSL_VERSION)"},
	ServerCan: append([]Feature{
		ChooseVersion, ChooseCipher, ClientCerts, WantCerts, ALPN, TicketResume, NoticeCut,
	}, allCerts...),
	ClientCan: append([]Feature{ChooseVersion, Renegotiable, ChooseCipher, ClientCerts, ALPN, AskNames, NoticeCut, Verify}, allCerts...),
	Refuses: func(j *Job) string {
		if j.Server && strings.HasPrefix(j.Cipher, "DHE-") {
			return "has no finite-field parameters unless it is given a file of them"
		}
		if !j.Server && j.bytes() > 1<<20 {
			return "is given one thread, which would send and receive in turns"
		}
		return ""
	},
	Server:     func(j *Job) (*Launch, error) { return pythonLaunch(j, "server", Echo) },
	Client:     func(j *Job) (*Launch, error) { return pythonLaunch(j, "client", Stdio) },
	ServerSays: saysLine.without(FactGroup), ClientSays: saysLine.without(FactGroup),
	Tells: Tells{Refused: `(?i)error`, Cut: `(?i)error`},
}

// scriptOptions is what peers that are a script of ours are told, as JSON.
func scriptOptions(j *Job) (string, error) {
	alpn, groups := j.ClientALPN, j.Groups
	if j.Server {
		alpn, groups = j.ServerALPN, j.serverGroups()
	}
	text, err := json.Marshal(map[string]any{
		"addr": j.Addr, "version": VersionName(j.Version), "cipher": j.CipherList(), "cert": j.CertFile(), "key": j.KeyFile(),
		"ca": j.CAFile(), "auth": j.ClientAuth, "alpn": alpn, "name": j.HostName(), "groups": join(groups, ":"),
		"cipher13": j.Cipher13(),
	})
	return string(text), err
}

func pythonLaunch(j *Job, role string, data Data) (*Launch, error) {
	options, err := scriptOptions(j)
	return &Launch{Args: []string{j.File("peer.py", pythonProgram), role, options}, Data: data}, err
}
