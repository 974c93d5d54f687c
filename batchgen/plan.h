/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * plan - what to precompute: what a day of lookups costs by the share of users
 * whose answers are computed in advance, the rest being scored live.
 *
 * Users ask as Zipf has it: the k-th hottest of n with the share k^-s / H(n,s)
 * of all lookups, H(n,s) = 1^-s + ... + n^-s. Those precomputed are the
 * hottest. A precomputed user takes memory for his record, in Redis and in the
 * snapshot of each server, and a scoring per batch; any other memory for his
 * feature row. A lookup takes CPU time, more when it is scored live.
 */
#include <stdbool.h>
#include <stdint.h>

#define PLAN_DAY_S   86400.0
#define PLAN_MONTH_D 30.0
#define PLAN_GIB     1073741824.0

/* What is given; bytes are per user, microseconds are CPU time. */
struct plan_costs {
    double users;        /* at least 1 */
    double rate;         /* lookups a second, mean of a day */
    double skew;         /* Zipf's s; 0: all users alike */
    double batches;      /* a day */
    double servers;      /* each holds the snapshot */
    double record_bytes; /* in Redis */
    double snapshot_bytes;
    double feature_bytes; /* 0: every request brings its features */
    double hit_us;        /* a lookup answered as stored */
    double live_us;       /* a lookup scored live */
    double score_us;      /* a row of a batch, read to written */
    double memory_price;  /* a GiB for a month */
    double core_price;    /* a core for a month */
};

/* A day, when the hottest `stored` users are precomputed. */
struct plan_day {
    double stored;
    double hits;         /* share of the lookups that are theirs */
    double memory_bytes; /* records, snapshots and feature rows */
    double batch_s;      /* CPU time of the batches */
    double serve_s;      /* ... of the lookups */
    double memory_cost, core_cost, cost;
};

/* Where precomputing one more user stops to pay. */
struct plan_even {
    double
        lookups;   /* a day of one user that pay for it; <= 0: it always does */
    double stored; /* the hottest so many are asked for at least as often */
};

/* 0 <= stored <= users; a fraction of a user is meant as one. */
struct plan_day plan_day(const struct plan_costs *c, double stored);
struct plan_even plan_even(const struct plan_costs *c);

/* H(n,s); exact up to 10,000 terms, to 1e-9 of it beyond. */
double plan_zipf(double n, double s);
