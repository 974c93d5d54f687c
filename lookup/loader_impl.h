/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * loader_impl - what the loader's thread (loader.c) shares with one turn of
 * its loop (loader_turn.c); nobody else includes this.
 */
#include "lookup/announcer.h"
#include "lookup/keeper.h"
#include "lookup/loader.h"
#include "lookup/roster.h"
#include "lookup/row_warmer.h"
#include "lookup/warmer.h"

#include <pthread.h>
#include <stdatomic.h>

struct loader {
    pthread_t thread;
    struct queue *inbox; /* dead generations, and the words below */
    struct warmer *warmer;
    struct followed_source from;
    struct row_warmer *row_warmer; /* NULL without --snapshot-features */
    struct keeper *keeper;         /* NULL without a shelf */
    loader_publish_fn publish;
    loader_superseded_fn superseded;
    void *arg;
    struct roster roster;
    char problem[256]; /* why Redis cannot be read, or "" */
    bool stop;
    bool started;    /* what was live at the start is warm, if it will be */
    bool crowded;    /* not all tables are served */
    uint64_t serial; /* of the last list */
    bool handed_out; /* once, at least */
    struct announcer announcer;
    char word_poke, word_stop; /* their addresses are the words */
    atomic_bool poked;         /* word_poke is in the inbox */
};

/*
 * Look at Redis, load what is new, tell everybody. Blocks. How long there is
 * nothing to do until the next turn, in ns from the beginning of this one.
 */
uint64_t loader_turn(struct loader *l);
