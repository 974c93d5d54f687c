/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/sink_line.h"

#include "common/base/str.h"

#include <string.h>

/* The words of --output-columns. */
static enum rc
read_columns(struct sink_line *line, const char *words, struct err *e)
{
    struct str rest = str_of(words);

    while (rest.p != NULL) {
        struct str word = str_trim(str_cut(&rest, ','));

        if (str_eq(word, STR("id"))) {
            line->id = true;
        } else if (str_eq(word, STR("input"))) {
            line->input = true;
        } else if (str_eq(word, STR("prediction"))) {
            line->prediction = true;
        } else {
            return err_set(e, RC_INVAL,
                           "--output-columns: '%.*s' is none of id, input and "
                           "prediction",
                           STR_ARG(word));
        }
    }
    return RC_OK;
}

enum rc
sink_line_init(struct sink_line *line, const struct sink_line_how *how,
               struct err *e)
{
    *line = (struct sink_line){
        .input = strcmp(how->join, "input") == 0,
        .json = strcmp(how->output_format, "jsonl") == 0,
        .cells = strcmp(how->content_type, "csv") == 0,
        .objects = strcmp(how->content_type, "jsonl") == 0,
        .leaves = how->leaves,
        .sagemaker = strcmp(how->format, "sagemaker") == 0,
        .delimiter = ',',
    };
    if (line->sagemaker && line->json) {
        return err_set(e, RC_INVAL,
                       "--format sagemaker is for CSV: its container prints "
                       "no JSON Lines in a batch");
    }
    return read_columns(line, how->output_columns, e);
}
