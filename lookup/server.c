/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/server_impl.h"

#include "common/base/check.h"
#include "common/base/log.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

void
server_on_message(void *arg, void *drained)
{
    struct server *s = arg;

    (void)drained;
    if (--s->running == 0) {
        CHECK(event_base_loopbreak(s->base) == 0);
    }
}

/* What can change while serving: the policy and the log level. */
static void
reload_config(struct server *s)
{
    struct config fresh;
    struct err e;

    if (config_read(&fresh, s->argc, s->argv, &e) != RC_OK) {
        log_error("SIGHUP: %s; the configuration stays as it was", e.text);
    } else {
        struct lookup_policy policy = server_policy(&fresh.options);

        for (size_t i = 0; i < s->nworker; i++) {
            worker_post_policy(s->worker[i], &policy);
        }
        admin_front_set_policy(s->front, &policy);
        config_apply_log_level(&fresh);
        log_info("SIGHUP: policy and log level read again; other options "
                 "need a restart");
    }
    config_free(&fresh);
    loader_poke(s->loader);
}

static void
begin_end(struct server *s)
{
    if (s->ending) {
        log_warn("second signal: ending without waiting");
        _exit(1);
    }
    s->ending = true;
    log_info("draining");
    admin_set_draining(admin_front_admin(s->front));
    for (size_t i = 0; i < s->nworker; i++) {
        worker_post_drain(s->worker[i]);
    }
}

static void
on_signal(evutil_socket_t signal, short what, void *arg)
{
    struct server *s = arg;

    (void)what;
    if (signal == SIGHUP) {
        reload_config(s);
    } else {
        begin_end(s);
    }
}

enum rc
server_watch_signals(struct server *s, struct err *e)
{
    static const int numbers[SERVER_SIGNALS] = {SIGTERM, SIGINT, SIGHUP};

    for (int i = 0; i < SERVER_SIGNALS; i++) {
        s->signal[i] = evsignal_new(s->base, numbers[i], on_signal, s);
        if (s->signal[i] == NULL || event_add(s->signal[i], NULL) != 0) {
            return err_set(e, RC_NOMEM, "cannot watch signals");
        }
    }
    return RC_OK;
}

enum rc
server_run(struct config *config, int argc, char **argv, struct err *e)
{
    struct server *s = calloc(1, sizeof(*s));
    enum rc rc;

    if (s == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    s->config = config;
    s->argc = argc;
    s->argv = argv;
    /* Both come back as errors of the write. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    config_choose_threads(config);
    config_apply_log_level(config);
    rc = server_start_parts(s, e);
    while (rc == RC_OK && s->running > 0) {
        CHECK(event_base_loop(s->base, EVLOOP_ONCE) >= 0);
        admin_front_flush(s->front);
    }
    server_stop_parts(s);
    free(s);
    if (rc == RC_OK) {
        log_info("ended");
    }
    return rc;
}
