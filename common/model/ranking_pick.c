/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/ranking_pick.h"

static bool
better(float a, float b)
{
    return a > b || (b != b && a == a);
}

/* To its place from the end `at`: few are better than what is in. */
static void
insert(struct record_item *pick, size_t at, struct record_item new)
{
    while (at > 0 && better(new.score, pick[at - 1].score)) {
        pick[at] = pick[at - 1];
        at--;
    }
    pick[at] = new;
}

void
ranking_pick_best(const float *score, size_t n, size_t stride, size_t k,
                  struct record_item *pick)
{
    size_t have = n < k ? n : k;

    for (size_t i = 0; i < have; i++) {
        insert(pick, i, (struct record_item){(uint32_t)i, score[i * stride]});
    }
    for (size_t i = have; have > 0 && i < n; i++) {
        float s = score[i * stride];

        if (better(s, pick[have - 1].score)) {
            insert(pick, have - 1, (struct record_item){(uint32_t)i, s});
        }
    }
}
