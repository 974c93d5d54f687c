/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run fills in one struct, whatever it did, and it is printed once, at the
 * end. Text and JSON say the same; what does not apply (no output folder, no
 * rejected row, nothing measured) is left out of both. The keys of the JSON
 * are a contract: they may be added to.
 */
#include "batchgen/report.h"

#include "common/base/buf.h"
#include "common/base/check.h"

#include <inttypes.h>
#include <stdio.h>

#define JSON_MAX (64 << 10)

static double
seconds(uint64_t from_ns, uint64_t to_ns)
{
    return (double)(to_ns - from_ns) / 1e9;
}

/* Where the rows went. */
static void
put_place(const struct report *r, struct buf *out)
{
    if (r->output != NULL) {
        buf_c(out, "\"output\":");
        buf_json_str(out, str_of(r->output));
        buf_printf(out, ",\"files\":%" PRIu64 ",\"files_kept\":%" PRIu64,
                   r->files, r->files_kept);
        return;
    }
    buf_c(out, "\"table\":");
    buf_json_str(out, str_of(r->table));
    if (r->dry) {
        buf_c(out, ",\"dry_run\":true");
        return;
    }
    buf_printf(out, ",\"generation\":%" PRIu64 ",\"live\":%s", r->generation,
               r->live ? "true" : "false");
}

static void
put_estimate(const struct report *r, struct buf *out)
{
    const struct estimate *x = &r->estimate;

    if (x->buckets == 0) {
        return;
    }
    buf_printf(out,
               ",\"estimate\":{\"bytes\":%" PRIu64 ",\"model_bytes\":%" PRIu64
               ",\"feature_bytes\":%" PRIu64 ",\"hash_tables\":%" PRIu64
               ",\"write_seconds\":%.3f}",
               x->bytes, x->model_bytes, x->feature_bytes, x->tables,
               x->write_s);
    if (r->bytes > 0) {
        buf_printf(out,
                   ",\"measured\":{\"bytes\":%" PRIu64
                   ",\"model_bytes\":%" PRIu64 "}",
                   r->bytes, r->model_bytes);
    }
}

static void
put_stages(const struct report *r, struct buf *out)
{
    uint64_t ns[SPENT_COUNT], sum = spent_read(r->spent, ns);
    const char *comma = "";

    buf_c(out, ",\"stages\":{");
    for (int i = 0; i < SPENT_COUNT; i++) {
        if (ns[i] > 0) {
            buf_printf(out, "%s\"%s\":{\"seconds\":%.3f,\"share\":%.3f}", comma,
                       spent_name((enum spent_on)i), (double)ns[i] / 1e9,
                       (double)ns[i] / (double)sum);
            comma = ",";
        }
    }
    buf_char(out, '}');
}

static void
print_json(const struct report *r)
{
    struct buf out;

    buf_init(&out, JSON_MAX);
    buf_char(&out, '{');
    put_place(r, &out);
    buf_printf(&out,
               ",\"read\":%" PRIu64 ",\"written\":%" PRIu64
               ",\"rejected\":%" PRIu64 ",\"duplicate\":%" PRIu64
               ",\"skipped\":%" PRIu64 ",\"features\":%" PRIu64
               ",\"buckets\":%" PRIu64,
               r->read, r->written, r->rejected, r->duplicate, r->skipped,
               r->stored, r->buckets);
    if (r->users > 0) {
        buf_printf(&out, ",\"users\":%" PRIu64, r->users);
    }
    if (r->rejected > 0) {
        buf_c(&out, ",\"rejected_file\":");
        buf_json_str(&out, str_of(r->rejected_path));
    }
    put_estimate(r, &out);
    buf_printf(&out,
               ",\"seconds\":%.3f,\"score_seconds\":%.3f,"
               "\"write_seconds\":%.3f",
               seconds(r->begin_ns, r->end_ns),
               seconds(r->begin_ns, r->scored_ns),
               seconds(r->scored_ns, r->written_ns));
    put_stages(r, &out);
    buf_char(&out, '}');
    printf("%.*s\n", STR_ARG(buf_view(&out)));
    buf_fini(&out);
}

static void
print_place(const struct report *r)
{
    if (r->output != NULL) {
        printf("%" PRIu64 " files written to %s, %" PRIu64
               " were there already\n",
               r->files, r->output, r->files_kept);
    } else if (r->dry) {
        printf("dry run for '%s': nothing was written to Redis\n", r->table);
    } else if (r->generation != 0) {
        printf("generation %" PRIu64 " of '%s' %s\n", r->generation, r->table,
               r->live ? "is live" : "is ready, not published");
    } else {
        printf("feature rows of '%s' are stored\n", r->table);
    }
}

static void
print_rows(const struct report *r)
{
    printf("  rows   %" PRIu64 " read = %" PRIu64 " written + %" PRIu64
           " rejected + %" PRIu64 " duplicate + %" PRIu64 " skipped\n",
           r->read, r->written, r->rejected, r->duplicate, r->skipped);
    if (r->users > 0) {
        printf("  users  %" PRIu64 " have a ranking of their candidates\n",
               r->users);
    }
    if (r->rejected > 0) {
        printf("  rejected rows and why: %s\n", r->rejected_path);
    }
    if (r->stored > 0 || (r->generation == 0 && r->output == NULL && !r->dry)) {
        printf("  features %" PRIu64 " rows stored", r->stored);
        printf(r->stored < r->written ? ", newer ones kept\n" : "\n");
    }
}

static void
print_memory(const struct report *r)
{
    const struct estimate *x = &r->estimate;

    if (x->buckets == 0) {
        return;
    }
    printf("  memory %.1f MB estimated", (double)x->bytes / 1e6);
    if (r->bytes > 0) {
        printf(", %.1f MB measured", (double)r->bytes / 1e6);
    }
    printf(", in %" PRIu64 " buckets", r->buckets);
    if (x->tables > 0) {
        printf(", %" PRIu64 " of them hash tables", x->tables);
    }
    printf("; model %.1f MB",
           (double)(r->bytes > 0 ? r->model_bytes : x->model_bytes) / 1e6);
    if (x->feature_bytes > 0) {
        printf("; feature rows %.1f MB where none is there yet",
               (double)x->feature_bytes / 1e6);
    }
    putchar('\n');
}

/* Only what matters: a hundredth of the time, at least. */
static void
print_stages(const struct report *r)
{
    uint64_t ns[SPENT_COUNT], sum = spent_read(r->spent, ns);
    const char *before = "  busy   ";

    for (int i = 0; i < SPENT_COUNT; i++) {
        if (ns[i] * 100 >= sum && ns[i] > 0) {
            printf("%s%s %.2f s (%.0f %%)", before,
                   spent_name((enum spent_on)i), (double)ns[i] / 1e9,
                   100 * (double)ns[i] / (double)sum);
            before = ", ";
        }
    }
    putchar('\n');
}

static void
print_text(const struct report *r)
{
    print_place(r);
    print_rows(r);
    if (r->model != NULL) {
        printf("  model  %s, scored by %s\n", r->model, r->scorer);
    }
    print_memory(r);
    printf("  time   %.2f s: score %.2f, write %.2f, the rest %.2f\n",
           seconds(r->begin_ns, r->end_ns), seconds(r->begin_ns, r->scored_ns),
           seconds(r->scored_ns, r->written_ns),
           seconds(r->written_ns, r->end_ns));
    print_stages(r);
    if (r->estimate.buckets > 0) {
        printf("  %s %.2f s\n",
               r->dry ? "writing will take some" : "writing was estimated at",
               r->estimate.write_s);
    }
    if (r->generation != 0 && !r->live) {
        printf("  to publish it: batchgen publish %" PRIu64 " --table %s\n",
               r->generation, r->table);
    }
}

void
report_print(const struct report *r, bool json)
{
    CHECK(r->read == r->written + r->rejected + r->duplicate + r->skipped);
    if (json) {
        print_json(r);
    } else {
        print_text(r);
    }
}

void
report_listpack(uint64_t limit, uint64_t longest_id, uint64_t record_size)
{
    uint64_t longest = longest_id > record_size ? longest_id : record_size;

    if (longest <= limit) {
        return;
    }
    fprintf(stderr,
            "warning: %s of %" PRIu64 " bytes are over Redis' "
            "hash-max-listpack-value (%" PRIu64 "): such buckets become hash "
            "tables, about 80 bytes more a user. To avoid that: CONFIG SET "
            "hash-max-listpack-value %" PRIu64 "\n",
            longest_id > record_size ? "ids" : "records", longest, limit,
            longest);
}
