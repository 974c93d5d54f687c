/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * admin_page - the admin listener's page for people: is the server well, what
 * does it serve, what did it log last. HTML that loads nothing else.
 */
#include "common/base/buf.h"
#include "lookup/core/tables.h"

struct admin_page {
    bool ready;
    struct str said;             /* as /health/ready says it, a line each */
    const struct tables *tables; /* NULL: not known yet */
};

/* Append the page, and what was logged last. */
void admin_page_render(struct buf *out, const struct admin_page *page);
