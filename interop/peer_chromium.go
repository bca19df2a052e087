package interop

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"slices"
)

// chromium is the browser without its windows, a client of HTTPS. It takes the
// server's certificate by the hash of its key, so that its own trust stays as it
// is; the page's text is cut out of the document that it prints.
var chromium = Peer{
	Name:        "chromium",
	Programs:    []string{"chromium", "chromium-browser", "google-chrome"},
	VersionArgs: []string{"--version"},
	ClientCan:   append([]Feature{ChooseVersion, ALPN}, certFeatures(CertRSA, CertECDSA, CertP384)...),
	Refuses: func(j *Job) string {
		switch {
		case len(j.ClientALPN) > 0 && !slices.Equal(j.ServerALPN, []string{"http/1.1"}):
			return "offers h2 and http/1.1 alone, and would have to be served h2"
		case len(j.ServerALPN) > 0 && len(j.ClientALPN) == 0:
			return "always offers protocols of its own (ALPN)"
		case j.PeerVersion != 0:
			return "shows a page about what fails, and ends as if it had not"
		case j.Bytes > 0 && j.Bytes < 1<<10 || j.Bytes > 1<<20:
			return "prints short and very long texts otherwise than they came"
		}
		return ""
	},
	Client: chromiumClient,
}

func chromiumClient(j *Job) (*Launch, error) {
	pin, err := keyHash(j)
	if err != nil {
		return nil, err
	}
	args := []string{"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
		"--user-data-dir=" + j.Dir + "/profile", "--ignore-certificate-errors-spki-list=" + pin,
		"--host-resolver-rules=MAP " + j.HostName() + " 127.0.0.1", "--dump-dom"}
	if v := VersionName(j.Version); v != "" {
		args = append(args, "--ssl-version-min=tls"+v, "--ssl-version-max=tls"+v)
	}
	args = append(args, "https://"+j.HostName()+":"+j.Port()+"/data")
	script := `"$@" | sed -e 's/^<html>.*<pre[^>]*>//' -e '/^<\/pre>/d'`
	return &Launch{Program: []string{"/bin/sh", "-c", script, "sh"}, Args: append(slices.Clone(j.Peer.Command()), args...), Data: HTTP}, nil
}

// keyHash is the hash of the server's public key.
func keyHash(j *Job) (string, error) {
	der, err := leafDER(j.Certs, j.cert())
	if err != nil {
		return "", err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}
