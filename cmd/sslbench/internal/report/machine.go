package report

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"
)

// Machine is where the figures are from.
type Machine struct {
	OpenSSL    string `json:"openssl"`
	Go         string `json:"go"`
	CPU        string `json:"cpu"`
	Processors int    `json:"processors"`
	Kernel     string `json:"kernel"`
	ServerCPUs []int  `json:"server_cpus"`
	LoadCPUs   []int  `json:"load_cpus"`
	// For rows with workers.
	WorkerCPUs     []int `json:"worker_cpus,omitempty"`
	WorkerLoadCPUs []int `json:"worker_load_cpus,omitempty"`
}

// ThisMachine describes the machine that the program runs on. The library is named by the program openssl.
func ThisMachine(processors, serverCPUs, loadCPUs []int) Machine {
	m := Machine{Go: runtime.Version(), OpenSSL: "unknown", CPU: runtime.GOARCH, Kernel: "unknown", Processors: len(processors),
		ServerCPUs: serverCPUs, LoadCPUs: loadCPUs}
	if out, err := exec.Command("openssl", "version").Output(); err == nil {
		m.OpenSSL, _, _ = strings.Cut(strings.TrimSpace(string(out)), " (")
	}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.Kernel = unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
	}
	info, _ := os.ReadFile("/proc/cpuinfo") // without it, the architecture is all that is said
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}

// String gives the one line that goes with every table and chart.
func (m Machine) String() string {
	return fmt.Sprintf("%s, %s, %s (%d processors), %s; servers on %v, load on %v",
		m.OpenSSL, m.Go, m.CPU, m.Processors, m.Kernel, m.ServerCPUs, m.LoadCPUs)
}
