/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/progress.h"

#include "common/base/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 200000000L
#define LINE_NS 5000000000ULL
#define BAR     30

/* SIGUSR1 is how progress_end reaches the thread. */
static void
signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGUSR1);
}

static const char *
stage_name(int stage)
{
    static const char *const name[] = {"begin", "score", "write", "verify",
                                       "publish"};

    return name[stage];
}

static void
draw_bar(const struct progress *p)
{
    uint64_t size = p->size, bytes = p->bytes;
    char bar[BAR + 1];
    size_t full = size == 0 ? 0 : (size_t)(bytes * BAR / size);

    full = full > BAR ? BAR : full;
    memset(bar, '-', BAR);
    memset(bar, '#', full);
    bar[BAR] = '\0';
    fprintf(stderr, "\r%-7s [%s] ", stage_name(p->stage), bar);
}

static void
show(struct progress *p)
{
    uint64_t now = clock_mono_ns();
    double seconds = (double)(now - p->begin_ns) / 1e9;

    if (!p->terminal && now - p->shown_ns < LINE_NS) {
        return;
    }
    p->shown_ns = now;
    if (p->terminal) {
        draw_bar(p);
    } else {
        fprintf(stderr, "%s: ", stage_name(p->stage));
    }
    fprintf(stderr,
            "%" PRIu64 " rows read, %" PRIu64 " written, %" PRIu64
            " rejected, %.0f rows/s%s",
            p->read, p->written, p->rejected, (double)p->read / seconds,
            p->terminal ? " " : "\n");
    fflush(stderr);
}

static void
on_signal(struct progress *p, int signal_number)
{
    sigset_t set;

    stop_ask(p->stop, signal_number);
    fprintf(stderr, "%s%s: clearing up, again to end at once\n",
            p->terminal ? "\n" : "", strsignal(signal_number));
    signals(&set);
    sigdelset(&set, SIGUSR1);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void *
watch(void *arg)
{
    struct progress *p = arg;
    struct timespec tick = {.tv_nsec = TICK_NS};
    sigset_t set;
    int got;

    signals(&set);
    while ((got = sigtimedwait(&set, NULL, &tick)) != SIGUSR1) {
        if (got == SIGINT || got == SIGTERM) {
            on_signal(p, got);
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
        } else if (!stop_asked(p->stop)) {
            show(p);
        }
    }
    return NULL;
}

void
progress_hold_signals(void)
{
    sigset_t set;

    signals(&set);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void
progress_let_signals(void)
{
    sigset_t set;

    signals(&set);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

enum rc
progress_start(struct progress *p, struct stop *stop, struct err *e)
{
    *p = (struct progress){.stop = stop};
    p->terminal = isatty(STDERR_FILENO) == 1;
    p->begin_ns = clock_mono_ns();
    p->shown_ns = p->begin_ns;
    progress_hold_signals();
    if (pthread_create(&p->thread, NULL, watch, p) != 0) {
        return err_set(e, RC_FAILED, "cannot start a thread");
    }
    p->running = true;
    return RC_OK;
}

void
progress_end(struct progress *p)
{
    if (!p->running) {
        return;
    }
    pthread_kill(p->thread, SIGUSR1);
    pthread_join(p->thread, NULL);
    p->running = false;
    if (p->terminal) {
        fputs("\r\033[K", stderr);
    }
}
