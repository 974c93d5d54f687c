/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * hash - XXH64 for buckets, SHA-256 for identity. The only file that names
 * xxHash and OpenSSL.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdint.h>

#define SHA256_HEX 65

/* XXH64, seed 0. */
uint64_t hash_key(struct str s);

/* Lower-case hex of SHA-256(s), NUL terminated. */
void hash_sha256(struct str s, char out[SHA256_HEX]);

/* 16 random hex digits and a NUL, from getrandom(2). */
void hash_random_uid(char out[17]);
