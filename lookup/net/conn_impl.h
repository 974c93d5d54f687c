/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * conn_impl - the inside of a connection, for conn.c (one socket),
 * conn_open.c (its beginning), conn_group.c (all of them, and time) and proto.c
 * (what protocols see) only.
 */
#include "lookup/net/conn.h"

#include <sys/queue.h>

struct event;

#define CONN_MAGIC         0x636f6e6e
#define CONN_SCRATCH_BYTES (64 * 1024)
#define CONN_PROTO_MAX     4

TAILQ_HEAD(conn_list, conn);

struct conn {
    uint32_t magic;
    int fd;
    struct conn_group *group;
    const struct proto *proto;
    void *arg;
    TAILQ_ENTRY(conn) all, dirty;
    struct event *readable, *writable;
    enum net_closed why; /* once stopped */
    bool is_dirty;
    bool in_parse;
    bool reading;   /* readable is added */
    bool blocked;   /* writable is added */
    bool held_back; /* input waits for room */
    bool owes_word; /* an interim word waits for the answers before it */
    bool in_body;
    bool eof;
    bool stopped;
    bool lingering;
    uint64_t since_ns; /* when what we now wait for began */
    struct buf in;
    size_t sent_bytes; /* of line.out */
    struct line line;
    _Alignas(16) char state[];
};

struct conn_group {
    struct event_base *base;
    const struct conn_options *options;
    struct net_stats *stats;
    struct event *tick;
    struct event *again; /* the loop turns once more for who may go on */
    struct conn_list all, dirty;
    size_t n;
    bool draining;
    uint64_t drain_since_ns;
    uint64_t now_ns;
    struct buf_pool bufs;
    struct {
        const struct proto *proto;
        struct turn_pool turns;
    } pool[CONN_PROTO_MAX];
    char scratch[CONN_SCRATCH_BYTES];
};

/* conn.c: the socket */

/* c is gone, whoever waited for an answer of it notwithstanding. */
void conn_close(struct conn *c, enum net_closed why);

/* Read once, have it answered, settle. May close c. */
void conn_receive(struct conn *c);

/* Write, and decide what c waits for next. May close c. Not from parse. */
void conn_settle(struct conn *c);

/* Begin reading. False: no memory, nothing was begun. */
MUST_USE bool conn_watch(struct conn *c);

/* proto.c: the protocol */

/* Is there kept input that the protocol should be given again now? */
bool conn_can_go_on(const struct conn *c);

/* Bytes that were read: have the protocol take what it can, keep the rest. */
void conn_input(struct conn *c, char *p, size_t n);

/* The same with what was kept. */
void conn_input_again(struct conn *c);

/* conn_group_flush will look at c. */
void conn_mark_dirty(struct conn *c);
