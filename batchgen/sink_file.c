/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_file.h"

#include "batchgen/sink_json.h"
#include "batchgen/sink_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *
name_of(const char *source)
{
    const char *slash = strrchr(source, '/');

    return strcmp(source, "-") == 0 ? "stdin"
           : slash == NULL          ? source
                                    : slash + 1;
}

/* Hidden, so that the folder can be read as an input meanwhile. */
static char *
part_path(const char *folder, const char *source)
{
    char *path;

    return asprintf(&path, "%s/.%s.part", folder, name_of(source)) < 0 ? NULL
                                                                       : path;
}

char *
sink_file_path(const char *folder, const char *source)
{
    char *path;

    return asprintf(&path, "%s/%s.out", folder, name_of(source)) < 0 ? NULL
                                                                     : path;
}

bool
sink_file_is_whole(const char *folder, const char *source)
{
    char *path = sink_file_path(folder, source);
    char *part = part_path(folder, source);
    bool whole = path != NULL && part != NULL && access(path, F_OK) == 0;

    if (whole && unlink(part) != 0 && errno != ENOENT) {
        fprintf(stderr, "warning: %s: %s\n", part, strerror(errno));
    }
    free(path);
    free(part);
    return whole;
}

static enum rc
io_error(const char *path, struct err *e)
{
    return err_set(e, RC_IO, "%s: %s", path, strerror(errno));
}

static enum rc
begin_file(struct sink_file *s, const char *source, struct err *e)
{
    s->path = sink_file_path(s->folder, source);
    s->part = part_path(s->folder, source);
    s->read = 0;
    s->rejected = 0;
    if (s->path == NULL || s->part == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    s->fd = open(s->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return s->fd < 0 ? io_error(s->part, e) : RC_OK;
}

static enum rc
write_all(struct sink_file *s, struct str text, struct err *e)
{
    while (text.len > 0) {
        ssize_t n = write(s->fd, text.p, text.len);

        if (n < 0) {
            return io_error(s->part, e);
        }
        text.p += n;
        text.len -= (size_t)n;
    }
    return RC_OK;
}

/* So that the name survives a power cut as the bytes do. */
static enum rc
sync_folder(const struct sink_file *s, struct err *e)
{
    int fd = open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    int why = errno;

    if (fd >= 0) {
        close(fd);
    }
    errno = why;
    return synced ? RC_OK : io_error(s->folder, e);
}

static void
forget_file(struct sink_file *s)
{
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
    free(s->path);
    free(s->part);
    s->path = NULL;
    s->part = NULL;
}

static enum rc
finish_file(struct sink_file *s, struct err *e)
{
    int fd = s->fd;
    enum rc rc = rejected_limit_check(&s->limit, s->rejected, s->read,
                                      s->rejected_path, e);

    if (rc != RC_OK) {
        return rc;
    }
    if (fsync(fd) != 0) {
        return io_error(s->part, e);
    }
    s->fd = -1;
    if (close(fd) != 0) {
        return io_error(s->part, e);
    }
    if (rename(s->part, s->path) != 0) {
        return io_error(s->path, e);
    }
    s->nfile++;
    forget_file(s);
    return sync_folder(s, e);
}

static enum rc
take(struct sink *sink, struct chunk *c, struct err *e)
{
    struct sink_file *s = (struct sink_file *)sink;
    enum rc rc = RC_OK;

    if (s->fd < 0) {
        rc = begin_file(s, c->source->path, e);
    }
    if (rc == RC_OK) {
        rc = write_all(s, buf_view(&c->rows), e);
    }
    s->read += c->read;
    s->rejected += c->rejected;
    return rc == RC_OK && c->last ? finish_file(s, e) : rc;
}

static void
pack(const struct sink *sink, struct chunk *c, const struct sink_rows *rows)
{
    const struct sink_line *line = &((const struct sink_file *)sink)->line;

    if (line->json) {
        sink_json_rows(line, rows, &c->rows);
    } else {
        sink_text_rows(line, rows, &c->rows);
    }
}

static const struct sink_ops ops = {"file", pack, take};

enum rc
sink_file_init(struct sink_file *s, struct err *e)
{
    s->sink.ops = &ops;
    s->fd = -1;
    return mkdir(s->folder, 0777) == 0 || errno == EEXIST
               ? RC_OK
               : io_error(s->folder, e);
}

void
sink_file_fini(struct sink_file *s)
{
    if (s->part != NULL && unlink(s->part) != 0 && errno != ENOENT) {
        fprintf(stderr, "warning: %s: %s\n", s->part, strerror(errno));
    }
    forget_file(s);
}
