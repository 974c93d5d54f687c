/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void
spill_init(struct spill *s)
{
    *s = (struct spill){.fd = -1};
}

static void
unmap(struct spill *s)
{
    if (s->mapped != NULL) {
        munmap(s->mapped, s->mapped_size);
        s->mapped = NULL;
    }
}

void
spill_fini(struct spill *s)
{
    unmap(s);
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
}

static enum rc
open_file(struct spill *s)
{
    const char *folder = getenv("TMPDIR");

    folder = folder == NULL || folder[0] == '\0' ? "/tmp" : folder;
    s->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return s->fd < 0 ? RC_IO : RC_OK;
}

enum rc
spill_write(struct spill *s, struct str bytes, uint64_t *offset)
{
    if (s->fd < 0 && open_file(s) != RC_OK) {
        return RC_IO;
    }
    *offset = s->size;
    while (bytes.len > 0) {
        ssize_t n = pwrite(s->fd, bytes.p, bytes.len, (off_t)s->size);

        if (n < 0 && errno != EINTR) {
            return RC_IO;
        }
        n = n < 0 ? 0 : n;
        bytes.p += n;
        bytes.len -= (size_t)n;
        s->size += (uint64_t)n;
    }
    return RC_OK;
}

enum rc
spill_map(struct spill *s, const char **base)
{
    *base = NULL;
    unmap(s);
    if (s->size == 0) {
        return RC_OK;
    }
    s->mapped = mmap(NULL, s->size, PROT_READ, MAP_SHARED, s->fd, 0);
    if (s->mapped == MAP_FAILED) {
        s->mapped = NULL;
        return RC_NOMEM;
    }
    s->mapped_size = s->size;
    *base = s->mapped;
    return RC_OK;
}
