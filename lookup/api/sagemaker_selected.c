/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/sagemaker_selected.h"

#include "lookup/api/sagemaker_number.h"

#include <ctype.h>

/*
 * The container decides by the objective what may be selected, and how what one
 * model does not have is made of what it has: a family is the objectives that
 * it treats alike. What is not valid for the family is given as nan or null.
 */

static const char *const names[] = {
    [SAGEMAKER_PREDICTED_LABEL] = "predicted_label",
    [SAGEMAKER_LABELS] = "labels",
    [SAGEMAKER_PROBABILITY] = "probability",
    [SAGEMAKER_PROBABILITIES] = "probabilities",
    [SAGEMAKER_RAW_SCORE] = "raw_score",
    [SAGEMAKER_RAW_SCORES] = "raw_scores",
    [SAGEMAKER_PREDICTED_SCORE] = "predicted_score",
};

/* What an objective's predictions are, as far as selecting goes. */
enum family {
    FAMILY_NONE,
    FAMILY_REGRESSION,
    FAMILY_PROBABILITY, /* of class 1 */
    FAMILY_MARGIN,      /* of class 1 */
    FAMILY_HINGE,       /* class 0 or 1 */
    FAMILY_SOFTMAX,     /* the class */
    FAMILY_SOFTPROB,    /* a probability per class */
    FAMILY_COUNT,
};

#define ONE(content) (1u << SAGEMAKER_##content)
#define CLASS                                                                  \
    (ONE(PREDICTED_LABEL) | ONE(LABELS) | ONE(RAW_SCORE) | ONE(RAW_SCORES))
#define CHANCE (ONE(PROBABILITY) | ONE(PROBABILITIES))

static const unsigned valid[FAMILY_COUNT] = {
    [FAMILY_REGRESSION] = ONE(PREDICTED_SCORE),
    [FAMILY_PROBABILITY] = CLASS | CHANCE,
    [FAMILY_MARGIN] = CLASS,
    [FAMILY_HINGE] = CLASS,
    [FAMILY_SOFTMAX] = CLASS,
    [FAMILY_SOFTPROB] = CLASS | CHANCE,
};

static enum family
family_of(const char *objective)
{
    static const struct {
        const char *objective;
        enum family family;
    } known[] = {
        {"reg:squarederror", FAMILY_REGRESSION},
        {"reg:logistic", FAMILY_REGRESSION},
        {"reg:gamma", FAMILY_REGRESSION},
        {"reg:absoluteerror", FAMILY_REGRESSION},
        {"reg:tweedie", FAMILY_REGRESSION},
        {"binary:logistic", FAMILY_PROBABILITY},
        {"binary:logitraw", FAMILY_MARGIN},
        {"binary:hinge", FAMILY_HINGE},
        {"multi:softmax", FAMILY_SOFTMAX},
        {"multi:softprob", FAMILY_SOFTPROB},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(known[i].objective, objective) == 0) {
            return known[i].family;
        }
    }
    return FAMILY_NONE;
}

bool
sagemaker_can_select(const char *objective)
{
    return family_of(objective) != FAMILY_NONE;
}

/* Blanks do not count, nor do capitals. */
static bool
read_name(struct str word, char name[32])
{
    size_t n = 0;

    for (size_t i = 0; i < word.len && n < 32; i++) {
        if (word.p[i] != ' ') {
            name[n++] = (char)tolower((unsigned char)word.p[i]);
        }
    }
    if (n == 32 || !str_is_utf8((struct str){name, n})) {
        return false;
    }
    name[n] = '\0';
    return true;
}

enum rc
sagemaker_selection_read(struct sagemaker_selection *s, const char *text,
                         struct err *e)
{
    struct str rest = str_of(text);

    s->n = 0;
    while (rest.p != NULL) {
        struct str word = str_cut(&rest, ',');
        char name[32];
        unsigned content = 0;

        if (s->n == SAGEMAKER_SELECTED_MAX || !read_name(word, name)) {
            return err_set(e, RC_INVAL,
                           "SAGEMAKER_INFERENCE_OUTPUT must be up to %d names "
                           "of up to 31 characters, got '%s'",
                           SAGEMAKER_SELECTED_MAX, text);
        }
        while (content < SAGEMAKER_NONSENSE &&
               strcmp(names[content], name) != 0) {
            content++;
        }
        s->item[s->n].content = (enum sagemaker_content)content;
        memcpy(s->item[s->n++].name, name, sizeof(name));
    }
    return RC_OK;
}

/* ---------------------------------------------------------------- values */

static size_t
argmax(const float *y, size_t n)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++) {
        best = y[i] > y[best] ? i : best;
    }
    return best;
}

static void
put_label(struct buf *out, enum family family,
          const struct sagemaker_predicted *p)
{
    if (family == FAMILY_SOFTPROB) {
        buf_u64(out, argmax(p->y, p->n));
    } else if (family == FAMILY_PROBABILITY) {
        buf_u64(out, p->y[0] > 0.5f);
    } else if (family == FAMILY_MARGIN) {
        buf_u64(out, p->y[0] > 0);
    } else {
        sagemaker_put_number(out, (double)p->y[0], true);
    }
}

static void
put_labels(struct buf *out, enum family family,
           const struct sagemaker_predicted *p)
{
    bool multi = family == FAMILY_SOFTPROB || family == FAMILY_SOFTMAX;
    size_t n = multi ? p->nclass : 2;

    buf_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_c(out, i == 0 ? "" : ", ");
        buf_u64(out, i);
    }
    buf_char(out, ']');
}

/* The winner's, or that of class 1. */
static void
put_score(struct buf *out, enum family family,
          const struct sagemaker_predicted *p, bool json)
{
    size_t i = family == FAMILY_SOFTPROB ? argmax(p->y, p->n) : 0;

    sagemaker_put_number(out, (double)p->y[i], json);
}

/* Of one output v the container makes [1 - v, v], whatever v is. */
static void
put_scores(struct buf *out, enum family family,
           const struct sagemaker_predicted *p, bool json)
{
    if (family == FAMILY_SOFTPROB) {
        sagemaker_put_list(out, p->y, p->n, json);
        return;
    }
    buf_char(out, '[');
    sagemaker_put_number(out, 1.0 - (double)p->y[0], json);
    buf_c(out, ", ");
    sagemaker_put_number(out, (double)p->y[0], json);
    buf_char(out, ']');
}

static void
put_content(struct buf *out, enum sagemaker_content content,
            const struct sagemaker_predicted *p, bool json)
{
    enum family family = family_of(p->objective);

    if ((valid[family] & 1u << content) == 0) {
        buf_c(out, json ? "null" : "nan");
        return;
    }
    switch (content) {
    case SAGEMAKER_PREDICTED_LABEL:
        put_label(out, family, p);
        break;
    case SAGEMAKER_LABELS:
        put_labels(out, family, p);
        break;
    case SAGEMAKER_PROBABILITIES:
    case SAGEMAKER_RAW_SCORES:
        put_scores(out, family, p, json);
        break;
    default:
        put_score(out, family, p, json);
        break;
    }
}

/* ----------------------------------------------------------------- forms */

void
sagemaker_selected_csv(struct buf *out, const struct sagemaker_selection *s,
                       const struct sagemaker_predicted *p)
{
    for (size_t i = 0; i < s->n; i++) {
        enum sagemaker_content content = s->item[i].content;
        bool list = content == SAGEMAKER_LABELS ||
                    content == SAGEMAKER_PROBABILITIES ||
                    content == SAGEMAKER_RAW_SCORES;

        list = list && (valid[family_of(p->objective)] & 1u << content) != 0;
        buf_c(out, i == 0 ? "" : ",");
        buf_c(out, list ? "\"" : "");
        put_content(out, content, p, false);
        buf_c(out, list ? "\"" : "");
    }
}

/* Named before, it is there already. */
static bool
is_repeated(const struct sagemaker_selection *s, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(s->item[k].name, s->item[i].name) == 0) {
            return true;
        }
    }
    return false;
}

void
sagemaker_selected_json(struct buf *out, const struct sagemaker_selection *s,
                        const struct sagemaker_predicted *p)
{
    const char *before = "{";

    for (unsigned content = 0; content <= SAGEMAKER_NONSENSE; content++) {
        for (size_t i = 0; i < s->n; i++) {
            if (s->item[i].content != content || is_repeated(s, i)) {
                continue;
            }
            buf_c(out, before);
            buf_json_str(out, str_of(s->item[i].name));
            buf_c(out, ": ");
            put_content(out, (enum sagemaker_content)content, p, true);
            before = ", ";
        }
    }
    buf_char(out, '}');
}
