package loadgen

import "testing"

func TestSumAddsCountsAndTakesTheLongest(t *testing.T) {
	got := sum([]Result{
		{Protocol: "TLSv1.3", Operations: 10, Bytes: 100, Seconds: 1, P50: 5, P99: 6, Max: 9, Resumed: 1},
		{Protocol: "TLSv1.3", Operations: 20, Bytes: 200, Seconds: 2, P50: 4, P99: 8, Max: 8, Errors: 3, Resumed: 2},
	})
	want := Result{Protocol: "TLSv1.3", Operations: 30, Bytes: 300, Seconds: 2, P50: 5, P99: 8, Max: 9, Errors: 3, Resumed: 3}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
