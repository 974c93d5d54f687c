/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/number_many.h"

#include "common/base/number_plain.h"

#include <math.h>

bool
number_many_has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq");
}

/* Signs come as they like, so nothing branches on them. */
static bool
read_one(const char *end, size_t len, float *out)
{
    bool negative;

    if (len == 0) {
        *out = NAN;
        return true;
    }
    negative = end[-(ptrdiff_t)len] == '-';
    return len <= NUMBER_PLAIN_MAX &&
           number_read_plain(end, len - negative, negative, out);
}

uint64_t
number_many_read_plain(struct number_many *m)
{
    uint64_t odd = 0;

    for (size_t i = 0; i < m->n; i++) {
        bool read = read_one(m->end[i], m->len[i], &m->value[i]);

        odd |= (uint64_t)!read << i;
    }
    return odd;
}

uint64_t
number_many_read(struct number_many *m, bool avx512)
{
    return avx512 ? number_many_read_avx512(m) : number_many_read_plain(m);
}
