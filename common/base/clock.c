/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/clock.h"

#include "common/base/check.h"
#include "common/base/number.h"

#include <stdio.h>
#include <time.h>

#define US_PER_S  1000000u
#define NS_PER_S  1000000000u
#define NS_PER_US 1000u
/* 9999-12-31T23:59:59.999999Z, the last four-digit year. */
#define WALL_US_MAX 253402300799999999u

uint64_t
clock_mono_ns(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t
clock_wall_us(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_REALTIME, &t) == 0);
    return (uint64_t)t.tv_sec * US_PER_S + (uint64_t)t.tv_nsec / NS_PER_US;
}

static struct tm
calendar(uint64_t wall_us)
{
    uint64_t us = wall_us < WALL_US_MAX ? wall_us : WALL_US_MAX;
    time_t s = (time_t)(us / US_PER_S);
    struct tm t;

    CHECK(gmtime_r(&s, &t) != NULL);
    return t;
}

size_t
clock_format_iso(uint64_t wall_us, char out[CLOCK_ISO_MAX])
{
    struct tm t = calendar(wall_us);
    unsigned us = (unsigned)(wall_us % US_PER_S);
    size_t n = strftime(out, CLOCK_ISO_MAX, "%Y-%m-%dT%H:%M:%S", &t);

    if (us != 0) {
        n += (size_t)snprintf(out + n, CLOCK_ISO_MAX - n, ".%06u", us);
    }
    out[n] = 'Z';
    out[n + 1] = '\0';
    return n + 1;
}

void
clock_format_http(uint64_t wall_us, char out[CLOCK_ISO_MAX])
{
    struct tm t = calendar(wall_us);

    /* The C locale's names are the ones RFC 9110 asks for. */
    CHECK(strftime(out, CLOCK_ISO_MAX, "%a, %d %b %Y %H:%M:%S GMT", &t) == 29);
}

/*
 * Read s by form: in it 'd' stands for a digit, collected in order into
 * field[]; any other letter for itself and the end of a field.
 */
static bool
read_form(struct str s, const char *form, int *field)
{
    size_t i;

    *field = 0;
    for (i = 0; form[i] != '\0'; i++) {
        if (i == s.len) {
            return false;
        }
        if (form[i] == 'd') {
            if (s.p[i] < '0' || s.p[i] > '9') {
                return false;
            }
            *field = *field * 10 + (s.p[i] - '0');
        } else if (s.p[i] == form[i]) {
            *++field = 0;
        } else {
            return false;
        }
    }
    return i == s.len;
}

/* ".5" to ".999999" seconds in us. */
static bool
read_fraction(struct str s, unsigned *us)
{
    unsigned v = 0;

    if (s.len < 2 || s.len > 7 || s.p[0] != '.') {
        return false;
    }
    for (size_t i = 1; i < 7; i++) {
        unsigned digit = i < s.len ? (unsigned)(s.p[i] - '0') : 0;

        if (digit > 9) {
            return false;
        }
        v = v * 10 + digit;
    }
    *us = v;
    return true;
}

/* Seconds since 1970 of the calendar fields; false for a 30 February. */
static bool
to_seconds(const int *f, uint64_t *seconds)
{
    struct tm want = {.tm_year = f[0] - 1900,
                      .tm_mon = f[1] - 1,
                      .tm_mday = f[2],
                      .tm_hour = f[3],
                      .tm_min = f[4],
                      .tm_sec = f[5]};
    struct tm got = want;
    time_t s = timegm(&got);

    *seconds = (uint64_t)s;
    return s >= 0 && got.tm_year == want.tm_year && got.tm_mon == want.tm_mon &&
           got.tm_mday == want.tm_mday && got.tm_hour == want.tm_hour &&
           got.tm_min == want.tm_min && got.tm_sec == want.tm_sec;
}

enum rc
clock_parse_iso(struct str s, uint64_t *wall_us)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    const size_t n = sizeof(form) - 1;
    int field[6];
    uint64_t seconds;
    unsigned us = 0;

    if (s.len > 0 && s.p[0] == '@') {
        bool ok = number_parse_u64((struct str){s.p + 1, s.len - 1}, wall_us);

        return ok ? RC_OK : RC_INVAL;
    }
    if (s.len <= n || s.p[s.len - 1] != 'Z' ||
        !read_form((struct str){s.p, n}, form, field)) {
        return RC_INVAL;
    }
    if (s.len > n + 1 &&
        !read_fraction((struct str){s.p + n, s.len - n - 1}, &us)) {
        return RC_INVAL;
    }
    if (!to_seconds(field, &seconds)) {
        return RC_INVAL;
    }
    *wall_us = seconds * US_PER_S + us;
    return RC_OK;
}
