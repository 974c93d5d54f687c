/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * container - what SageMaker tells a container by its environment: how to
 * answer, and, to a `lookup serve` that has no Redis, where its model lies.
 */
#include "common/base/option.h"
#include "lookup/api/sagemaker.h"

/* From the environment alone. RC_INVAL names a variable that makes no sense. */
MUST_USE enum rc container_settings(struct sagemaker_settings *s,
                                    struct err *e);

/*
 * Is `lookup serve` with these options the container? It names neither a Redis
 * nor a model, and there is a folder with one.
 */
bool container_is_asked(const struct option_set *set);

/*
 * Its model, and its listeners unless others were given: HTTP for all the
 * world, and no other. RC_INVAL: the folder is not there, or does not
 * hold one file; says what to do.
 */
MUST_USE enum rc container_options(struct option_set *set, struct err *e);
