/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * worker_limits - what a worker's clients may ask of it, by the options.
 */
#include "lookup/config.h"
#include "lookup/net/conn.h"
#include "lookup/net/http.h"

struct http_limits worker_http_limits(const struct config *config);

/* Connections are shared out among the threads, whose number is settled. */
struct conn_options worker_conn_options(const struct config *config);
