/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A URL is cut from the outside in, always at the last @ before the path, for
 * a password may hold one:
 *
 *   redis://user:p%40ss@host:6379/2
 *           ----------- --------- -
 *           decoded     or [::1]:6379
 *
 * A place may be a list of them some day, so what is no single host is refused
 * rather than taken for one. No message quotes the URL: it may hold a password.
 */
#include "common/table/topology.h"

#include "common/base/number.h"

#include <arpa/inet.h>
#include <stdio.h>

/* Percent-decode s into out; false if it is malformed, too long or has NUL. */
static bool
decode(struct str s, char *out, size_t cap)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];

        if (c == '%') {
            int hi = i + 2 < s.len ? number_hex_digit(s.p[i + 1]) : -1;
            int lo = hi >= 0 ? number_hex_digit(s.p[i + 2]) : -1;

            if (lo < 0) {
                return false;
            }
            c = (char)(hi * 16 + lo);
            i += 2;
        }
        if (c == '\0' || n + 1 >= cap) {
            return false;
        }
        out[n++] = c;
    }
    out[n] = '\0';
    return true;
}

static enum rc
bad_url(struct err *e, const char *why)
{
    /* The URL itself is not shown: it may hold a password. */
    return err_set(e, RC_INVAL,
                   "redis URL: %s; use redis://[user:pass@]host:port[/db] or "
                   "unix:/path.sock",
                   why);
}

static bool
parse_db(struct str s, unsigned *db)
{
    uint64_t n;

    if (!number_parse_u64(s, &n) || n > 9999) {
        return false;
    }
    *db = (unsigned)n;
    return true;
}

static enum rc
parse_unix(struct topology *t, struct str rest, struct err *e)
{
    struct str path = str_cut(&rest, '?');

    if (rest.p != NULL) {
        if (!str_starts(rest, STR("db=")) ||
            !parse_db((struct str){rest.p + 3, rest.len - 3}, &t->db)) {
            return bad_url(e, "only ?db=N may follow a socket's path");
        }
    }
    if (str_starts(path, STR("//"))) {
        path.p += 2;
        path.len -= 2;
    }
    if (path.len == 0 || path.p[0] != '/' ||
        !decode(path, t->path, sizeof(t->path))) {
        return bad_url(e, "a socket's path is absolute and under 108 "
                          "bytes");
    }
    return RC_OK;
}

static enum rc
parse_user(struct topology *t, struct str auth, struct err *e)
{
    struct str user = str_cut(&auth, ':');

    if (auth.p == NULL || !decode(user, t->user, sizeof(t->user)) ||
        !decode(auth, t->password, sizeof(t->password))) {
        return bad_url(e, "what stands before @ is user:password, "
                          "percent-encoded");
    }
    return RC_OK;
}

/*
 * Cut "host", "host:port" or "[::1]:port"; port.p is NULL where there is none.
 * False if a bracket stays open or something but a port follows it.
 */
static bool
cut_host(struct str at, struct str *host, struct str *port)
{
    *port = at;
    if (!str_starts(at, STR("["))) {
        *host = str_cut(port, ':');
        return true;
    }
    (void)str_cut(port, '[');
    *host = str_cut(port, ']');
    if (port->p == NULL) {
        return false;
    }
    if (port->len == 0) {
        port->p = NULL;
        return true;
    }
    return str_cut(port, ':').len == 0 && port->p != NULL;
}

/* A name or an address: no list of them, no query behind it. */
static bool
host_ok(struct str host)
{
    for (size_t i = 0; i < host.len; i++) {
        if ((unsigned char)host.p[i] <= ' ' ||
            strchr("[]?#,\\\"\x7f", host.p[i]) != NULL) {
            return false;
        }
    }
    return host.len > 0;
}

static enum rc
parse_host(struct topology *t, struct str at, struct err *e)
{
    struct str host, text;
    uint64_t port = 6379;

    if (!cut_host(at, &host, &text) || !host_ok(host) ||
        !str_copy(host, t->host, sizeof(t->host))) {
        return bad_url(e, "it names no host, or more than one");
    }
    if (text.p != NULL &&
        (!number_parse_u64(text, &port) || port == 0 || port > 65535)) {
        return bad_url(e, "the port is a number from 1 to 65535");
    }
    t->port = (uint16_t)port;
    return RC_OK;
}

static enum rc
parse_tcp(struct topology *t, struct str rest, struct err *e)
{
    struct str path = rest;
    struct str at = str_cut(&path, '/');
    const char *sign = memrchr(at.p, '@', at.len);
    enum rc rc = RC_OK;

    if (sign != NULL) {
        size_t n = (size_t)(sign - at.p);

        rc = parse_user(t, (struct str){at.p, n}, e);
        at = (struct str){sign + 1, at.len - n - 1};
    }
    if (rc == RC_OK) {
        rc = parse_host(t, at, e);
    }
    if (rc == RC_OK && path.p != NULL && path.len > 0 &&
        !parse_db(path, &t->db)) {
        rc = bad_url(e, "the database behind / is a number");
    }
    return rc;
}

enum rc
topology_parse(struct topology *t, struct str url, struct err *e)
{
    static const char *const later[] = {
        "rediss:", "redis-sentinel:", "redis+sentinel:", "redis-cluster:",
        "redis+cluster:"};

    memset(t, 0, sizeof(*t));
    for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
        if (str_starts(url, str_of(later[i]))) {
            return err_set(e, RC_INVAL,
                           "redis URL: %s is not supported yet; give one "
                           "plain Redis as redis://host:port",
                           later[i]);
        }
    }
    if (str_starts(url, STR("unix:"))) {
        return parse_unix(t, (struct str){url.p + 5, url.len - 5}, e);
    }
    if (str_starts(url, STR("redis://"))) {
        return parse_tcp(t, (struct str){url.p + 8, url.len - 8}, e);
    }
    return bad_url(e, "it begins with neither redis:// nor unix:");
}

enum rc
topology_password_file(struct topology *t, const char *path, struct err *e)
{
    FILE *f = fopen(path, "re");
    char room[sizeof(t->password) + 2];

    if (f == NULL) {
        return err_set(e, RC_INVAL, "%s: %m", path);
    }
    struct str rest = {room, fread(room, 1, sizeof(room), f)};
    struct str word = str_trim(str_cut(&rest, '\n'));

    fclose(f);
    if (word.len == 0 || !str_copy(word, t->password, sizeof(t->password))) {
        return err_set(e, RC_INVAL,
                       "%s: its first line is not a password of 1 to 511 "
                       "bytes",
                       path);
    }
    return RC_OK;
}

bool
topology_is_named(const struct topology *t)
{
    struct in6_addr any;

    return t->path[0] == '\0' && inet_pton(AF_INET, t->host, &any) != 1 &&
           inet_pton(AF_INET6, t->host, &any) != 1;
}

const char *
topology_name(const struct topology *t, char out[300])
{
    if (t->path[0] != '\0') {
        snprintf(out, 300, "%s", t->path);
    } else if (strchr(t->host, ':') != NULL) {
        snprintf(out, 300, "[%s]:%u", t->host, t->port);
    } else {
        snprintf(out, 300, "%s:%u", t->host, t->port);
    }
    return out;
}
