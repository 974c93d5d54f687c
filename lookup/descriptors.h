/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * descriptors - how many files the process may have open, and how many
 * connections of clients that leaves. Whoever runs out of descriptors can
 * accept nobody, an operator neither.
 */
#include <stdint.h>

/*
 * Raises the soft limit to the hard one. How many of `wanted` connections
 * there may be, at least 1: the others' place is kept for nworker workers'
 * own, for Redis, and for the admin listener. Says so in the log if it is not
 * all of them. Call it at the start.
 */
uint64_t descriptors_for_clients(uint64_t wanted, uint64_t nworker);
