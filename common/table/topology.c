/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/topology.h"

#include "common/base/number.h"

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Percent-decode s into out; false if it is malformed, too long or has NUL. */
static bool
decode(struct str s, char *out, size_t cap)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++) {
        char c = s.p[i];

        if (c == '%') {
            int hi = i + 2 < s.len ? hex_digit(s.p[i + 1]) : -1;
            int lo = hi >= 0 ? hex_digit(s.p[i + 2]) : -1;

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

/* "host", "host:port", "[::1]:port" */
static enum rc
parse_host(struct topology *t, struct str at, struct err *e)
{
    struct str host;
    uint64_t port = 6379;

    if (str_starts(at, STR("["))) {
        at.p++, at.len--;
        host = str_cut(&at, ']');
        if (at.p != NULL && at.len > 0) {
            at = at.p[0] == ':' ? (struct str){at.p + 1, at.len - 1} : STR("?");
        } else {
            at.p = NULL;
        }
    } else {
        host = str_cut(&at, ':');
    }
    if (host.len == 0 || !str_copy(host, t->host, sizeof(t->host))) {
        return bad_url(e, "it names no host");
    }
    if (at.p != NULL &&
        (!number_parse_u64(at, &port) || port == 0 || port > 65535)) {
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
    char line[sizeof(t->password) + 2] = "";

    if (f == NULL) {
        return err_set(e, RC_INVAL, "%s: %m", path);
    }
    bool read = fgets(line, sizeof(line), f) != NULL;

    fclose(f);
    struct str word = str_trim(str_of(line));

    if (!read || word.len == 0 ||
        !str_copy(word, t->password, sizeof(t->password))) {
        return err_set(e, RC_INVAL,
                       "%s: its first line is not a password of 1 to 511 "
                       "bytes",
                       path);
    }
    return RC_OK;
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

static enum rc
unreachable(const struct topology *t, const char *why, struct err *e)
{
    char name[300];

    return err_set(e, RC_UNAVAIL,
                   "redis at %s: %s; is it running, and is --redis right?",
                   topology_name(t, name), why);
}

/* What Redis answered instead of OK, with what to do about it. */
static enum rc
answered(const struct topology *t, const char *text, struct err *e)
{
    static const struct {
        const char *starts, *advice;
    } advice[] = {
        {"NOAUTH", "give the password in the URL or by --redis-password-file"},
        {"WRONGPASS", "check the user and password"},
        {"ERR AUTH", "check the user and password"},
        {"NOPERM", "check what this user may do (ACL)"},
        {"LOADING", "it is reading its data; try again when it is done"},
        {"MASTERDOWN", "it is a replica without its master"},
    };
    char name[300];
    const char *what = "is it a Redis?";

    for (size_t i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
        if (str_starts(str_of(text), str_of(advice[i].starts))) {
            what = advice[i].advice;
        }
    }
    return err_set(e, RC_UNAVAIL, "redis at %s says '%s': %s",
                   topology_name(t, name), text, what);
}

static enum rc
command(const struct topology *t, redisContext *c, int argc, const char **argv,
        struct err *e)
{
    redisReply *r = redisCommandArgv(c, argc, argv, NULL);
    enum rc rc = RC_OK;

    if (r == NULL) {
        return unreachable(t, c->errstr, e);
    }
    if (r->type == REDIS_REPLY_ERROR) {
        rc = answered(t, r->str, e);
    }
    freeReplyObject(r);
    return rc;
}

static enum rc
greet(const struct topology *t, redisContext *c, struct err *e)
{
    enum rc rc = RC_OK;
    char db[16];

    if (t->password[0] != '\0' && t->user[0] != '\0') {
        rc =
            command(t, c, 3, (const char *[]){"AUTH", t->user, t->password}, e);
    } else if (t->password[0] != '\0') {
        rc = command(t, c, 2, (const char *[]){"AUTH", t->password}, e);
    }
    if (rc == RC_OK) {
        rc = command(t, c, 1, (const char *[]){"PING"}, e);
    }
    if (rc == RC_OK && t->db != 0) {
        snprintf(db, sizeof(db), "%u", t->db);
        rc = command(t, c, 2, (const char *[]){"SELECT", db}, e);
    }
    return rc;
}

enum rc
topology_connect(const struct topology *t, unsigned timeout_ms,
                 struct redisContext **out, struct err *e)
{
    struct timeval tv = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    redisContext *c = t->path[0] != '\0'
                          ? redisConnectUnixWithTimeout(t->path, tv)
                          : redisConnectWithTimeout(t->host, t->port, tv);

    if (c == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    enum rc rc = RC_OK;

    if (c->err != 0) {
        rc = unreachable(t, c->errstr, e);
    } else if (redisSetTimeout(c, tv) != REDIS_OK) {
        rc = unreachable(t, "cannot set a time-out", e);
    } else {
        rc = greet(t, c, e);
    }
    if (rc != RC_OK) {
        redisFree(c);
        return rc;
    }
    *out = c;
    return RC_OK;
}
