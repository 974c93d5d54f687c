/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/pipeline_ring.h"

#include "common/base/check.h"
#include "common/base/clock.h"

#define RANKED_CHUNK ((size_t)8 << 10) /* some 100 users to rank */

/* The chunk behind the last record is sent too, empty, to say so. */
static enum rc
read_source(struct pipeline_ring *r, size_t index, uint64_t *seq, struct err *e)
{
    struct source *s = &r->p->sources->item[index];
    struct cutter cutter;
    bool any = true;
    enum rc rc = source_open(s, e);

    cutter_init(&cutter, s, r->p->stop);
    if (r->p->recipe->ranked != NULL) {
        cutter.size = RANKED_CHUNK;
    }
    while (rc == RC_OK && any && !stop_asked(r->p->stop)) {
        struct chunk *c = queue_pop(r->spare);
        uint64_t begin_ns = clock_mono_ns();

        if (c == NULL) {
            break;
        }
        rc = cutter_next(&cutter, c, &any, e);
        c->read_ns = clock_mono_ns() - begin_ns;
        if (rc != RC_OK) {
            CHECK(queue_try_push(r->spare, c) == RC_OK);
            break;
        }
        c->last = !any;
        c->source_index = index;
        c->seq = (*seq)++;
        CHECK(queue_try_push(r->cut, c) == RC_OK);
    }
    cutter_fini(&cutter);
    source_close(s);
    return rc;
}

void *
pipeline_read(void *arg)
{
    struct pipeline_ring *r = arg;
    uint64_t seq = 0;

    for (size_t i = 0; r->read_rc == RC_OK && i < r->p->sources->n; i++) {
        if (!r->p->sources->item[i].skip) {
            r->read_rc = read_source(r, i, &seq, &r->read_err);
        }
    }
    if (r->read_rc != RC_OK) {
        stop_ask(r->p->stop, STOP_FAILED);
    }
    queue_close(r->cut);
    return NULL;
}
