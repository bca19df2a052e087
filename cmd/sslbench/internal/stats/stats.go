// Package stats summarizes repeated measurements.
package stats

import "slices"

// Summary is the median of some values and their spread.
type Summary struct {
	Median float64 `json:"median"`
	Q1     float64 `json:"q1"`
	Q3     float64 `json:"q3"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	N      int     `json:"n"`
}

// Of summarizes values; quartiles are interpolated between neighbours. Without values all fields are zero.
func Of(values []float64) Summary {
	if len(values) == 0 {
		return Summary{}
	}
	v := slices.Sorted(slices.Values(values))
	at := func(q float64) float64 {
		pos := q * float64(len(v)-1)
		i := int(pos)
		if i+1 == len(v) {
			return v[i]
		}
		return v[i] + (pos-float64(i))*(v[i+1]-v[i])
	}
	return Summary{Median: at(0.5), Q1: at(0.25), Q3: at(0.75), Min: v[0], Max: v[len(v)-1], N: len(v)}
}
