/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/top.h"

void
top_insert(struct top *t, uint32_t item, float score)
{
    if (t->k == 0) {
        return;
    }
    size_t i = t->n < t->k ? t->n++ : t->n - 1;

    while (i > 0 && top_before(score, t->item[i - 1].score)) {
        t->item[i] = t->item[i - 1];
        i--;
    }
    t->item[i] = (struct record_item){item, score};
}
