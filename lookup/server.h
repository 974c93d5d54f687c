/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * server - everything that runs: workers, the loader, and in the main thread
 * the admin listener and the signals.
 */
#include "common/base/rc.h"
#include "lookup/config.h"

/*
 * Serve until SIGTERM or SIGINT has been obeyed. SIGHUP reads the
 * configuration again (argv as given to config_read) and applies the policy
 * options and the log level. RC_OK after a clean end; RC_IO: a port is in use.
 */
MUST_USE enum rc server_run(struct config *config, int argc, char **argv,
                            struct err *e);
