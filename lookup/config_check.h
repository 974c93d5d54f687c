/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * config_check - do the options, each right by itself, make sense together?
 */
#include "lookup/config.h"

/*
 * Also fills in what depends on several: the topology, from --redis, its
 * environment and the password's file (which is read), and the table of a
 * model. RC_INVAL: a message for the user.
 */
MUST_USE enum rc config_check(struct config *c, struct err *e);
