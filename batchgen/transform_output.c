/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/transform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two inputs of one name would write one file. */
static enum rc
check_twice(char **path, size_t n, struct err *e)
{
    qsort(path, n, sizeof(*path), by_text);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(path[i - 1], path[i]) == 0) {
            return err_set(e, RC_INVAL,
                           "two inputs would both be written to %s: give them "
                           "in runs with an --output of their own",
                           path[i]);
        }
    }
    return RC_OK;
}

enum rc
transform_outputs(struct transform *t, struct err *e)
{
    struct source_list *list = &t->intake.sources;
    char **path = calloc(list->n, sizeof(*path));
    enum rc rc = RC_OK;

    for (size_t i = 0; path != NULL && i < list->n; i++) {
        path[i] = sink_file_path(t->o->output, list->item[i].path);
        if (path[i] == NULL) {
            rc = RC_NOMEM;
            break;
        }
        list->item[i].skip =
            t->o->resume &&
            sink_file_is_whole(t->o->output, list->item[i].path);
        t->report.files_kept += list->item[i].skip ? 1 : 0;
    }
    rc = path == NULL || rc != RC_OK ? err_set(e, RC_NOMEM, "out of memory")
                                     : check_twice(path, list->n, e);
    for (size_t i = 0; path != NULL && i < list->n; i++) {
        free(path[i]);
    }
    free(path);
    return rc;
}

enum rc
transform_open(struct transform *t, struct err *e)
{
    const struct transform_options *o = t->o;
    int n = o->rejected == NULL
                ? asprintf(&t->rejected_path, "%s/rejected.csv", o->output)
                : asprintf(&t->rejected_path, "%s", o->rejected);
    enum rc rc;

    if (n < 0) {
        t->rejected_path = NULL;
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (source_list_has(&t->intake.sources, t->rejected_path)) {
        return err_set(e, RC_INVAL,
                       "%s is an input: name another file for rejected rows "
                       "with --rejected",
                       t->rejected_path);
    }
    t->rejected = rejected_create(t->rejected_path);
    if (t->rejected == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    t->sink.rejected_path = t->rejected_path;
    rc = sink_file_init(&t->sink, e);
    return rc == RC_OK ? progress_start(&t->progress, t->stop, e) : rc;
}
