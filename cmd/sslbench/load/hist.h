/* Latencies in buckets that are at most 1/128 of their value wide: exact enough for p50 and p99, and cheap. */
#ifndef HIST_H
#define HIST_H

#include <stdint.h>

static uint64_t hist_bucket[58 * 128], hist_count, hist_max;

static inline void hist_add(uint64_t ns)
{
	int e = ns < 128 ? 0 : 63 - __builtin_clzll(ns) - 7;
	hist_bucket[e * 128 + (ns >> e)]++;
	hist_count++;
	if (ns > hist_max)
		hist_max = ns;
}

/* hist_quantile gives the middle of the bucket that holds the value of that rank, 0 when there is none. */
static inline uint64_t hist_quantile(double q)
{
	uint64_t rank = (uint64_t)(q * (double)hist_count), seen = 0;
	for (int i = 0; i < (int)(sizeof hist_bucket / sizeof *hist_bucket); i++) {
		if ((seen += hist_bucket[i]) > rank) {
			int e = i < 256 ? 0 : i / 128 - 1;
			uint64_t ns = ((uint64_t)(i - e * 128) << e) + ((1ull << e) >> 1);
			return ns < hist_max ? ns : hist_max;
		}
	}
	return hist_max;
}

#endif
