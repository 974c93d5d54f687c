/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_impl.h"

#include "common/base/clock.h"
#include "lookup/api/native_put.h"
#include "lookup/api/native_tables.h"
#include "lookup/api/path.h"

/*
 *   /v1                   tables          GET
 *   /v1/{table}           one table       GET; many users or rows  POST
 *   /v1/{table}/{user}    a prediction    GET, POST with features
 *
 * What is to be known when an answer comes back is kept in the exchange's
 * state.
 */
#define SEGMENTS_MAX 4

static void
show_table(struct desk *d, struct exchange *x, struct str raw_table)
{
    struct table_fault fault;
    const struct table_view *view =
        native_find_table(lookup_tables(d->lookup), raw_table, &fault);

    if (view == NULL) {
        reply_error(x, DIALECT_NATIVE, fault.error, NO_EXTRA, "%s", fault.text);
        return;
    }
    buf_clear(&d->body);
    native_tables_render_one(&d->body, view, clock_wall_us());
    reply_json(x, DIALECT_NATIVE, &d->body);
}

static void
show_tables(struct desk *d, struct exchange *x)
{
    struct table_fault fault;
    const struct tables *t = desk_tables(d, &fault);

    if (t == NULL) {
        reply_error(x, DIALECT_NATIVE, fault.error, NO_EXTRA, "%s", fault.text);
        return;
    }
    buf_clear(&d->body);
    native_tables_render(&d->body, t);
    reply_json(x, DIALECT_NATIVE, &d->body);
}

void
native_handle(struct desk *d, struct exchange *x,
              const struct http_request *req)
{
    struct str segment[SEGMENTS_MAX];
    size_t count = path_split(req->path, segment, SEGMENTS_MAX);

    if (req->method == HTTP_PUT && native_put_matches(req)) {
        reply_error(x, DIALECT_NATIVE, REPLY_FORBIDDEN, NO_EXTRA,
                    "features are not written here");
    } else if (count < 1 || count > 3 || !str_eq(segment[0], STR("v1"))) {
        reply_error(x, DIALECT_NATIVE, REPLY_NOT_FOUND, NO_EXTRA,
                    "there is nothing at this path");
    } else if (!http_request_is_read(req) &&
               (count < 2 || req->method != HTTP_POST)) {
        reply_method(x, DIALECT_NATIVE,
                     count < 2 ? "GET, HEAD" : "GET, HEAD, POST");
    } else if (count == 1) {
        show_tables(d, x);
    } else if (count == 2 && http_request_is_read(req)) {
        show_table(d, x, segment[1]);
    } else if (count == 2) {
        native_ask_many(d, x, req, segment[1]);
    } else {
        native_ask_user(d, x, req, segment[1], segment[2]);
    }
}

enum reply_error
native_error_of(enum answer_code code)
{
    static const enum reply_error error[] = {
        [ANSWER_UNKNOWN_USER] = REPLY_UNKNOWN_USER,
        [ANSWER_MISSING_FEATURES] = REPLY_MISSING_FEATURES,
        [ANSWER_STORE_UNAVAILABLE] = REPLY_STORE,
        [ANSWER_TABLE_UNAVAILABLE] = REPLY_TABLE,
        [ANSWER_TOO_COSTLY] = REPLY_COSTLY,
        [ANSWER_NOT_LIVE] = REPLY_NOT_LIVE,
        [ANSWER_MOVED] = REPLY_TABLE,
    };

    return error[code];
}
