/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names - preloaded into a program, a name server that does not answer: as
 * long as the file that NO_NAMES names is there, whoever asks for the address
 * of a name waits. Numeric addresses are nobody's business.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define LOOK_US 1000

typedef int (*getaddrinfo_fn)(const char *node, const char *service,
                              const struct addrinfo *hints,
                              struct addrinfo **res);

static bool
is_numeric(const char *node)
{
    struct in6_addr any;

    return inet_pton(AF_INET, node, &any) == 1 ||
           inet_pton(AF_INET6, node, &any) == 1;
}

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **res)
{
    getaddrinfo_fn real = (getaddrinfo_fn)dlsym(RTLD_NEXT, "getaddrinfo");
    const char *file = getenv("NO_NAMES");

    while (file != NULL && node != NULL && !is_numeric(node) &&
           access(file, F_OK) == 0) {
        usleep(LOOK_US);
    }
    return real(node, service, hints, res);
}
