/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * doc_walk - the two syntaxes doc speaks. Each function takes what it reads
 * off the front of *rest.
 */
#include "common/base/str.h"

#include <stdbool.h>

/* A value; false when it is damaged or goes on behind the end. */
bool json_take_value(struct str *rest, struct str *value);
bool ubjson_take_value(struct str *rest, struct str *value);

/* Behind the '{': a key and its value; false at the end or when damaged. */
bool json_take_member(struct str *rest, struct str *key, struct str *value);
bool ubjson_take_member(struct str *rest, struct str *key, struct str *value);

/* Behind the '[': an item; false at the end or when damaged. */
bool json_take_item(struct str *rest, struct str *value);
bool ubjson_take_item(struct str *rest, struct str *value);

/* UBJSON: an optional count behind the '['. */
bool ubjson_take_count(struct str *rest);

/* UBJSON: big-endian, of 1, 2, 4 or 8 bytes, behind its marker. */
bool ubjson_take_integer(struct str *rest, char marker, long long *n);
