/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/api/oip_tensor.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdint.h>

/* The least and the largest whole number; both 0: any number. */
static const struct {
    const char *name;
    size_t bytes;
    double min, max;
} datatypes[] = {
    [OIP_FP32] = {"FP32", 4, 0, 0},
    [OIP_FP64] = {"FP64", 8, 0, 0},
    [OIP_INT8] = {"INT8", 1, INT8_MIN, INT8_MAX},
    [OIP_INT16] = {"INT16", 2, INT16_MIN, INT16_MAX},
    [OIP_INT32] = {"INT32", 4, INT32_MIN, INT32_MAX},
    [OIP_INT64] = {"INT64", 8, (double)INT64_MIN, (double)INT64_MAX},
    [OIP_UINT8] = {"UINT8", 1, 0, UINT8_MAX},
    [OIP_UINT16] = {"UINT16", 2, 0, UINT16_MAX},
    [OIP_UINT32] = {"UINT32", 4, 0, UINT32_MAX},
    [OIP_UINT64] = {"UINT64", 8, 0, (double)UINT64_MAX},
    [OIP_BYTES] = {"BYTES", 0, 0, 0},
};

bool
oip_datatype_parse(const char *name, enum oip_datatype *out)
{
    for (int i = 0; i < OIP_DATATYPES; i++) {
        if (strcmp(name, datatypes[i].name) == 0) {
            *out = (enum oip_datatype)i;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ JSON */

/* Numbers being read: i of them so far. */
struct filling {
    const struct oip_tensor *t;
    float *x;
    size_t i, n;
    struct err *e;
};

static bool
is_of(enum oip_datatype datatype, double v)
{
    double min = datatypes[datatype].min, max = datatypes[datatype].max;

    return max == 0 || (v >= min && v <= max && v == floor(v));
}

static enum rc
take_number(struct filling *f, const cJSON *value)
{
    float v = NAN;

    if (f->i == f->n) {
        return err_set(f->e, RC_INVAL, "data has more numbers than the shape");
    }
    if (!cJSON_IsNull(value)) {
        v = (float)value->valuedouble;
        if (!cJSON_IsNumber(value) || !isfinite(v) ||
            !is_of(f->t->datatype, value->valuedouble)) {
            return err_set(f->e, RC_INVAL,
                           "element %zu of data is not null or a number of "
                           "%s within float32's range",
                           f->i, datatypes[f->t->datatype].name);
        }
    }
    f->x[f->i++] = v;
    return RC_OK;
}

/* A row of nested data. */
static enum rc
take_row(struct filling *f, const cJSON *row)
{
    size_t before = f->i;
    const cJSON *it;
    enum rc rc = RC_OK;

    if (!cJSON_IsArray(row)) {
        return err_set(f->e, RC_INVAL, "data is neither flat nor nested");
    }
    cJSON_ArrayForEach(it, row)
    {
        rc = rc == RC_OK ? take_number(f, it) : rc;
    }
    if (rc == RC_OK && f->i - before != f->t->shape[1]) {
        rc = err_set(f->e, RC_INVAL, "a row of data has %zu numbers, not %zu",
                     f->i - before, f->t->shape[1]);
    }
    return rc;
}

static enum rc
read_json(struct filling *f)
{
    const cJSON *it;
    bool nested = cJSON_IsArray(f->t->data->child);
    enum rc rc = RC_OK;

    cJSON_ArrayForEach(it, f->t->data)
    {
        if (rc == RC_OK) {
            rc = nested ? take_row(f, it) : take_number(f, it);
        }
    }
    if (rc == RC_OK && f->i != f->n) {
        rc = err_set(f->e, RC_INVAL, "data has %zu numbers, the shape has %zu",
                     f->i, f->n);
    }
    return rc;
}

/* ---------------------------------------------------------------- binary */

static float
load(enum oip_datatype datatype, const char *p)
{
    union {
        float f32;
        double f64;
        int8_t i8;
        int16_t i16;
        int32_t i32;
        int64_t i64;
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
    } v;

    memcpy(&v, p, datatypes[datatype].bytes);
    switch (datatype) {
    case OIP_FP32:
        return v.f32;
    case OIP_FP64:
        return (float)v.f64;
    case OIP_INT8:
        return v.i8;
    case OIP_INT16:
        return v.i16;
    case OIP_INT32:
        return (float)v.i32;
    case OIP_INT64:
        return (float)v.i64;
    case OIP_UINT8:
        return v.u8;
    case OIP_UINT16:
        return v.u16;
    case OIP_UINT32:
        return (float)v.u32;
    case OIP_UINT64:
        return (float)v.u64;
    default:
        return NAN;
    }
}

static enum rc
read_binary(struct filling *f)
{
    size_t bytes = datatypes[f->t->datatype].bytes;

    if (f->t->binary.len != f->n * bytes) {
        return err_set(f->e, RC_INVAL,
                       "binary data has %zu bytes, the shape needs %zu",
                       f->t->binary.len, f->n * bytes);
    }
    for (size_t i = 0; i < f->n; i++) {
        f->x[i] = load(f->t->datatype, f->t->binary.p + i * bytes);
        if (isinf(f->x[i])) {
            return err_set(f->e, RC_INVAL,
                           "element %zu of data is beyond float32's range", i);
        }
    }
    return RC_OK;
}

enum rc
oip_tensor_floats(const struct oip_tensor *t, float *x, struct err *e)
{
    struct filling f = {t, x, 0, t->shape[0] * t->shape[1], e};

    return t->data == NULL ? read_binary(&f) : read_json(&f);
}
