/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/log.h"

#include "common/base/clock.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#define NSLOT    64
#define LINE_MAX 1024
#define NWORD    (LINE_MAX / sizeof(uint64_t))

/*
 * The ring has no lock. A writer takes the next ticket; line t lies in slot
 * t % 64, whose `turn` says what is in it:
 *
 *   2t + 1   line t is being written
 *   2t + 2   line t is whole
 *
 * A reader copies the words and believes them if turn read the same before
 * and after. A writer that is lapped while it writes (63 others overtook it)
 * gives its line up to the ring only; stderr had it already.
 */
struct slot {
    _Atomic uint64_t turn;
    _Atomic uint64_t word[NWORD];
};

static struct ring {
    _Atomic uint64_t next;
    _Atomic int level;
    struct slot slot[NSLOT];
} ring = {.level = LOG_INFO};

void
log_set_level(enum log_level level)
{
    atomic_store(&ring.level, (int)level);
}

/* True if the slot is ours to write until finish(). */
static bool
begin(struct slot *s, uint64_t ticket)
{
    uint64_t turn = atomic_load(&s->turn);

    /* An odd turn is a writer that was lapped; the slot is still its own. */
    return turn % 2 == 0 && turn < 2 * ticket + 1 &&
           atomic_compare_exchange_strong(&s->turn, &turn, 2 * ticket + 1);
}

static void
keep(const char *line, size_t n)
{
    uint64_t ticket = atomic_fetch_add(&ring.next, 1);
    struct slot *s = &ring.slot[ticket % NSLOT];
    uint64_t word[NWORD] = {0};

    if (!begin(s, ticket)) {
        return;
    }
    memcpy(word, line, n);
    for (size_t i = 0; i < NWORD; i++) {
        atomic_store_explicit(&s->word[i], word[i], memory_order_release);
    }
    atomic_store(&s->turn, 2 * ticket + 2);
}

/* The time, the level and the text, cut to fit, with a newline and a NUL. */
static size_t
format_line(char line[LINE_MAX], enum log_level level, const char *fmt,
            va_list ap)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    char now[CLOCK_ISO_MAX];
    size_t n;
    int m;

    clock_format_iso(clock_wall_us(), now);
    n = (size_t)snprintf(line, LINE_MAX, "%s %-5s ", now, names[level]);
    m = vsnprintf(line + n, LINE_MAX - n - 1, fmt, ap);
    n += m < 0 ? 0 : (size_t)m;
    if (n > LINE_MAX - 2) {
        n = LINE_MAX - 2;
    }
    /* One event, one line, whatever somebody else's words contain. */
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f) {
            line[i] = ' ';
        }
    }
    line[n] = '\n';
    line[n + 1] = '\0';
    return n + 1;
}

void
log_line(enum log_level level, const char *fmt, ...)
{
    char line[LINE_MAX];
    va_list ap;
    size_t n;

    if ((int)level < atomic_load_explicit(&ring.level, memory_order_relaxed)) {
        return;
    }
    va_start(ap, fmt);
    n = format_line(line, level, fmt, ap);
    va_end(ap);
    /* stderr is unbuffered: one write a line, and threads do not mix. */
    fputs(line, stderr);
    keep(line, n);
}

static void
recall(uint64_t ticket, struct buf *out)
{
    struct slot *s = &ring.slot[ticket % NSLOT];
    uint64_t word[NWORD];
    char line[LINE_MAX];

    if (atomic_load(&s->turn) != 2 * ticket + 2) {
        return;
    }
    for (size_t i = 0; i < NWORD; i++) {
        word[i] = atomic_load_explicit(&s->word[i], memory_order_acquire);
    }
    if (atomic_load(&s->turn) != 2 * ticket + 2) {
        return;
    }
    memcpy(line, word, sizeof(line));
    buf_c(out, line);
}

void
log_recent(struct buf *out)
{
    uint64_t next = atomic_load(&ring.next);

    for (uint64_t t = next < NSLOT ? 0 : next - NSLOT; t < next; t++) {
        recall(t, out);
    }
}
