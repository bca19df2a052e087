package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/sslsock/sslsock/cmd/sslbench/internal/rows"
)

func TestWorkersAndLoadShareProcessorsOnlyWhereTheyMust(t *testing.T) {
	for _, test := range []struct{ all, servers, load []int }{
		{[]int{0, 1, 2, 3, 4, 5}, []int{2, 3}, []int{4, 5}},
		{[]int{0, 1, 2, 3}, []int{0, 1}, []int{2, 3}},
		{[]int{0, 1, 2}, []int{1, 2}, []int{1, 2}},
		{[]int{4, 7}, []int{4, 7}, []int{4, 7}},
	} {
		o := options{processors: test.all}
		o.placeWorkers()
		if !slices.Equal(o.config.WorkerCPUs, test.servers) || !slices.Equal(o.config.WorkerLoadCPUs, test.load) {
			t.Errorf("of %v: servers on %v, load on %v", test.all, o.config.WorkerCPUs, o.config.WorkerLoadCPUs)
		}
	}
}

func TestRowsThatCannotBeMeasuredSayWhy(t *testing.T) {
	list := []rows.Row{{Name: "small", Conns: 1}, {Name: "two", Conns: 1, Workers: 2}, {Name: "large", Conns: 1 << 40}}
	out, skipped, err := possible(list, 1)
	if err != nil || len(out) != 1 || out[0].Name != "small" || len(skipped) != 2 {
		t.Fatalf("possible %v, skipped %v, error %v", out, skipped, err)
	}
	for i, want := range []string{"two takes no part: it needs 2 processors", "open files and this system allows"} {
		if !strings.Contains(skipped[i].String(), want) {
			t.Errorf("%q does not say %q", skipped[i], want)
		}
	}
	if out, _, err := possible(list[:2], 2); err != nil || len(out) != 2 {
		t.Errorf("on two processors: possible %v, error %v", out, err)
	}
}

func TestShortFormHasNoRowsWithWorkers(t *testing.T) {
	for _, r := range rows.Short(rows.All()) {
		if r.Workers > 0 {
			t.Errorf("%s is in the short form, which must stay short", r.Name)
		}
	}
}
