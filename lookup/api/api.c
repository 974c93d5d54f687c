/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/api.h"

#include "lookup/api/desk.h"
#include "lookup/api/dynamodb.h"
#include "lookup/api/native.h"
#include "lookup/api/oip.h"

#include <stdlib.h>

/*
 * Each dialect says whether a request is in it (X_speaks) and answers it
 * (X_handle). What nobody else speaks is native: /v1, and 404.
 */
struct api {
    struct desk desk;
    struct sagemaker *sagemaker;
};

struct api *
api_create(struct lookup *lookup, const char *default_table,
           const struct sagemaker_settings *settings)
{
    struct api *a = calloc(1, sizeof(*a));

    if (a == NULL) {
        return NULL;
    }
    desk_init(&a->desk, lookup, default_table);
    a->sagemaker = sagemaker_create(&a->desk, settings);
    if (a->sagemaker == NULL) {
        api_destroy(&a);
    }
    return a;
}

void
api_destroy(struct api **a)
{
    if (a != NULL && *a != NULL) {
        sagemaker_destroy(&(*a)->sagemaker);
        desk_fini(&(*a)->desk);
        free(*a);
        *a = NULL;
    }
}

void
api_handle(void *arg, struct exchange *x, const struct http_request *req)
{
    struct api *a = arg;

    if (str_starts(req->path, STR("/v1"))) { /* most of all */
        native_handle(&a->desk, x, req);
    } else if (dynamodb_speaks(req)) {
        dynamodb_handle(&a->desk, x, req);
    } else if (oip_speaks(req)) {
        oip_handle(&a->desk, x, req);
    } else if (sagemaker_speaks(a->sagemaker, req)) {
        sagemaker_handle(a->sagemaker, x, req);
    } else {
        native_handle(&a->desk, x, req);
    }
}
