/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/sandbox.h"

#include "common/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS_PER_MS 1000000ull

/* What the child tells its parent. */
struct verdict {
    enum rc rc;
    struct err err;
};

/* Bytes of address space in use, from /proc; 0 when that cannot be read. */
static size_t
address_space(void)
{
    FILE *f = fopen("/proc/self/statm", "re");
    size_t pages = 0;

    if (f != NULL) {
        if (fscanf(f, "%zu", &pages) != 1) {
            pages = 0;
        }
        fclose(f);
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* The program's handlers would go on in the child as if they were at home. */
static void
forget_handlers(void)
{
    for (int i = 1; i < NSIG; i++) {
        signal(i, SIG_DFL);
    }
}

static void
limit_child(struct sandbox_limit limit)
{
    struct rlimit memory = {.rlim_cur = address_space() + limit.memory_bytes};
    struct rlimit cpu = {.rlim_cur = limit.cpu_s, .rlim_max = limit.cpu_s};
    struct rlimit core = {.rlim_cur = 0, .rlim_max = 0};
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

    memory.rlim_max = memory.rlim_cur;
    /* What a limit cannot be set for, the parent's clock still bounds. */
    (void)!setrlimit(RLIMIT_AS, &memory);
    (void)!setrlimit(RLIMIT_CPU, &cpu);
    (void)!setrlimit(RLIMIT_CORE, &core);
    (void)!prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* The C library's last words are not for the user. */
    (void)!dup2(null, STDERR_FILENO);
}

static void
run_child(sandbox_fn fn, void *arg, struct sandbox_limit limit, int out)
{
    struct verdict v = {.rc = RC_OK};

    forget_handlers();
    limit_child(limit);
    v.rc = fn(arg, &v.err);
    /* PIPE_BUF is larger: it goes out whole or not at all. */
    _exit(write(out, &v, sizeof(v)) == (ssize_t)sizeof(v) ? 0 : 1);
}

/* False when the child closed its end, or the time is up, without a word. */
static bool
read_verdict(int in, unsigned cpu_s, struct verdict *v)
{
    uint64_t end = clock_mono_ns() + cpu_s * 4000ull * NS_PER_MS;
    struct pollfd p = {.fd = in, .events = POLLIN};

    for (;;) {
        uint64_t now = clock_mono_ns();
        int n;

        if (now >= end) {
            return false;
        }
        n = poll(&p, 1, (int)((end - now) / NS_PER_MS) + 1);
        if (n > 0) {
            return read(in, v, sizeof(*v)) == (ssize_t)sizeof(*v);
        }
        if (n < 0 && errno != EINTR) {
            return false;
        }
    }
}

static int
reap(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

static enum rc
refuse_death(int status, struct err *e)
{
    if (WIFSIGNALED(status) &&
        (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU)) {
        return err_set(e, RC_REFUSED,
                       "libxgboost does not come to an end with this model: "
                       "it is damaged; copy or save it again");
    }
    return err_set(e, RC_REFUSED,
                   "libxgboost crashes on this model (signal %d): it is "
                   "damaged; copy or save it again",
                   WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

enum rc
sandbox_run(sandbox_fn fn, void *arg, struct sandbox_limit limit, struct err *e)
{
    struct verdict v;
    int end[2];
    int status;
    bool told;
    pid_t child;

    if (pipe2(end, O_CLOEXEC) != 0) {
        return err_set(e, RC_FAILED, "pipe: %s", strerror(errno));
    }
    child = fork();
    if (child == 0) {
        run_child(fn, arg, limit, end[1]);
    }
    close(end[1]);
    if (child < 0) {
        close(end[0]);
        return err_set(e, RC_FAILED, "fork: %s", strerror(errno));
    }
    told = read_verdict(end[0], limit.cpu_s, &v);
    close(end[0]);
    kill(child, SIGKILL);
    status = reap(child);
    if (!told) {
        return refuse_death(status, e);
    }
    if (v.rc != RC_OK && e != NULL) {
        *e = v.err;
    }
    return v.rc;
}
