/* SPDX-License-Identifier: Apache-2.0 */
#include "common/table/sealed_impl.h"

#include "common/base/check.h"
#include "common/base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_MOST ((size_t)1 << 26)

struct sealed {
    struct str file; /* a copy: nobody can cut off what is served */
    struct str part[SEALED_PARTS_MAX];
};

static enum rc
check_front(struct str file, uint32_t kind, size_t n, struct err *e)
{
    struct sealed_head head;
    uint64_t hash;

    if (file.len < sealed_front(n)) {
        return err_set(e, RC_INVAL, "it is too short");
    }
    memcpy(&head, file.p, sizeof(head));
    if (memcmp(head.magic, SEALED_MAGIC, sizeof(head.magic)) != 0) {
        return err_set(e, RC_INVAL, "lookup did not write it");
    }
    if (head.kind != kind || head.n != n) {
        return err_set(e, RC_INVAL, "another version of lookup wrote it");
    }
    memcpy(&hash, file.p + sealed_front(n) - sizeof(hash), sizeof(hash));
    return hash == hash_key(
                       (struct str){file.p, sealed_front(n) - sizeof(hash)})
               ? RC_OK
               : err_set(e, RC_INVAL, "its first bytes are damaged");
}

/* A part at its place, behind nothing but zeros from `at` on. */
static enum rc
check_part(struct str file, const struct sealed_place *place, uint64_t at,
           struct str *part, struct err *e)
{
    if (place->offset != sealed_align(at) || place->offset > file.len ||
        place->len > file.len - place->offset) {
        return err_set(e, RC_INVAL, "it was cut off");
    }
    while (at < place->offset) {
        if (file.p[at++] != '\0') {
            return err_set(e, RC_INVAL, "it is damaged between its parts");
        }
    }
    *part = (struct str){file.p + place->offset, place->len};
    return hash_key(*part) == place->hash
               ? RC_OK
               : err_set(e, RC_INVAL, "a part of it is damaged");
}

enum rc
sealed_parse(struct str file, uint32_t kind, struct str *part, size_t n,
             struct err *e)
{
    uint64_t at = sealed_front(n);
    enum rc rc = check_front(file, kind, n, e);

    for (size_t i = 0; i < n && rc == RC_OK; i++) {
        struct sealed_place place;

        memcpy(&place,
               file.p + sizeof(struct sealed_head) +
                   i * sizeof(struct sealed_place),
               sizeof(place));
        rc = check_part(file, &place, at, &part[i], e);
        at = place.offset + place.len;
    }
    return rc == RC_OK && at != file.len
               ? err_set(e, RC_INVAL, "there are bytes behind its end")
               : rc;
}

static enum rc
rc_of(int error)
{
    switch (error) {
    case ENOENT:
        return RC_NOT_FOUND;
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return RC_NOMEM;
    default:
        return RC_IO;
    }
}

static enum rc
failed(struct err *e, const char *path)
{
    return err_set(e, rc_of(errno), "%s: %s", path, strerror(errno));
}

/* A file that ends before its length was cut off meanwhile. */
static bool
read_all(int fd, char *to, size_t len)
{
    while (len > 0) {
        ssize_t n = read(fd, to, len < READ_MOST ? len : READ_MOST);

        if (n == 0) {
            errno = ENODATA;
        }
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return false;
        }
        to += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/*
 * Bytes that were checked must stay what they are: a mapped file is as others
 * leave it, and kills who reads behind an end that has moved.
 */
static enum rc
copy(int fd, const char *path, struct str *file, struct err *e)
{
    struct stat st;
    void *p;

    if (fstat(fd, &st) != 0) {
        return failed(e, path);
    }
    if (!S_ISREG(st.st_mode) || st.st_size == 0) {
        return err_set(e, RC_INVAL, "%s: it is empty, or no file", path);
    }
    p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) {
        return failed(e, path);
    }
    *file = (struct str){p, (size_t)st.st_size};
    return read_all(fd, p, file->len) ? RC_OK : failed(e, path);
}

enum rc
sealed_open(struct sealed **out, const char *path, uint32_t kind, size_t n,
            struct err *e)
{
    struct sealed *s = calloc(1, sizeof(*s));
    struct err why;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    enum rc rc;

    CHECK(n <= SEALED_PARTS_MAX);
    if (s == NULL || fd < 0) {
        rc = fd < 0 ? failed(e, path) : err_set(e, RC_NOMEM, "out of memory");
    } else {
        rc = copy(fd, path, &s->file, e);
    }
    if (fd >= 0) {
        close(fd);
    }
    if (rc == RC_OK) {
        rc = sealed_parse(s->file, kind, s->part, n, &why);
        if (rc != RC_OK) {
            (void)err_set(e, rc, "%s: %s", path, why.text);
        }
    }
    if (rc != RC_OK) {
        sealed_close(&s);
        return rc;
    }
    *out = s;
    return RC_OK;
}

struct str
sealed_part(const struct sealed *s, size_t i)
{
    return s->part[i];
}

void
sealed_close(struct sealed **s)
{
    if (s == NULL || *s == NULL) {
        return;
    }
    if ((*s)->file.p != NULL) {
        CHECK(munmap((char *)(uintptr_t)(*s)->file.p, (*s)->file.len) == 0);
    }
    free(*s);
    *s = NULL;
}
