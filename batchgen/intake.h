/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * intake - inputs and the plans that make rows of them.
 */
#include "batchgen/source_list.h"
#include "common/base/option.h"
#include "common/model/row.h"
#include "common/table/schema.h"

/* The options of every command that reads rows. */
#define INTAKE_OPTION(X)                                                       \
    X(input, LIST, NULL, "PATH", 0, 0,                                         \
      "files, directories of them, patterns, SageMaker manifests, - for "      \
      "standard input; gzip and zstd are unpacked")                            \
    X(content_type, CHOICE, "csv", "csv|libsvm|jsonl", 0, 0,                   \
      "what the files hold")                                                   \
    X(id_column, TEXT, NULL, "NAME|N", 0, 0,                                   \
      "column of the user id (else user_id, id); of libsvm the label")         \
    X(header, CHOICE, "auto", "auto|yes|no", 0, 0,                             \
      "whether the first row of a CSV names the columns; auto: if it names "   \
      "features, or has no number")                                            \
    X(delimiter, TEXT, ",", "C", 0, 0, "between the cells of a CSV; tab: \\t") \
    X(libsvm_base, UINT, "0", "", 0, 1, "index of the first feature")          \
    X(libsvm_label, CHOICE, "plain", "plain|weight|none", 0, 0,                \
      "what rows begin with: a label, label:weight, or a feature")             \
    X(ignore_extra, FLAG, NULL, "", 0, 0,                                      \
      "leave out columns and members that are no features")

/* Those of them that say how rows are read, out of a struct. */
struct intake_how {
    const struct option_list *input;
    const char *content_type;
    const char *id_column;
    const char *item_column; /* NULL: rows are no candidates */
    const char *header;
    const char *delimiter;
    uint64_t libsvm_base;
    const char *libsvm_label;
    bool ignore_extra;
    bool need_id;
};
#define INTAKE_HOW(o, want_id)                                                 \
    ((struct intake_how){                                                      \
        .input = &(o)->input,                                                  \
        .content_type = (o)->content_type,                                     \
        .id_column = (o)->id_column,                                           \
        .header = (o)->header,                                                 \
        .delimiter = (o)->delimiter,                                           \
        .libsvm_base = (o)->libsvm_base,                                       \
        .libsvm_label = (o)->libsvm_label,                                     \
        .ignore_extra = (o)->ignore_extra,                                     \
        .need_id = (want_id),                                                  \
    })

struct intake {
    struct source_list sources;
    struct schema *schema;
    struct row_plan **plan; /* one per source */
    struct row_spec spec;
    const char *header; /* auto, yes, no */
};

/*
 * Take over a schema (NULL: the model has no names; those of the first header
 * are taken, else f0, f1...), read all first records and match their columns.
 * nfeature: the model's. RC_INVAL; RC_REFUSED names the file and what does
 * not match. intake_fini in any case.
 */
MUST_USE enum rc intake_init(struct intake *in, const struct intake_how *how,
                             struct schema *schema, size_t nfeature,
                             struct err *e);
void intake_fini(struct intake *in);

/* --as-of text, else the oldest input's mtime - 1 s. RC_INVAL. */
MUST_USE enum rc intake_as_of(const struct intake *in, const char *text,
                              uint64_t *as_of_us, struct err *e);
