/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * log - one line to stderr per event: time, level, text. The last 64 lines
 * are kept for the admin page. Any thread; never on the data path.
 */
#include "common/base/buf.h"
#include "common/base/rc.h"

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARN,
    LOG_ERROR,
};

/* Lines below level are dropped. Default LOG_INFO. */
void log_set_level(enum log_level level);

/* One line, cut at 1 KiB. */
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_line(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_line(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)

/* Append the kept lines to out, oldest first, each with a newline. */
void log_recent(struct buf *out);
