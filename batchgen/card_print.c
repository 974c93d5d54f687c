/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/card.h"

#include "common/base/buf.h"

#include <inttypes.h>
#include <stdio.h>

#define TEXT_MAX ((size_t)256 << 20)

/* Name of feature i; without names as XGBoost calls it. */
static struct str
feature_name(const struct model *m, size_t i, char room[24])
{
    if (model_info(m)->nname > 0) {
        return model_feature_name(m, i);
    }
    return (struct str){room, (size_t)snprintf(room, 24, "f%zu", i)};
}

static void
put_text(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "\"%s\":", key);
    if (value == NULL) {
        buf_c(out, "null");
    } else {
        buf_json_str(out, str_of(value));
    }
}

/* What is below 0 is not known. */
static void
put_number(struct buf *out, const char *key, int64_t value)
{
    if (value < 0) {
        buf_printf(out, ",\"%s\":null", key);
    } else {
        buf_printf(out, ",\"%s\":%" PRId64, key, value);
    }
}

static void
put_features(struct buf *out, const struct card *c)
{
    const struct model_info *info = model_info(c->model);

    buf_printf(out, ",\"named\":%s,\"features\":[",
               info->nname > 0 ? "true" : "false");
    for (size_t i = 0; i < info->nfeature; i++) {
        char room[24];

        buf_c(out, i > 0 ? ",{\"name\":" : "{\"name\":");
        buf_json_str(out, feature_name(c->model, i, room));
        buf_c(out, ",\"type\":");
        if (c->type == NULL) {
            buf_c(out, "null");
        } else {
            buf_json_str(out, c->type[i]);
        }
        buf_char(out, '}');
    }
    buf_char(out, ']');
}

static void
print_json(const struct card *c, const char *path)
{
    const struct model_info *info = model_info(c->model);
    struct buf out;

    buf_init(&out, TEXT_MAX);
    buf_char(&out, '{');
    put_text(&out, "model", path);
    buf_char(&out, ',');
    put_text(&out, "objective", info->objective);
    buf_char(&out, ',');
    put_text(&out, "booster", info->booster);
    buf_char(&out, ',');
    put_text(&out, "format", info->format);
    buf_char(&out, ',');
    put_text(&out, "saved_by", info->saved_by);
    put_number(&out, "outputs", (int64_t)c->noutput);
    put_number(&out, "rounds", info->rounds);
    put_number(&out, "trees", c->ntree);
    put_number(&out, "depth", c->depth);
    put_number(&out, "best_iteration", info->best_iteration);
    put_number(&out, "best_ntree_limit", info->best_ntree_limit);
    buf_char(&out, ',');
    put_text(&out, "iterations", c->iterations);
    buf_char(&out, ',');
    put_text(&out, "repaired", info->repaired);
    buf_char(&out, ',');
    put_text(&out, "scorer", c->scorer);
    buf_char(&out, ',');
    put_text(&out, "self_check", c->check);
    buf_printf(&out, ",\"row_ns\":%" PRIu64 ",\"bulk_row_ns\":%.1f", c->row_ns,
               c->bulk_ns);
    put_features(&out, c);
    buf_c(&out, "}\n");
    printf("%.*s", STR_ARG(buf_view(&out)));
    buf_fini(&out);
}

static void
print_rounds(const struct card *c)
{
    const struct model_info *info = model_info(c->model);

    printf("  booster     %s, %" PRIu32 " rounds", info->booster, info->rounds);
    if (c->ntree >= 0) {
        printf(", %" PRId64 " trees of depth %" PRId64, c->ntree, c->depth);
    }
    printf("\n  iterations  %s", c->iterations);
    if (info->best_iteration >= 0) {
        printf(" (the file says best_iteration %" PRId64 ")",
               info->best_iteration);
    } else if (info->best_ntree_limit >= 0) {
        printf(" (the file says best_ntree_limit %" PRId64 ")",
               info->best_ntree_limit);
    }
    printf("\n");
}

static void
print_text(const struct card *c, const char *path)
{
    const struct model_info *info = model_info(c->model);

    printf("%s\n  saved       as %s by XGBoost %s\n", path, info->format,
           info->saved_by);
    printf("  objective   %s, %zu output%s\n", info->objective, c->noutput,
           c->noutput == 1 ? "" : "s");
    print_rounds(c);
    printf("  repaired    %s\n",
           info->repaired == NULL ? "nothing" : info->repaired);
    printf("  scorer      %s: %s\n", c->scorer, c->check);
    printf("  cost        %.2f us for one row, %.3f us a row in bulk\n",
           (double)c->row_ns / 1e3, c->bulk_ns / 1e3);
    printf("  features    %zu%s\n", info->nfeature,
           info->nname > 0 ? "" : ", without names");
    for (size_t i = 0; i < info->nname; i++) {
        struct str type = c->type == NULL ? STR("") : c->type[i];

        printf("    %.*s  %.*s\n", STR_ARG(model_feature_name(c->model, i)),
               STR_ARG(type));
    }
}

void
card_print(const struct card *c, const char *path, bool json)
{
    if (json) {
        print_json(c, path);
    } else {
        print_text(c, path);
    }
}
