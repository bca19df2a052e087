/* Nothing of OpenSSL's here: these are the program's own. */
#include <poll.h>

typedef struct { int x; } UI;

int main(void)
{
	UI ui = { 0 };
	return poll(0, 0, ui.x);
}
