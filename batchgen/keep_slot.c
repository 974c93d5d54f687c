/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/keep_slot.h"

#include <string.h>

#define INSERTION_ROWS 48

size_t
keep_slot_put(struct buf *bytes, uint64_t hash, struct str user,
              size_t payload_size)
{
    uint32_t payload_len = (uint32_t)payload_size;
    uint16_t len = (uint16_t)user.len;
    char *p = buf_reserve(bytes, KEEP_SLOT_HEAD + user.len + payload_size);

    if (p == NULL) {
        return 0;
    }
    memcpy(p, &hash, sizeof(hash));
    memcpy(p + sizeof(hash), &payload_len, sizeof(payload_len));
    memcpy(p + sizeof(hash) + sizeof(payload_len), &len, sizeof(len));
    memcpy(p + KEEP_SLOT_HEAD, user.p, user.len);
    bytes->len += KEEP_SLOT_HEAD + user.len + payload_size;
    return bytes->len - payload_size;
}

static int
compare(const struct keep_slot *a, const struct keep_slot *b)
{
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return str_cmp(keep_slot_user(a->row), keep_slot_user(b->row));
}

static void
insertion_sort(struct keep_slot *s, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct keep_slot one = s[i];
        size_t j = i;

        while (j > 0 && compare(&s[j - 1], &one) > 0) {
            s[j] = s[j - 1];
            j--;
        }
        s[j] = one;
    }
}

/* Buckets of an honest input never leave the first branch. */
void
keep_slot_sort(struct keep_slot *s, size_t n, struct keep_slot *tmp)
{
    size_t half = n / 2, i = 0, j = half, at = 0;

    if (n <= INSERTION_ROWS) {
        insertion_sort(s, n);
        return;
    }
    keep_slot_sort(s, half, tmp);
    keep_slot_sort(s + half, n - half, tmp);
    memcpy(tmp, s, n * sizeof(*s));
    while (i < half && j < n) {
        s[at++] = compare(&tmp[j], &tmp[i]) < 0 ? tmp[j++] : tmp[i++];
    }
    while (i < half) {
        s[at++] = tmp[i++];
    }
    while (j < n) {
        s[at++] = tmp[j++];
    }
}

uint32_t
keep_slot_unique(struct keep_slot *s, uint32_t n)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < n; i++) {
        if (i + 1 == n || compare(&s[i], &s[i + 1]) != 0) {
            s[kept++] = s[i];
        }
    }
    return kept;
}
