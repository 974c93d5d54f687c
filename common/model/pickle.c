/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a Booster is one dictionary, its keys in front of their values:
 *
 *   PROTO 3, GLOBAL 'xgboost.core Booster', EMPTY_TUPLE, NEWOBJ, EMPTY_DICT,
 *   MARK, ..., 'handle', GLOBAL 'builtins bytearray', BINBYTES raw, TUPLE1,
 *   REDUCE, ..., 'best_ntree_limit', BININT1 100, SETITEMS, BUILD, STOP
 *
 * with memo opcodes in between. So a linear walk that remembers the last key
 * of interest finds all there is to find. Every class that is named must be
 * one of those a Booster needs.
 */
#include "common/model/pickle.h"

#include "common/model/pickle_op.h"

#include <stdbool.h>
#include <stdio.h>

enum wanted {
    NO_KEY,
    HANDLE,
    BEST_ITERATION,
    BEST_NTREE_LIMIT,
    NAMES,    /* a list, which may be empty or None */
    IN_NAMES, /* behind the mark that opens its items */
};

struct walk {
    struct pickle_booster *found;
    enum wanted wanted; /* whose value comes next */
    bool bytearray;     /* the class came behind the key: text is bytes */
    bool booster;       /* a Booster was named */
    bool own_names;     /* a feature is called other than f0, f1, ... */
    bool whole;         /* nothing is missing at the end */
    struct str text[2]; /* the last two, for STACK_GLOBAL */
};

static bool
is_class(struct str module, struct str name, const char *m, const char *n)
{
    return str_eq(module, str_of(m)) && str_eq(name, str_of(n));
}

/* A class the pickle names; only a Booster and what carries it may come. */
static enum rc
meet_class(struct walk *w, struct str module, struct str name, struct err *e)
{
    if (is_class(module, name, "xgboost.core", "Booster")) {
        w->booster = true;
        return RC_OK;
    }
    if (is_class(module, name, "builtins", "bytearray") ||
        is_class(module, name, "__builtin__", "bytearray")) {
        w->bytearray = w->wanted == HANDLE;
        return RC_OK;
    }
    if (is_class(module, name, "builtins", "object") ||
        is_class(module, name, "__builtin__", "object") ||
        is_class(module, name, "copyreg", "_reconstructor") ||
        is_class(module, name, "copy_reg", "_reconstructor")) {
        return RC_OK;
    }
    return err_set(e, RC_REFUSED,
                   "this is a pickle of %.*s.%.*s, not of an XGBoost Booster: "
                   "load it in Python and write its Booster with "
                   "save_model(\"model.ubj\")",
                   module.len > 64 ? 64 : (int)module.len, module.p,
                   name.len > 64 ? 64 : (int)name.len, name.p);
}

/* Latin-1 text as UTF-8, back to the bytes it stands for. */
static bool
decode_latin1(struct str text, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c < 0x80) {
            buf_char(out, (char)c);
        } else if ((c == 0xc2 || c == 0xc3) && i + 1 < text.len) {
            i++;
            buf_char(out, (char)((c & 3) << 6 | (text.p[i] & 0x3f)));
        } else {
            return false;
        }
    }
    return !buf_failed(out);
}

static enum wanted
key_of(struct str text)
{
    if (str_eq(text, STR("handle"))) {
        return HANDLE;
    }
    if (str_eq(text, STR("best_iteration"))) {
        return BEST_ITERATION;
    }
    if (str_eq(text, STR("feature_names"))) {
        return NAMES;
    }
    return str_eq(text, STR("best_ntree_limit")) ? BEST_NTREE_LIMIT : NO_KEY;
}

static void
meet_name(struct walk *w, struct str name)
{
    char made_up[16];

    snprintf(made_up, sizeof(made_up), "f%zu", w->found->nname);
    w->own_names = w->own_names || !str_eq(name, str_of(made_up));
    buf_str(&w->found->names, name);
    buf_char(&w->found->names, '\0');
    w->found->nname++;
}

static void
meet_text(struct walk *w, struct str text)
{
    if (w->wanted == IN_NAMES) {
        meet_name(w, text);
        return;
    }
    w->text[0] = w->text[1];
    w->text[1] = text;
    if (w->wanted == HANDLE && w->bytearray) {
        if (decode_latin1(text, &w->found->decoded)) {
            w->found->raw = buf_view(&w->found->decoded);
        }
        w->wanted = NO_KEY;
        return;
    }
    w->wanted = key_of(text);
    w->bytearray = false;
}

static void
meet_integer(struct walk *w, struct str digits)
{
    uint64_t n = pickle_op_number(digits);

    if (digits.len <= 4 && n <= INT32_MAX) {
        if (w->wanted == BEST_ITERATION) {
            w->found->best_iteration = (int64_t)n;
        } else if (w->wanted == BEST_NTREE_LIMIT) {
            w->found->best_ntree_limit = (int64_t)n;
        }
    }
    w->wanted = NO_KEY;
}

static void
meet_bytes(struct walk *w, struct str bytes)
{
    if (w->wanted == HANDLE) {
        w->found->raw = bytes;
    }
    w->wanted = NO_KEY;
}

static enum rc
step(struct walk *w, const struct pickle_op *op, struct err *e)
{
    struct str rest = op->operand;
    struct str module;

    switch (op->code) {
    case '(':
        w->wanted = w->wanted == NAMES ? IN_NAMES : w->wanted;
        return RC_OK;
    case 'e': /* APPENDS */
        w->wanted = NO_KEY;
        return RC_OK;
    case 'c':
        module = str_cut(&rest, '\n');
        rest.len--;
        return meet_class(w, module, rest, e);
    case 0x93: /* STACK_GLOBAL */
        return meet_class(w, w->text[0], w->text[1], e);
    case 'X':
    case 0x8c:
    case 0x8d:
        meet_text(w, op->operand);
        return RC_OK;
    case 'K':
    case 'M':
    case 'J':
    case 0x8a:
        meet_integer(w, op->operand);
        return RC_OK;
    case 'B':
    case 'C':
    case 0x8e:
    case 0x96:
        meet_bytes(w, op->operand);
        return RC_OK;
    default:
        return RC_OK;
    }
}

/* Up to the STOP that a whole pickle ends with. */
static enum rc
walk(struct walk *w, struct str bytes, struct err *e)
{
    struct str rest = bytes;
    struct pickle_op op = {.code = 0};

    while (rest.len > 0 && op.code != '.') {
        size_t at = bytes.len - rest.len;
        enum rc rc;

        if (!pickle_op_take(&rest, &op)) {
            return err_set(e, RC_REFUSED,
                           "this pickle is damaged or cut off at byte %zu: "
                           "copy or save it again",
                           at);
        }
        rc = step(w, &op, e);
        if (rc != RC_OK) {
            return rc;
        }
    }
    w->whole = op.code == '.';
    return RC_OK;
}

enum rc
pickle_read(struct str bytes, struct pickle_booster *b, struct err *e)
{
    struct walk w = {.found = b};
    enum rc rc;

    *b = (struct pickle_booster){.best_iteration = -1, .best_ntree_limit = -1};
    buf_init(&b->decoded, bytes.len + 1);
    buf_init(&b->names, bytes.len + 1);
    rc = walk(&w, bytes, e);
    if (rc != RC_OK) {
        return rc;
    }
    if (!w.booster || b->raw.len == 0 || !w.whole) {
        return err_set(e, RC_REFUSED,
                       "this pickle holds no XGBoost Booster: load it in "
                       "Python and write the Booster with "
                       "save_model(\"model.ubj\")");
    }
    if (!w.own_names || buf_failed(&b->names)) {
        b->nname = 0;
    }
    return RC_OK;
}

void
pickle_fini(struct pickle_booster *b)
{
    buf_fini(&b->decoded);
    buf_fini(&b->names);
}
