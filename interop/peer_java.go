package interop

import (
	"context"
	_ "embed" // the program
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sslsock/sslsock/ossl"
)

//go:embed peer_java.java
var javaProgram string

// java is SSLSocket and SSLServerSocket of a JDK of Java 11 or later, which
// compiles the program first. Its sockets take a connection cut off for one that ends, and do not tell resumed
// sessions from new ones.
var java = Peer{
	Name:        "java",
	Programs:    []string{"java"},
	VersionArgs: []string{"-version"},
	ServerCan: append([]Feature{
		ChooseVersion, LegacyVersions, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, WantCerts, ALPN, ALPNMismatch, TicketResume,
	}, allCerts...),
	ClientCan: append([]Feature{
		ChooseVersion, LegacyVersions, ChooseCipher, ChooseCipher13, ChooseGroups, ClientCerts, ALPN, AskNames, Verify,
	}, allCerts...),
	Refuses:    javaRefuses,
	Server:     func(j *Job) (*Launch, error) { return javaLaunch(j, "server", Echo) },
	Client:     func(j *Job) (*Launch, error) { return javaLaunch(j, "client", Stdio) },
	ServerSays: saysLine.without(FactGroup, FactResumed),
	ClientSays: saysLine.without(FactGroup, FactResumed, FactClientCert),
	Tells:      Tells{Refused: `(?i)error:`},
	Alerts:     []ossl.Alert{alertCertificateUnknown, alertBadCertificate, alertUnexpectedMessage},
}

// javaGroups are Java's names of groups.
var javaGroups = map[string]string{
	"X25519": "x25519", "X448": "x448", "P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1",
	"ffdhe2048": "ffdhe2048", "ffdhe3072": "ffdhe3072", "ffdhe4096": "ffdhe4096",
}

func javaRefuses(j *Job) string {
	for _, g := range append(j.serverGroups(), j.Groups...) {
		if javaGroups[g] == "" {
			return "has no group " + g
		}
	}
	switch {
	case strings.Contains(j.Cipher, "CCM"):
		return "has no CCM"
	case !j.Server && len(j.ServerGroups) > 0:
		return "sends key shares of both groups at once"
	case !j.Server && j.ClientCert == CertClientStranger:
		return "shows no certificate of a CA that the server does not name"
	}
	return ""
}

func javaLaunch(j *Job, role string, data Data) (*Launch, error) {
	alpn, groups := j.ClientALPN, j.Groups
	if j.Server {
		alpn, groups = j.ServerALPN, j.serverGroups()
	}
	var names []string
	for _, g := range groups {
		names = append(names, javaGroups[g])
	}
	cipher := j.Cipher
	if j.Version != ossl.TLS1_3Version && cipher != "" {
		var err error
		if cipher, err = standardName(cipher); err != nil {
			return nil, err
		}
	}
	// A small heap and no second compiler: there is one short connection.
	args := []string{"-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"}
	if classes := javaClasses(j); classes != "" {
		args = append(args, "-cp", classes, "Peer", role)
	} else {
		args = append(args, j.File("Peer.java", javaProgram), role)
	}
	for _, o := range [][2]string{
		{"addr", j.Addr}, {"version", VersionName(j.Version)}, {"cipher", cipher}, {"cert", j.CertFile()}, {"key", j.KeyFile()},
		{"ca", j.CAFile()}, {"auth", string(j.ClientAuth)}, {"alpn", join(alpn, ",")}, {"name", j.HostName()}, {"groups", join(names, ",")},
	} {
		args = append(args, o[0]+"="+o[1])
	}
	return &Launch{Args: args, Data: data}, nil
}

// javaPatience is how long the compiler may take.
const javaPatience = time.Minute

var javaCompiled sync.Map // by the folder of a run, what javaClasses gives there

// javaClasses is where the compiled program is: once a run, which saves a second
// or two a cell. Without a compiler there is none, and java compiles for itself.
func javaClasses(j *Job) string {
	source := j.File("Peer.java", javaProgram)
	compile, _ := javaCompiled.LoadOrStore(j.Certs.dir, sync.OnceValue(func() string {
		javac := beside(j.Peer, "java", "javac")
		classes := filepath.Join(j.Certs.dir, "java")
		ctx, cancel := context.WithTimeout(context.Background(), javaPatience)
		defer cancel()
		if exec.CommandContext(ctx, javac[0], append(javac[1:], "-d", classes, source)...).Run() != nil {
			return ""
		}
		return classes
	}))
	return compile.(func() string)()
}

// standardName is the standard's name of a cipher suite, by OpenSSL's.
func standardName(cipher string) (string, error) {
	ctx, err := ossl.NewCtx(ossl.TLSMethod())
	if err != nil {
		return "", err
	}
	defer ctx.Close()
	if err := ctx.SetCipherList(cipher); err != nil {
		return "", err
	}
	for _, c := range ctx.GetCiphers() {
		if c.GetName() == cipher {
			return c.StandardName(), nil
		}
	}
	return cipher, nil
}
