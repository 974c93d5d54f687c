/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/exchange.h"

struct str
http_request_header(const struct http_request *req, struct str name)
{
    for (size_t i = 0; i < req->nheader; i++) {
        if (str_eq_nocase(req->header[i].name, name)) {
            return req->header[i].value;
        }
    }
    return (struct str){NULL, 0};
}
