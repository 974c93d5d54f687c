/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allocations - preloaded into a program, counts what it takes from the heap.
 * The count is a u64 in the file that ALLOCATIONS names, mapped, so that
 * others can read it at any time; without the variable nothing is counted.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The C library's own, under the names that it keeps for this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_uint_fast64_t before; /* the file is there */
static atomic_uint_fast64_t *count = &before;

__attribute__((constructor)) static void
map_count(void)
{
    const char *path = getenv("ALLOCATIONS");
    int fd = path == NULL ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *p = MAP_FAILED;

    if (fd >= 0 && ftruncate(fd, sizeof(*count)) == 0) {
        p = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                 0);
    }
    if (p != MAP_FAILED) {
        count = p;
    }
    if (fd >= 0) {
        close(fd);
    }
}

static void
note(void)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

void *
malloc(size_t size)
{
    note();
    return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
    note();
    return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
    note();
    return __libc_realloc(p, size);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    note();
    return __libc_memalign(alignment, size);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
    note();
    *out = __libc_memalign(alignment, size);
    return *out == NULL ? ENOMEM : 0;
}
