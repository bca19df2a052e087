#ifndef OWN_H
#define OWN_H

/* The program's own names, though they look like OpenSSL's. */
#define SSL_own_helper(p) ((void)(p))

#endif
