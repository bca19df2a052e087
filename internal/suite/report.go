package suite

import (
	"fmt"
	"strings"
)

func (cfg *Config) choose(tests []*Test) (chosen []*Test) {
	for _, t := range tests {
		if cfg.Only == nil || cfg.Only.MatchString(t.File+"/"+t.Name) {
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// report prints a line for each test that has failed or was skipped, and one for
// the file.
func (cfg *Config) report(file string, tests []*Test, results []result, total *Totals) {
	var here Totals
	var lines strings.Builder
	for i, t := range tests {
		r := &results[i]
		switch {
		case r.skipped != "":
			here.Skipped++
			fmt.Fprintf(&lines, "  skipped %s: %s\n", t.Name, r.skipped)
		case len(r.complaints) > 0:
			here.Failed++
			fmt.Fprintf(&lines, "  FAILED  %s: %s\n", t.Name, strings.Join(r.complaints, "; "))
		default:
			here.Passed++
			if cfg.Verbose {
				fmt.Fprintf(&lines, "  passed  %s\n", t.Name)
			}
		}
	}
	if len(tests) > 0 {
		fmt.Fprintf(cfg.Out, "%-32s %v\n%s", file, here, lines.String())
	}
	total.Passed += here.Passed
	total.Failed += here.Failed
	total.Skipped += here.Skipped
}
