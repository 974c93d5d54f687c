/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * oip_tensor - the data of a request's input: numbers or texts, in JSON or
 * binary (little-endian, texts preceded by their length as u32).
 */
#include "common/base/rc.h"
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct cJSON;

enum oip_datatype {
    OIP_FP32,
    OIP_FP64,
    OIP_INT8,
    OIP_INT16,
    OIP_INT32,
    OIP_INT64,
    OIP_UINT8,
    OIP_UINT16,
    OIP_UINT32,
    OIP_UINT64,
    OIP_BYTES,
    OIP_DATATYPES,
};

#define OIP_SHAPE_MAX 2

struct oip_tensor {
    enum oip_datatype datatype;
    size_t nshape;
    size_t shape[OIP_SHAPE_MAX]; /* each from 1 to OIP_LENGTH_MAX */
    const struct cJSON *data;    /* NULL: binary */
    struct str binary;
};

#define OIP_LENGTH_MAX 1000000

/* False: not a datatype that a model takes, or users are given in. */
bool oip_datatype_parse(const char *name, enum oip_datatype *out);

/*
 * All numbers of a tensor of two dimensions, flat or nested as the shape says;
 * null and NaN are missing. A number that is not one of its datatype, or
 * beyond float32's range, and a count that differs from the shape: RC_INVAL.
 */
MUST_USE enum rc oip_tensor_floats(const struct oip_tensor *t, float *x,
                                   struct err *e);

/* Where reading texts has come to; begins as zeros. */
struct oip_texts {
    size_t n;
    const struct cJSON *next;
    size_t at;
};

/*
 * The next text of a BYTES tensor of one dimension; valid as long as the
 * tensor. RC_NOT_FOUND: that were all, as many as the shape says.
 */
MUST_USE enum rc oip_tensor_text(const struct oip_tensor *t,
                                 struct oip_texts *texts, struct str *text,
                                 struct err *e);
