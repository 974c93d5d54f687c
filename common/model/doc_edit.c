/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/doc_edit.h"

#include "common/base/check.h"

#define TEXT_MAX ((size_t)1 << 30)

struct buf *
doc_edit_add(struct doc_edits *all, const char *at, size_t remove)
{
    size_t i = all->n++;

    CHECK(all->n <= DOC_EDIT_MAX);
    for (; i > 0 && all->edit[i - 1].at > at; i--) {
        all->edit[i] = all->edit[i - 1];
    }
    all->edit[i] = (struct doc_edit){.at = at, .remove = remove};
    buf_init(&all->edit[i].text, TEXT_MAX);
    return &all->edit[i].text;
}

enum rc
doc_edit_apply(const struct doc *d, struct doc_edits *all, struct buf *out,
               struct err *e)
{
    const char *from = d->text.p;
    bool failed = false;

    for (size_t i = 0; i < all->n; i++) {
        struct doc_edit *edit = &all->edit[i];

        buf_put(out, from, (size_t)(edit->at - from));
        buf_str(out, buf_view(&edit->text));
        failed = failed || buf_failed(&edit->text);
        from = edit->at + edit->remove;
        buf_fini(&edit->text);
    }
    if (all->n > 0) {
        buf_put(out, from, (size_t)(d->text.p + d->text.len - from));
    }
    return failed || buf_failed(out)
               ? err_set(e, RC_NOMEM, "out of memory while repairing a model")
               : RC_OK;
}

static void
put_text(const struct doc *d, struct buf *out, struct str text)
{
    if (!d->ubjson) {
        buf_printf(out, "\"%.*s\"", STR_ARG(text));
        return;
    }
    buf_char(out, 'L');
    for (int shift = 56; shift >= 0; shift -= 8) {
        buf_char(out, (char)(text.len >> shift));
    }
    buf_str(out, text);
}

void
doc_put_key(const struct doc *d, struct buf *out, const char *key)
{
    put_text(d, out, str_of(key));
    buf_c(out, d->ubjson ? "" : ":");
}

void
doc_put_string(const struct doc *d, struct buf *out, struct str text)
{
    buf_c(out, d->ubjson ? "S" : "");
    put_text(d, out, text);
}
