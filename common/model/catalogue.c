/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/catalogue.h"

#include <stdlib.h>

/* The ids lie one behind another in `text`; columns likewise in `value`. */
struct catalogue {
    uint32_t n, f;
    struct str *id;
    char *text;
    float *value;
};

static struct catalogue *
allocate(uint32_t n, uint32_t f, size_t text_len)
{
    struct catalogue *c = calloc(1, sizeof(*c));

    if (c == NULL) {
        return NULL;
    }
    c->n = n;
    c->f = f;
    c->id = calloc(n, sizeof(*c->id));
    c->text = malloc(text_len + 1);
    c->value = calloc((size_t)n * f + 1, sizeof(*c->value));
    if (c->id == NULL || c->text == NULL || c->value == NULL) {
        catalogue_destroy(&c);
    }
    return c;
}

/* Bytes of the ids, each behind its length; *rest moves on behind them. */
static bool
measure_ids(struct str *rest, uint32_t n, size_t *text_len)
{
    *text_len = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t len;

        if (rest->len < sizeof(len)) {
            return false;
        }
        memcpy(&len, rest->p, sizeof(len));
        if (rest->len - sizeof(len) < len) {
            return false;
        }
        rest->p += sizeof(len) + len;
        rest->len -= sizeof(len) + len;
        *text_len += len;
    }
    return true;
}

static void
copy_ids(struct catalogue *c, const char *at)
{
    char *text = c->text;

    for (uint32_t i = 0; i < c->n; i++) {
        uint16_t len;

        memcpy(&len, at, sizeof(len));
        memcpy(text, at + sizeof(len), len);
        c->id[i] = (struct str){text, len};
        text += len;
        at += sizeof(len) + len;
    }
}

enum rc
catalogue_from_bytes(struct catalogue **out, struct str bytes, struct err *e)
{
    uint32_t head[2] = {0, 0};
    struct str rest = bytes;
    size_t text_len = 0;

    if (bytes.len >= sizeof(head)) {
        memcpy(head, bytes.p, sizeof(head));
        rest.p += sizeof(head);
        rest.len -= sizeof(head);
    }
    const char *ids = rest.p;

    if (head[0] == 0 || !measure_ids(&rest, head[0], &text_len) ||
        rest.len / sizeof(float) / head[0] != head[1] ||
        rest.len != (size_t)head[0] * head[1] * sizeof(float)) {
        return err_set(e, RC_INVAL, "the stored catalogue is not whole");
    }
    struct catalogue *c = allocate(head[0], head[1], text_len);

    if (c == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    copy_ids(c, ids);
    memcpy(c->value, rest.p, rest.len);
    *out = c;
    return RC_OK;
}

enum rc
catalogue_create(struct catalogue **out, const struct str *id, uint32_t n,
                 uint32_t f, float **value, struct err *e)
{
    size_t text_len = 0;

    for (uint32_t i = 0; i < n; i++) {
        text_len += id[i].len;
    }
    struct catalogue *c = allocate(n, f, text_len);

    if (c == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    char *text = c->text;

    for (uint32_t i = 0; i < n; i++) {
        memcpy(text, id[i].p, id[i].len);
        c->id[i] = (struct str){text, id[i].len};
        text += id[i].len;
    }
    *value = c->value;
    *out = c;
    return RC_OK;
}

void
catalogue_to_bytes(const struct catalogue *c, struct buf *out)
{
    const uint32_t head[2] = {c->n, c->f};

    buf_put(out, head, sizeof(head));
    for (uint32_t i = 0; i < c->n; i++) {
        uint16_t len = (uint16_t)c->id[i].len;

        buf_put(out, &len, sizeof(len));
        buf_str(out, c->id[i]);
    }
    buf_put(out, c->value, (size_t)c->n * c->f * sizeof(float));
}

void
catalogue_destroy(struct catalogue **c)
{
    if (c == NULL || *c == NULL) {
        return;
    }
    free((*c)->id);
    free((*c)->text);
    free((*c)->value);
    free(*c);
    *c = NULL;
}

uint32_t
catalogue_size(const struct catalogue *c)
{
    return c->n;
}

uint32_t
catalogue_features(const struct catalogue *c)
{
    return c->f;
}

struct str
catalogue_id(const struct catalogue *c, uint32_t item)
{
    return c->id[item];
}

const float *
catalogue_column(const struct catalogue *c, uint32_t j)
{
    return c->value + (size_t)j * c->n;
}
