/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/native_impl.h"

#include "common/base/number.h"
#include "lookup/api/path.h"

#define TIMEOUT_MAX_MS 5000

void
native_fail(struct desk *d, struct exchange *x, const struct table_view *view,
            enum reply_error error, const char *text)
{
    lookup_count(d->lookup, view, DIALECT_NATIVE, OUTCOME_ERROR);
    reply_error(x, DIALECT_NATIVE, error, NO_EXTRA, "%s", text);
}

const struct table_view *
native_find_table(const struct tables *t, struct str raw,
                  struct table_fault *fault)
{
    char name[TABLE_MAX];
    size_t len = 0;
    enum rc rc = path_decode(raw, name, sizeof(name), &len);

    if (rc == RC_INVAL) {
        *fault = (struct table_fault){REPLY_BAD_PATH, NATIVE_BAD_ESCAPE};
        return NULL;
    }
    /* Longer than any name is no table, too. */
    return desk_table(t, (struct str){name, rc == RC_OK ? len : 0}, fault);
}

const struct table_view *
native_find_live(const struct tables *t, struct str raw,
                 struct table_fault *fault)
{
    const struct table_view *view = native_find_table(t, raw, fault);

    desk_explain(view, fault);
    return view;
}

const struct table_view *
native_live_table(struct desk *d, struct exchange *x, struct str raw)
{
    struct table_fault fault;
    const struct table_view *view =
        native_find_live(lookup_tables(d->lookup), raw, &fault);

    if (view == NULL || view->live == NULL) {
        native_fail(d, x, view, fault.error, fault.text);
        return NULL;
    }
    return view;
}

static enum rc
refuse_user(struct table_fault *fault, enum reply_error error, const char *text)
{
    *fault = (struct table_fault){error, text};
    return RC_INVAL;
}

enum rc
native_path_user(struct str raw, char room[USER_MAX], struct str *user,
                 struct table_fault *fault)
{
    size_t len = 0;
    enum rc rc = path_decode(raw, room, USER_MAX, &len);

    *user = (struct str){room, len};
    if (rc == RC_FULL) {
        return refuse_user(fault, REPLY_LONG_USER,
                           "the user id has more than 512 bytes");
    }
    if (rc != RC_OK) {
        return refuse_user(fault, REPLY_BAD_PATH, NATIVE_BAD_ESCAPE);
    }
    if (str_eq(*user, STR(".")) || str_eq(*user, STR(".."))) {
        return refuse_user(fault, REPLY_BAD_PATH,
                           "'.' and '..' are not ids in a path");
    }
    return len > 0
               ? RC_OK
               : refuse_user(fault, REPLY_EMPTY_USER, "the user id is empty");
}

static bool
read_parameter(const struct http_request *req, struct str name,
               struct str value, const struct generation *gen,
               struct native_parameters *p)
{
    uint64_t n;

    if (!number_parse_u64(value, &n) || n < 1) {
        return false;
    }
    if (str_eq(name, STR("timeout_ms"))) {
        p->deadline_ns = req->arrived_ns + n * 1000000;
        return n <= TIMEOUT_MAX_MS;
    }
    if (str_eq(name, STR("k"))) {
        p->k = n;
        return gen->info.kind == TABLE_RANKING && n <= gen->info.top;
    }
    if (str_eq(name, STR("explain"))) {
        p->explain = true;
        return n == 1;
    }
    return false;
}

bool
native_read_parameters(const struct desk *d, const struct http_request *req,
                       const struct generation *gen,
                       struct native_parameters *p)
{
    struct str rest = req->query;
    bool ok = true;

    p->k = gen->info.top;
    p->explain = false;
    p->deadline_ns = req->arrived_ns + lookup_policy(d->lookup)->timeout_ns;
    while (rest.len > 0 && ok) {
        struct str value = str_cut(&rest, '&');
        struct str name = str_cut(&value, '=');

        ok = read_parameter(req, name, value, gen, p);
    }
    return ok;
}

bool
native_is_json(const struct http_request *req)
{
    struct str type = http_request_header(req, STR("content-type"));
    struct str media = str_trim(str_cut(&type, ';'));

    /* curl -d says the second when it is told nothing. */
    return media.len == 0 || str_eq_nocase(media, STR("application/json")) ||
           str_eq_nocase(media, STR("application/x-www-form-urlencoded"));
}
