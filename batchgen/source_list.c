/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/source_list.h"

#include "batchgen/source_manifest.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct expansion {
    struct source_list *list;
    bool lines;
};

static enum rc
add_file(struct expansion *x, const char *path, struct err *e)
{
    struct source_list *list = x->list;
    struct source *more =
        realloc(list->item, (list->n + 1) * sizeof(*list->item));
    char *copy = strdup(path);

    if (more != NULL) {
        list->item = more;
    }
    if (more == NULL || copy == NULL) {
        free(copy);
        return err_set(e, RC_NOMEM, "out of memory");
    }
    source_init(&more[list->n++], copy, x->lines);
    return RC_OK;
}

static enum rc
add_directory(struct expansion *x, const char *path, struct err *e)
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
            rc = add_file(x, full, e);
        }
        free(full);
    }
    closedir(dir);
    return rc;
}

static enum rc
add_manifest(struct expansion *x, const char *path, struct err *e)
{
    struct source_manifest m;
    enum rc rc = source_manifest_read(&m, path, e);

    for (size_t i = 0; rc == RC_OK && i < m.n; i++) {
        rc = add_file(x, m.path[i], e);
    }
    source_manifest_fini(&m);
    return rc;
}

/* A file's own name goes before what it means as a pattern. */
static enum rc
add_existing(struct expansion *x, const char *path, struct err *e)
{
    struct stat st;

    if (strcmp(path, "-") == 0) {
        return add_file(x, path, e);
    }
    if (stat(path, &st) != 0) {
        return err_set(e, RC_IO, "%s: %s", path, strerror(errno));
    }
    if (S_ISDIR(st.st_mode)) {
        return add_directory(x, path, e);
    }
    return S_ISREG(st.st_mode) && source_manifest_is(path)
               ? add_manifest(x, path, e)
               : add_file(x, path, e);
}

static enum rc
add(struct expansion *x, const char *path, struct err *e)
{
    struct stat st;
    glob_t found;
    enum rc rc = RC_OK;

    if (strpbrk(path, "*?[") == NULL || stat(path, &st) == 0) {
        return add_existing(x, path, e);
    }
    if (glob(path, 0, NULL, &found) != 0) {
        return err_set(e, RC_IO, "%s: no file matches", path);
    }
    for (size_t i = 0; rc == RC_OK && i < found.gl_pathc; i++) {
        rc = add_existing(x, found.gl_pathv[i], e);
    }
    globfree(&found);
    return rc;
}

static int
by_path(const void *a, const void *b)
{
    const struct source *x = a, *y = b;

    return strcmp(x->path, y->path);
}

static enum rc
expand(struct expansion *x, char *const *path, size_t n, struct err *e)
{
    struct source_list *list = x->list;
    enum rc rc = RC_OK;

    for (size_t i = 0; rc == RC_OK && i < n; i++) {
        rc = add(x, path[i], e);
    }
    if (rc == RC_OK && list->n == 0) {
        rc = err_set(e, RC_REFUSED, "--input: there is no file in '%s'",
                     n == 0 ? "" : path[0]);
    }
    if (list->n > 0) {
        qsort(list->item, list->n, sizeof(*list->item), by_path);
    }
    return rc;
}

enum rc
source_list_init(struct source_list *list, char *const *path, size_t n,
                 bool lines, struct err *e)
{
    struct expansion x = {list, lines};
    bool unknown = false;
    enum rc rc;

    *list = (struct source_list){.oldest_us = UINT64_MAX};
    rc = expand(&x, path, n, e);
    for (size_t i = 0; rc == RC_OK && i < list->n; i++) {
        struct source *s = &list->item[i];

        rc = source_peek(s, e);
        unknown = unknown || s->stream || s->packed;
        list->size += s->size;
        if (s->mtime_us < list->oldest_us) {
            list->oldest_us = s->mtime_us;
        }
    }
    if (unknown) {
        list->size = 0;
    }
    return rc;
}

void
source_list_fini(struct source_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        source_fini(&list->item[i]);
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
