package interop

import (
	"encoding/xml"
	"fmt"
	"io"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitFailure `xml:"failure,omitempty"`
	Skipped *junitFailure `xml:"skipped,omitempty"`
	Out     string        `xml:"system-out,omitempty"`
	Err     string        `xml:"system-err,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeJUnit has a suite for each peer, a class for each side, and a case for each
// row.
func (r *Report) writeJUnit(w io.Writer) error {
	seconds := func(s float64) string { return fmt.Sprintf("%.3f", s) }
	out := junitSuites{Name: "interop", Tests: len(r.Cells), Failures: r.Count(Fail), Skipped: r.Count(Skip), Time: seconds(r.Elapsed.Seconds())}
	for _, p := range r.Peers {
		s := junitSuite{Name: p.Name, Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
			Properties: []junitProperty{{"openssl", r.OpenSSL}, {"go", r.Go}, {"peer", p.about()}}}
		total := 0.0
		for _, c := range r.Cells {
			if c.Peer != p.Name {
				continue
			}
			jc := junitCase{Class: p.Name + "." + c.Side(), Name: c.Row, Time: seconds(c.Elapsed.Seconds())}
			switch c.Result {
			case Fail:
				jc.Failure, jc.Out, jc.Err = &junitFailure{c.Reason, c.Reason}, c.Log, c.PeerLog
				s.Failures++
			case Skip:
				jc.Skipped = &junitFailure{Message: c.Reason}
				s.Skipped++
			}
			s.Tests++
			total += c.Elapsed.Seconds()
			s.Cases = append(s.Cases, jc)
		}
		s.Time = seconds(total)
		out.Suites = append(out.Suites, s)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
