package stats

import "testing"

func TestOf(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   Summary
	}{
		{nil, Summary{}},
		{[]float64{3}, Summary{3, 3, 3, 3, 3, 1}},
		{[]float64{9, 1}, Summary{5, 3, 7, 1, 9, 2}},
		{[]float64{5, 1, 4, 2, 3}, Summary{3, 2, 4, 1, 5, 5}},
	} {
		if got := Of(test.values); got != test.want {
			t.Errorf("Of(%v) = %+v, want %+v", test.values, got, test.want)
		}
	}
}
