/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((size_t)2 << 30)

static enum rc
failed(struct err *e, const char *path)
{
    return err_set(e, RC_IO, "%s: %s", path, strerror(errno));
}

/* Fill p from fd; a file that shrinks meanwhile ends early. */
static enum rc
read_all(int fd, const char *path, char *p, size_t want, size_t *len,
         struct err *e)
{
    *len = 0;
    while (*len < want) {
        ssize_t n = read(fd, p + *len, want - *len);

        if (n == 0) {
            break;
        }
        if (n < 0 && errno != EINTR) {
            return failed(e, path);
        }
        *len += n > 0 ? (size_t)n : 0;
    }
    return RC_OK;
}

static enum rc
read_open(int fd, const char *path, char **out, size_t *len, struct err *e)
{
    struct stat st;
    enum rc rc;

    if (fstat(fd, &st) != 0) {
        return failed(e, path);
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(e, RC_IO, "%s: not a regular file", path);
    }
    if ((size_t)st.st_size > FILE_MAX) {
        return err_set(e, RC_IO, "%s: larger than 2 GiB", path);
    }
    *out = malloc((size_t)st.st_size + 1);
    if (*out == NULL) {
        return err_set(e, RC_NOMEM, "%s: out of memory", path);
    }
    rc = read_all(fd, path, *out, (size_t)st.st_size, len, e);
    if (rc != RC_OK) {
        free(*out);
    }
    return rc;
}

enum rc
model_read_file(const char *path, char **out, size_t *len, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    enum rc rc;

    if (fd < 0) {
        return failed(e, path);
    }
    rc = read_open(fd, path, out, len, e);
    close(fd);
    return rc;
}
