/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/measure.h"

#include "common/base/number.h"
#include "common/table/keyspace.h"

#define SAMPLE     256
#define ANSWER_MAX 32

static void
say_usage(struct redis *r, struct str key)
{
    REDIS_WORDS(r, STR("MEMORY"), STR("USAGE"), key, STR("SAMPLES"), STR("0"));
}

/* Asked alone, as a refusal must not meet others on their way. */
static enum rc
usage_of(struct redis *r, struct str key, uint64_t *bytes, struct err *e)
{
    struct buf text;
    bool found;
    enum rc rc;

    *bytes = 0;
    buf_init(&text, ANSWER_MAX);
    say_usage(r, key);
    rc = redis_ask_text(r, &text, &found, e);
    if (rc == RC_OK && found && !number_parse_u64(buf_view(&text), bytes)) {
        *bytes = 0;
    }
    buf_fini(&text);
    return rc;
}

static enum rc
usage_of_buckets(const struct table *t, uint64_t gen, uint64_t buckets,
                 uint64_t *bytes, struct err *e)
{
    uint64_t step = buckets <= SAMPLE ? 1 : buckets / SAMPLE;
    uint64_t seen = 0, sum = 0;
    enum rc rc = RC_OK;

    for (uint64_t b = 0; rc == RC_OK && b < buckets; b += step) {
        char key[KEY_MAX];

        say_usage(t->redis, key_bucket(key, t->prefix, t->name, gen, b));
        rc = redis_push(t->redis, e);
        seen++;
    }
    if (rc == RC_OK) {
        rc = redis_drain(t->redis, &sum, e);
    }
    *bytes = (uint64_t)((double)sum * (double)buckets / (double)seen);
    return rc;
}

enum rc
measure_generation(const struct table *t, uint64_t gen, uint64_t buckets,
                   uint64_t *bytes, uint64_t *model_bytes, struct err *e)
{
    char model[KEY_MAX], items[KEY_MAX];
    uint64_t items_bytes = 0;
    enum rc rc = usage_of(t->redis, key_model(model, t->prefix, t->name, gen),
                          model_bytes, e);

    *bytes = 0;
    if (rc == RC_OK) {
        rc = usage_of(t->redis, key_items(items, t->prefix, t->name, gen),
                      &items_bytes, e);
        *model_bytes += items_bytes;
    }
    if (rc == RC_OK) {
        return usage_of_buckets(t, gen, buckets, bytes, e);
    }
    return redis_is_lost(t->redis) ? rc : RC_OK;
}
