/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/check.h"
#include "common/base/hash.h"
#include "common/table/sealed_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define PATH_ROOM  4096
#define WRITE_MOST ((size_t)1 << 26)

static enum rc
failed(struct err *e, const char *path)
{
    return err_set(e, RC_IO, "%s: %s", path, strerror(errno));
}

static bool
write_all(int fd, struct str s)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.p, s.len < WRITE_MOST ? s.len : WRITE_MOST);

        if (n < 0 && errno != EINTR) {
            return false;
        }
        s.p += n > 0 ? n : 0;
        s.len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static size_t
build_front(char *front, uint32_t kind, const struct str *part, size_t n)
{
    struct sealed_head head = {.kind = kind, .n = (uint32_t)n};
    uint64_t at = sealed_front(n), hash;
    size_t len = sizeof(head);

    memcpy(head.magic, SEALED_MAGIC, sizeof(head.magic));
    memcpy(front, &head, sizeof(head));
    for (size_t i = 0; i < n; i++) {
        struct sealed_place place = {sealed_align(at), part[i].len,
                                     hash_key(part[i])};

        memcpy(front + len, &place, sizeof(place));
        len += sizeof(place);
        at = place.offset + place.len;
    }
    hash = hash_key((struct str){front, len});
    memcpy(front + len, &hash, sizeof(hash));
    return len + sizeof(hash);
}

static bool
write_file(int fd, uint32_t kind, const struct str *part, size_t n)
{
    static const char zero[SEALED_ALIGN];
    char front[sizeof(struct sealed_head) +
               SEALED_PARTS_MAX * sizeof(struct sealed_place) +
               sizeof(uint64_t)];
    uint64_t at = build_front(front, kind, part, n);
    bool ok = write_all(fd, (struct str){front, at});

    for (size_t i = 0; i < n && ok; i++) {
        uint64_t begin = sealed_align(at);

        ok = write_all(fd, (struct str){zero, begin - at}) &&
             write_all(fd, part[i]);
        at = begin + part[i].len;
    }
    return ok && fsync(fd) == 0;
}

/* A name that is new is on the disk when its directory is. */
static bool
sync_directory(const char *path)
{
    char dir[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 0 : (size_t)(slash - path);
    int fd;
    bool ok;

    CHECK(str_copy((struct str){slash == NULL ? "." : path,
                                slash == NULL ? 1 : len + (len == 0)},
                   dir, sizeof(dir)));
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return ok;
}

enum rc
sealed_write(const char *path, uint32_t kind, const struct str *part, size_t n,
             struct err *e)
{
    char temporary[PATH_ROOM], word[17];
    int fd;
    bool ok;

    CHECK(n <= SEALED_PARTS_MAX);
    hash_random_uid(word);
    if ((size_t)snprintf(temporary, sizeof(temporary), "%s.%.8s%s", path, word,
                         SEALED_TEMPORARY) >= sizeof(temporary)) {
        return err_set(e, RC_IO, "%s: the path is too long", path);
    }
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return failed(e, temporary);
    }
    ok = flock(fd, LOCK_EX | LOCK_NB) == 0 && write_file(fd, kind, part, n) &&
         rename(temporary, path) == 0;
    if (!ok) {
        (void)failed(e, path);
        (void)unlink(temporary);
        close(fd);
        return RC_IO;
    }
    close(fd);
    return sync_directory(path) ? RC_OK : failed(e, path);
}

/* Its lock is gone with the process that held it. */
void
sealed_clear(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd >= 0) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
            (void)unlink(path);
        }
        close(fd);
    }
}
