/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * json - request bodies: cJSON behind a strict reading of RFC 8259. cJSON
 * alone lets pass repeated names, NUL in strings, control characters,
 * trailing bytes and numbers like 01: each would make two programs read two
 * different requests from the same bytes.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

struct cJSON;

/* Values that a body may have whatever it is about. */
#define JSON_VALUES 16384

/*
 * Parse the whole of text. RC_INVAL says at which byte and why; so it does when
 * there are more than max values, lists and objects included: what cannot make
 * sense is not to cost a tree of 80 bytes a value. The caller cJSON_Deletes
 * *out. Read members with cJSON_GetObjectItemCaseSensitive.
 * (float)valuedouble is the float nearest to the number's text, as
 * number_parse_f32 gives it; infinite if it is out of float's range.
 */
MUST_USE enum rc json_parse(struct str text, size_t max, struct cJSON **out,
                            struct err *e);
