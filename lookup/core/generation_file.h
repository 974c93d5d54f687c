/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * generation_file - a generation that is a model file and nothing else: no
 * records, no feature rows, no store to ask. It is scored live only.
 */
#include "lookup/core/generation.h"

/*
 * The file is not trusted: it is tried in a child process first, so call this
 * before there are threads. iterations: auto, all or A:B. It is generation 1,
 * as of the file's last change; its features are the model's, f0, f1... if it
 * names none. Held by the caller; graveyard as in generation_create().
 *
 * RC_IO: the file cannot be read. RC_REFUSED: it is no model, or one that
 * would be mis-scored; the message names the file and says what to do.
 * RC_INVAL: iterations. RC_NOMEM.
 */
MUST_USE enum rc generation_from_file(struct generation **out, const char *path,
                                      const char *iterations,
                                      struct queue *graveyard, struct err *e);
