/* HTTP/1.1 as far as the benchmark needs it: GET, a status line, Content-Length. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *http_request(void)
{
	static char text[80];
	if (!*text)
		snprintf(text, sizeof text, "GET /%llu HTTP/1.1\r\nHost: localhost\r\n\r\n", (unsigned long long)load.size);
	return text;
}

long http_length(const char *answer)
{
	static const char status[] = "HTTP/1.1 200 ", name[] = "\r\nContent-Length:";
	const char *end = strstr(answer, "\r\n\r\n"), *p = answer;
	if (!end)
		return 0;
	if (strncmp(answer, status, sizeof status - 1))
		return -1;
	while ((p = strstr(p, "\r\n")) < end) {
		if (!strncasecmp(p, name, sizeof name - 1))
			return strtoull(p + sizeof name - 1, NULL, 10) == load.size ? (long)(end + 4 - answer + load.size) : -1;
		p += 2;
	}
	return -1;
}
