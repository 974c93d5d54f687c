/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/progress.h"

#include "batchgen/progress_line.h"
#include "common/base/clock.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS 200000000L
#define LINE_NS 5000000000ULL

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
phase_name(int phase)
{
    static const char *const name[] = {"begin", "score", "write", "verify",
                                       "publish"};

    return name[phase];
}

static void
look(struct progress *p, uint64_t now_ns, struct progress_view *v)
{
    uint64_t spent[SPENT_COUNT];
    bool write = p->phase >= PROGRESS_WRITE;

    spent_read(&p->spent, spent);
    *v = (struct progress_view){
        .phase = phase_name(p->phase),
        .seconds = (double)(now_ns - p->phase_ns) / 1e9,
        .rows = write ? p->written : p->read,
        .done = write ? p->written : p->bytes,
        .size = write ? p->rows : p->size,
        .rejected = p->rejected,
        .busiest = spent_busiest(p->seen, spent, p->scorers),
    };
    memcpy(p->seen, spent, sizeof(p->seen));
}

static void
show(struct progress *p)
{
    uint64_t now = clock_mono_ns();
    char line[PROGRESS_LINE_MAX];
    struct progress_view v;

    if (!p->terminal && now - p->shown_ns < LINE_NS) {
        return;
    }
    p->shown_ns = now;
    look(p, now, &v);
    progress_line(&v, p->terminal, line);
    fprintf(stderr, p->terminal ? "\r%s\033[K" : "%s\n", line);
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
    p->stop = stop;
    p->terminal = isatty(STDERR_FILENO) == 1;
    p->shown_ns = clock_mono_ns();
    p->phase_ns = p->shown_ns;
    progress_hold_signals();
    if (pthread_create(&p->thread, NULL, watch, p) != 0) {
        return err_set(e, RC_FAILED, "cannot start a thread");
    }
    p->running = true;
    return RC_OK;
}

void
progress_enter(struct progress *p, enum progress_phase phase)
{
    p->phase_ns = clock_mono_ns();
    p->phase = phase;
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
