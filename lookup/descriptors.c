/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/descriptors.h"

#include "common/base/log.h"

#include <inttypes.h>
#include <sys/resource.h>

#define OWN_WORKER  10 /* loop, mailboxes, ports, Redis; one being refused */
#define OWN_PROCESS 64 /* the same of the other threads; files being read */
#define ADMIN_MAX   256

static uint64_t
raise_limit(void)
{
    struct rlimit r;

    if (getrlimit(RLIMIT_NOFILE, &r) != 0) {
        return RLIM_INFINITY;
    }
    if (r.rlim_cur < r.rlim_max) {
        const rlim_t before = r.rlim_cur;

        r.rlim_cur = r.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &r) != 0) {
            r.rlim_cur = before;
        }
    }
    return r.rlim_cur;
}

uint64_t
descriptors_for_clients(uint64_t wanted, uint64_t nworker)
{
    uint64_t limit = raise_limit();
    uint64_t admin = limit / 8 < ADMIN_MAX ? limit / 8 : ADMIN_MAX;
    uint64_t own = OWN_PROCESS + OWN_WORKER * nworker + admin;
    uint64_t left = limit > own ? limit - own : 1;

    if (wanted <= left) {
        return wanted;
    }
    log_warn("%" PRIu64 " connections at most, and not %" PRIu64
             ": the process may have %" PRIu64 " files open (ulimit -n)",
             left, wanted, limit);
    return left;
}
