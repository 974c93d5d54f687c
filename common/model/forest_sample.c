/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/forest_sample.h"

#include <float.h>
#include <math.h>

static uint64_t
draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static float
odd_value(uint64_t *rng)
{
    static const float odd[] = {
        0.0f,     -0.0f,   FLT_TRUE_MIN, -FLT_TRUE_MIN, FLT_MIN / 2,
        -FLT_MIN, FLT_MAX, -FLT_MAX,     1.0f,          -1.0f,
    };

    return odd[draw(rng) % (sizeof(odd) / sizeof(*odd))];
}

/* Give the node's feature a threshold's value, or one close to it. */
static void
set_near(const struct forest_node *n, uint64_t *rng, float *row)
{
    float *cell = &row[n->feature];

    switch (draw(rng) % 8) {
    case 0:
    case 1:
        *cell = n->value;
        break;
    case 2:
        *cell = nextafterf(n->value, -FLT_MAX);
        break;
    case 3:
        *cell = nextafterf(n->value, FLT_MAX);
        break;
    case 4:
        *cell = NAN;
        break;
    default:
        *cell = n->value * (1.0f + ((float)(draw(rng) % 2001) - 1000) / 5000);
        break;
    }
    if (isinf(*cell)) {
        *cell = n->value;
    }
}

/* Down a tree by coin: to the right at, to the left just below a threshold. */
static void
set_path(const struct forest_node *root, uint64_t *rng, float *row)
{
    const struct forest_node *n = root;

    while (n->left != 0) {
        uint64_t coin = draw(rng);
        bool right = coin % 2 == 1;

        row[n->feature] = right ? n->value : nextafterf(n->value, -FLT_MAX);
        if (coin % 16 < 2 && n->missing_left != right) {
            row[n->feature] = NAN;
        }
        n = root + n->left + right;
    }
}

void
forest_sample(const struct forest *f, uint64_t seed, size_t nrow, float *x)
{
    uint64_t rng = seed;

    for (size_t r = 0; r < nrow; r++) {
        float *row = x + r * f->nfeature;

        for (size_t i = 0; i < f->nfeature; i++) {
            row[i] = draw(&rng) % 8 == 0 ? NAN : odd_value(&rng);
        }
        for (size_t i = 0; i < 2 * f->nfeature && f->nnode > 0; i++) {
            const struct forest_node *n = &f->node[draw(&rng) % f->nnode];

            if (n->left != 0) {
                set_near(n, &rng, row);
            }
        }
        if (f->ntree > 0) {
            set_path(f->node + f->tree[r % f->ntree].first, &rng, row);
        }
    }
}
