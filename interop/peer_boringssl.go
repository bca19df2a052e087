package interop

import (
	"path/filepath"
	"strconv"
	"strings"
)

// boringssl is the tool of BoringSSL, which Debian's android-boringssl has as
// bssl-tool. It cannot be held to a cipher suite of TLS 1.3 and does not verify
// names; its server resumes by ticket alone.
var boringssl = Peer{
	Name:        "boringssl",
	Programs:    []string{"bssl", "bssl-tool"},
	VersionArgs: []string{"ciphers", "ALL"}, // it has no version
	ServerCan: append([]Feature{ChooseVersion, LegacyVersions, ChooseCipher, ChooseGroups, Stapling, TicketResume, EarlyData},
		certFeatures(CertRSA, CertECDSA, CertP384, CertEd25519)...),
	ClientCan: append([]Feature{ChooseVersion, LegacyVersions, ChooseCipher, ChooseGroups, ClientCerts, ALPN, AskNames, TicketResume, IDResume, EarlyData, Verify},
		certFeatures(CertRSA, CertECDSA, CertP384)...),
	Refuses: func(j *Job) string {
		for _, g := range append(j.serverGroups(), j.Groups...) {
			if !strings.HasPrefix(g, "P-") && g != "X25519" {
				return "has no group " + g
			}
		}
		if strings.HasPrefix(j.Cipher12(), "DHE-") || strings.Contains(j.Cipher12(), "CCM") || strings.HasSuffix(j.Cipher12(), "SHA384") && !strings.Contains(j.Cipher12(), "GCM") ||
			strings.HasSuffix(j.Cipher12(), "SHA256") && !strings.Contains(j.Cipher12(), "GCM") {
			return "has no " + j.Cipher12()
		}
		if !j.Server && j.EarlyRejected {
			return "ends when its early data is rejected"
		}
		if !j.Server && (j.Cert == CertOtherName || j.ServerName == NameUnknown) {
			return "does not verify names"
		}
		return ""
	},
	Server: func(j *Job) (*Launch, error) {
		args := []string{"server", "-loop", "-accept", j.Port(), "-cert", j.CertFile(), "-key", j.KeyFile()}
		args = boringCommon(args, j, j.serverGroups())
		if j.Staple {
			args = append(args, "-ocsp-response", j.Certs.Staple(j.cert()))
		}
		if j.EarlyData {
			args = append(args, "-early-data")
		}
		return &Launch{Args: args}, nil
	},
	Client: func(j *Job) (*Launch, error) {
		args := []string{"client", "-connect", j.Addr, "-server-name", j.HostName(), "-root-certs", j.CAFile()}
		args = boringCommon(args, j, j.Groups)
		args = option(args, "-cert", j.CertFile())
		args = option(args, "-key", j.KeyFile())
		args = option(args, "-alpn-protos", join(j.ClientALPN, ","))
		if j.Tickets || j.SessionIDs {
			args = append(args, "-session-out", filepath.Join(j.Dir, "session"+strconv.Itoa(j.Connection)))
			if j.Connection > 0 {
				args = append(args, "-session-in", filepath.Join(j.Dir, "session"+strconv.Itoa(j.Connection-1)))
				if j.EarlyData {
					args = append(args, "-early-data", "@"+j.File("early", string(pattern(earlyBytes))))
				}
			}
		}
		return &Launch{Args: args}, nil
	},
	NoCloseNotify: true,
	ServerSays:    boringSays.without(FactClientCert),
	ClientSays:    boringSays.without(FactClientCert),
	Tells:         Tells{Refused: `(?i)error`},
}

var boringSays = Says{
	FactVersion: `Version: (\S+)`, FactCipher: `Cipher: (\S+)`, FactGroup: `ECDHE (?:curve|group): (\S+)`,
	FactALPN: `ALPN protocol: (\S*)`, FactResumed: `Resumed session: (\S+)`,
}

func boringCommon(args []string, j *Job, groups []string) []string {
	if v := VersionName(j.Version); v != "" {
		v = strings.TrimSuffix("tls"+v, ".0")
		args = append(args, "-min-version", v, "-max-version", v)
	}
	args = option(args, "-cipher", j.Cipher12())
	return option(args, "-curves", join(groups, ":"))
}
