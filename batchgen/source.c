/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/source.h"

#include "common/base/clock.h"
#include "common/model/row.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_READ (64 << 10)
#define POLL_MS   100

static const struct str utf8_bom = STR("\xef\xbb\xbf");

static enum rc
add_path(struct source_list *list, const char *path, struct err *e)
{
    struct source *more =
        realloc(list->item, (list->n + 1) * sizeof(*list->item));

    if (more == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    list->item = more;
    more[list->n] = (struct source){.path = strdup(path), .fd = -1};
    if (more[list->n].path == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    buf_init(&more[list->n].head, RECORD_MAX + HEAD_READ);
    list->n++;
    return RC_OK;
}

static enum rc
add_directory(struct source_list *list, const char *path, struct err *e)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    enum rc rc = RC_OK;

    if (dir == NULL) {
        return err_set(e, RC_IO, "%s: %s", path, strerror(errno));
    }
    while (rc == RC_OK && (entry = readdir(dir)) != NULL) {
        struct stat st;
        char *full;

        if (entry->d_name[0] == '.') {
            continue;
        }
        if (asprintf(&full, "%s%s%s", path,
                     str_ends(str_of(path), STR("/")) ? "" : "/",
                     entry->d_name) < 0) {
            rc = err_set(e, RC_NOMEM, "out of memory");
            break;
        }
        if (stat(full, &st) == 0 && S_ISREG(st.st_mode)) {
            rc = add_path(list, full, e);
        }
        free(full);
    }
    closedir(dir);
    return rc;
}

static enum rc
expand(struct source_list *list, char *const *path, size_t n, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        struct stat st;
        enum rc rc;

        if (strcmp(path[i], "-") != 0 && stat(path[i], &st) != 0) {
            return err_set(e, RC_IO, "%s: %s", path[i], strerror(errno));
        }
        if (strcmp(path[i], "-") != 0 && S_ISDIR(st.st_mode)) {
            rc = add_directory(list, path[i], e);
        } else {
            rc = add_path(list, path[i], e);
        }
        if (rc != RC_OK) {
            return rc;
        }
    }
    if (list->n == 0) {
        return err_set(e, RC_REFUSED, "--input: there is no file in '%s'",
                       n == 0 ? "" : path[0]);
    }
    return RC_OK;
}

static int
by_path(const void *a, const void *b)
{
    const struct source *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static enum rc
check_name(const struct source *s, struct err *e)
{
    struct str path = str_of(s->path);

    if (str_ends(path, STR(".gz")) || str_ends(path, STR(".zst"))) {
        return err_set(e, RC_REFUSED,
                       "%s: compressed input is not read yet: give it through "
                       "a pipe, as in `zcat %s | batchgen ... --input -`",
                       s->path, s->path);
    }
    return RC_OK;
}

static enum rc
open_first(struct source *s, struct err *e)
{
    struct stat st;

    s->fd = strcmp(s->path, "-") == 0 ? dup(STDIN_FILENO)
                                      : open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        return err_set(e, RC_IO, "%s: %s", s->path, strerror(errno));
    }
    s->device = st.st_dev;
    s->inode = st.st_ino;
    s->stream = !S_ISREG(st.st_mode) || strcmp(s->path, "-") == 0;
    s->size = s->stream ? 0 : (uint64_t)st.st_size;
    s->mtime_us = s->stream ? clock_wall_us()
                            : (uint64_t)st.st_mtim.tv_sec * 1000000 +
                                  (uint64_t)st.st_mtim.tv_nsec / 1000;
    return RC_OK;
}

static void
take_header(struct source *s, size_t record_len)
{
    size_t bom = str_starts(buf_view(&s->head), utf8_bom) ? utf8_bom.len : 0;
    struct str line = {s->head.p + bom, record_len - bom};

    s->data_line = 1;
    for (size_t i = 0; i < record_len; i++) {
        s->data_line += s->head.p[i] == '\n' ? 1 : 0;
    }
    if (line.len > 0 && line.p[line.len - 1] == '\n') {
        line.len--;
    }
    if (line.len > 0 && line.p[line.len - 1] == '\r') {
        line.len--;
    }
    s->header = line;
    s->data_offset = record_len;
}

/* Read on until the first record is whole. */
static enum rc
read_header(struct source *s, struct err *e)
{
    size_t len = 0;

    while (len == 0) {
        char *p = buf_reserve(&s->head, HEAD_READ);
        ssize_t n;

        if (p == NULL) {
            return err_set(e, RC_REFUSED,
                           "%s: the header has no end within 16 MiB: is this "
                           "a CSV file?",
                           s->path);
        }
        n = read(s->fd, p, HEAD_READ);
        if (n < 0) {
            return err_set(e, RC_IO, "%s: %s", s->path, strerror(errno));
        }
        s->head.len += (size_t)n;
        len = row_record_len(buf_view(&s->head));
        if (n == 0 && len == 0) {
            len = s->head.len; /* a header and nothing else */
            break;
        }
    }
    if (len == 0) {
        return err_set(e, RC_REFUSED, "%s: the file is empty", s->path);
    }
    take_header(s, len);
    return RC_OK;
}

static enum rc
read_first(struct source *s, struct err *e)
{
    enum rc rc = check_name(s, e);

    if (rc == RC_OK) {
        rc = open_first(s, e);
    }
    if (rc == RC_OK) {
        rc = read_header(s, e);
    }
    if (rc != RC_OK || !s->stream) {
        source_close(s);
    }
    return rc;
}

enum rc
source_list_init(struct source_list *list, char *const *path, size_t n,
                 struct err *e)
{
    bool stream = false;
    enum rc rc;

    *list = (struct source_list){.oldest_us = UINT64_MAX};
    rc = expand(list, path, n, e);
    if (rc != RC_OK) {
        return rc;
    }
    qsort(list->item, list->n, sizeof(*list->item), by_path);
    for (size_t i = 0; rc == RC_OK && i < list->n; i++) {
        struct source *s = &list->item[i];

        rc = read_first(s, e);
        stream = stream || s->stream;
        list->size += s->size;
        if (s->mtime_us < list->oldest_us) {
            list->oldest_us = s->mtime_us;
        }
    }
    if (stream) {
        list->size = 0;
    }
    return rc;
}

void
source_list_fini(struct source_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        source_close(&list->item[i]);
        buf_fini(&list->item[i].head);
        free(list->item[i].path);
    }
    free(list->item);
    *list = (struct source_list){0};
}

bool
source_list_has(const struct source_list *list, const char *path)
{
    struct stat st;

    for (size_t i = 0; stat(path, &st) == 0 && i < list->n; i++) {
        if (list->item[i].device == st.st_dev &&
            list->item[i].inode == st.st_ino) {
            return true;
        }
    }
    return false;
}

enum rc
source_open(struct source *s, struct err *e)
{
    if (s->stream) {
        return RC_OK;
    }
    s->fd = open(s->path, O_RDONLY | O_CLOEXEC);
    if (s->fd < 0 || lseek(s->fd, (off_t)s->data_offset, SEEK_SET) < 0) {
        return err_set(e, RC_IO, "%s: %s", s->path, strerror(errno));
    }
    return RC_OK;
}

/* What read_header took from a stream beyond the header. */
static size_t
take_rest_of_head(struct source *s, char *p, size_t n)
{
    size_t rest = s->head.len - s->data_offset;
    size_t take = rest < n ? rest : n;

    memcpy(p, s->head.p + s->data_offset, take);
    memmove(s->head.p + s->data_offset, s->head.p + s->data_offset + take,
            rest - take);
    s->head.len -= take;
    return take;
}

enum rc
source_read(struct source *s, char *p, size_t n, size_t *got,
            const struct stop *stop, struct err *e)
{
    struct pollfd fd = {.fd = s->fd, .events = POLLIN};
    ssize_t r = 0;

    *got = 0;
    if (s->stream && s->head.len > s->data_offset) {
        *got = take_rest_of_head(s, p, n);
        return RC_OK;
    }
    while (s->stream && !stop_asked(stop) && poll(&fd, 1, POLL_MS) == 0) {
        /* nothing there yet */
    }
    if (!stop_asked(stop)) {
        r = read(s->fd, p, n);
    }
    if (r < 0) {
        return err_set(e, RC_IO, "%s: %s", s->path, strerror(errno));
    }
    *got = (size_t)r;
    return RC_OK;
}

void
source_close(struct source *s)
{
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
}
