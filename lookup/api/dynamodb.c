/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/dynamodb.h"

#include "lookup/api/dynamodb_impl.h"

typedef void (*operation_fn)(struct desk *d, struct exchange *x,
                             const struct http_request *req);

static const struct {
    const char *name;
    operation_fn run; /* NULL: it writes */
} operations[] = {
    {"GetItem", dynamodb_get_item},
    {"BatchGetItem", dynamodb_batch_get_item},
    {"DescribeTable", dynamodb_describe_table},
    {"ListTables", dynamodb_list_tables},
    {"PutItem", NULL},
    {"UpdateItem", NULL},
    {"DeleteItem", NULL},
    {"BatchWriteItem", NULL},
    {"TransactWriteItems", NULL},
    {"CreateTable", NULL},
    {"UpdateTable", NULL},
    {"DeleteTable", NULL},
    {"UpdateTimeToLive", NULL},
    {"TagResource", NULL},
    {"UntagResource", NULL},
};

bool
dynamodb_speaks(const struct http_request *req)
{
    struct str type = http_request_header(req, STR("content-type"));

    return req->method == HTTP_POST && str_eq(req->path, STR("/")) &&
           (http_request_header(req, STR("x-amz-target")).p != NULL ||
            str_eq_nocase(str_trim(str_cut(&type, ';')),
                          STR("application/x-amz-json-1.0")));
}

void
dynamodb_table_fault(struct dynamodb_fault *fault, const char *name,
                     const struct table_fault *why)
{
    dynamodb_refuse(fault,
                    why->error == REPLY_UNKNOWN_TABLE ? DYNAMODB_NOT_FOUND
                                                      : DYNAMODB_INTERNAL,
                    "table '%.200s': %s", name, why->text);
}

static void
fail_operation(struct desk *d, struct exchange *x, struct str name,
               bool is_known)
{
    struct dynamodb_fault fault;

    if (is_known) {
        dynamodb_refuse(&fault, DYNAMODB_VALIDATION,
                        "%.*s is not taken: tables are read-only here, "
                        "batchgen writes them",
                        STR_ARG(name));
    } else {
        dynamodb_refuse(&fault, DYNAMODB_UNKNOWN_OPERATION,
                        "not one of GetItem, BatchGetItem, "
                        "DescribeTable, ListTables of "
                        "DynamoDB_20120810");
    }
    dynamodb_fail(d, x, &fault);
}

void
dynamodb_handle(struct desk *d, struct exchange *x,
                const struct http_request *req)
{
    struct str name = http_request_header(req, STR("x-amz-target"));
    struct str version = str_cut(&name, '.');

    for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++) {
        if (!str_eq(version, STR("DynamoDB_20120810")) ||
            !str_eq(name, str_of(operations[i].name))) {
            continue;
        }
        if (operations[i].run == NULL) {
            fail_operation(d, x, name, true);
        } else {
            operations[i].run(d, x, req);
        }
        return;
    }
    fail_operation(d, x, name, false);
}
