/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * redis_error - what an error reply means, and what to do about it.
 */
#include "common/base/rc.h"
#include "common/base/str.h"

/* name: the server, for the message. Never RC_OK. */
enum rc redis_error(struct str reply, const char *name, struct err *e);
