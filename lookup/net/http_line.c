/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/net/http_line.h"

#include <stdint.h>

#define TOKEN     1
#define TARGET    2
#define AUTHORITY 4
#define BOTH      (TOKEN | TARGET)
#define ALL       (BOTH | AUTHORITY)
#define NO_TOKEN  (TARGET | AUTHORITY)

static const unsigned char byte_class[256] = {
    ['!'] = BOTH,          ['"'] = TARGET,         ['#'] = TOKEN,
    ['$' ... '\''] = BOTH, ['(' ... ')'] = TARGET, ['*' ... '+'] = BOTH,
    [','] = TARGET,        ['-' ... '.'] = ALL,    ['/'] = TARGET,
    ['0' ... '9'] = ALL,   [':'] = NO_TOKEN,       [';' ... '@'] = TARGET,
    ['A' ... 'Z'] = ALL,   ['['] = NO_TOKEN,       ['\\'] = TARGET,
    [']'] = NO_TOKEN,      ['^'] = BOTH,           ['_'] = ALL,
    ['`'] = BOTH,          ['a' ... 'z'] = ALL,    ['{'] = TARGET,
    ['|'] = BOTH,          ['}'] = TARGET,         ['~'] = BOTH,
};

static bool
is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t') || c == 0x7f;
}

/*
 * Which of the 8 bytes may be control bytes: the high bits of some, of which
 * the lowest is right but for tabs.
 */
static uint64_t
controls(uint64_t w)
{
    const uint64_t ones = ~0ULL / 255;
    uint64_t below = (w - ones * 0x20) & ~w;
    uint64_t del = w ^ ones * 0x7f;

    return (below | ((del - ones) & ~del)) & (ones * 0x80);
}

static const char *
find_control(const char *p, const char *end)
{
    uint64_t w;

    while (end - p >= (ptrdiff_t)sizeof(w)) {
        memcpy(&w, p, sizeof(w));
        w = controls(w);
        if (w == 0) {
            p += sizeof(w);
            continue;
        }
        p += __builtin_ctzll(w) / 8;
        if (is_control((unsigned char)*p)) {
            return p;
        }
        p++;
    }
    while (p < end && !is_control((unsigned char)*p)) {
        p++;
    }
    return p;
}

enum http_line
http_line_cut(struct str *rest, struct str *line)
{
    const char *end = rest->p + rest->len;
    const char *p = find_control(rest->p, end);

    if (p == end || (*p == '\r' && p + 1 == end)) {
        return HTTP_LINE_MORE;
    }
    if (*p != '\r' || p[1] != '\n') {
        return HTTP_LINE_BROKEN;
    }
    *line = (struct str){rest->p, (size_t)(p - rest->p)};
    *rest = (struct str){p + 2, (size_t)(end - p - 2)};
    return HTTP_LINE_OK;
}

/* Length of the run of bytes of that class that s begins with. */
static size_t
run_of(struct str s, unsigned char class)
{
    size_t n = 0;

    while (n < s.len && (byte_class[(unsigned char)s.p[n]] & class) != 0) {
        n++;
    }
    return n;
}

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

bool
http_line_field(struct str line, struct str *name, struct str *value)
{
    size_t n = run_of(line, TOKEN);
    const char *p = line.p + n + 1, *end = line.p + line.len;

    if (n == 0 || n == line.len || line.p[n] != ':') {
        return false;
    }
    while (p < end && is_blank(*p)) {
        p++;
    }
    while (end > p && is_blank(end[-1])) {
        end--;
    }
    *name = (struct str){line.p, n};
    *value = (struct str){p, (size_t)(end - p)};
    return true;
}

bool
http_line_is_token(struct str s)
{
    return s.len > 0 && run_of(s, TOKEN) == s.len;
}

bool
http_line_is_target(struct str s)
{
    return run_of(s, TARGET) == s.len;
}

bool
http_line_is_authority(struct str s)
{
    return run_of(s, AUTHORITY) == s.len;
}
