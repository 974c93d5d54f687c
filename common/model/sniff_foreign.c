/* SPDX-License-Identifier: Apache-2.0 */
#include "common/model/sniff.h"

#include <stdbool.h>
#include <stdint.h>

#define SAVE_MODEL                                                             \
    "load it in Python and write it with booster.save_model(\"model.ubj\")"
#define NOT_XGBOOST "lookup scores XGBoost models only"
#define UNPACK      "unpack it and give the model inside"

/* What files begin with. Those with a shorter beginning come last. */
static const struct magic {
    struct str bytes;
    const char *what;
    const char *todo;
} magics[] = {
#define MAGIC(b, what, todo)                                                   \
    {                                                                          \
        {(b), sizeof(b) - 1}, what, todo                                       \
    }
    MAGIC("\x01\xab\xff\xff", "an XGBoost DMatrix buffer (data, not a model)",
          "give the file booster.save_model wrote"),
    MAGIC("\x02\xab\xff\xff", "an XGBoost DMatrix buffer (data, not a model)",
          "give the file booster.save_model wrote"),
    MAGIC("bs64", "an XGBoost model in base64, as R wrote it before 0.5",
          "load it with that version and save it as a binary model"),
    MAGIC("booster[", "a text dump of an XGBoost model, not a saved model",
          "dumps lose what scoring needs: write it with save_model"),
    MAGIC("digraph", "a drawing (dot dump) of a tree, not a saved model",
          "write the model with save_model"),
    MAGIC("tree\nversion=", "a LightGBM model", NOT_XGBOOST),
    MAGIC("tree\r\nversion=", "a LightGBM model", NOT_XGBOOST),
    MAGIC("CBM1", "a CatBoost model", NOT_XGBOOST),
    MAGIC("PK\x03\x04", "a zip archive", UNPACK),
    MAGIC("PK\x05\x06", "an empty zip archive", "give an XGBoost model"),
    MAGIC("BZh", "compressed with bzip2", UNPACK),
    MAGIC("\xfd"
          "7zXZ",
          "compressed with xz", UNPACK),
    MAGIC("\x28\xb5\x2f\xfd", "compressed with zstd", UNPACK),
    MAGIC("7z\xbc\xaf", "a 7z archive", UNPACK),
    MAGIC("\x89HDF", "an HDF5 file (perhaps a Keras model)", NOT_XGBOOST),
    MAGIC("\x93NUMPY", "a NumPy array", "give an XGBoost model"),
    MAGIC("PAR1", "a Parquet file (data, not a model)",
          "give the file booster.save_model wrote"),
    MAGIC("Obj\x01", "an Avro file (data, not a model)",
          "give the file booster.save_model wrote"),
    MAGIC("\x7f"
          "ELF",
          "a compiled program or library", "give the XGBoost model itself"),
    MAGIC("<?xml", "an XML file (perhaps PMML)", NOT_XGBOOST),
    MAGIC("<PMML", "a PMML model", NOT_XGBOOST),
    MAGIC("RDX", "an R workspace",
          "load it in R and write the model with xgb.save"),
    MAGIC("X\n\0\0", "an R object (RDS)",
          "load it in R and write the model with xgb.save"),
    MAGIC("A\n", "an R object (RDS)",
          "load it in R and write the model with xgb.save"),
    MAGIC("ccopy_reg\n", "a pickle of protocol 0", SAVE_MODEL),
    MAGIC("ccopyreg\n", "a pickle of protocol 0", SAVE_MODEL),
    MAGIC("cxgboost", "a pickle of protocol 0", SAVE_MODEL),
    MAGIC("\x78\x9c", "compressed with zlib (perhaps a joblib dump)",
          SAVE_MODEL),
    MAGIC("\x78\x01", "compressed with zlib (perhaps a joblib dump)",
          SAVE_MODEL),
    MAGIC("\x78\xda", "compressed with zlib (perhaps a joblib dump)",
          SAVE_MODEL),
#undef MAGIC
};

static struct str
first_line(struct str s)
{
    s.len = s.len > 4096 ? 4096 : s.len;
    return str_trim(str_cut(&s, '\n'));
}

/* Printable ASCII and UTF-8 without control characters. */
static bool
is_text(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if ((uint8_t)s.p[i] < 0x20 && s.p[i] != '\t' && s.p[i] != '\r') {
            return false;
        }
    }
    return s.len > 0;
}

/* "1 3:1 9:0.5": a label, then an index and a value. */
static bool
is_libsvm(struct str line)
{
    struct str second;
    size_t digits = 0;

    (void)str_cut(&line, ' ');
    if (line.p == NULL) {
        return false;
    }
    second = str_cut(&line, ' ');
    while (digits < second.len && second.p[digits] >= '0' &&
           second.p[digits] <= '9') {
        digits++;
    }
    return (digits > 0 && digits < second.len && second.p[digits] == ':') ||
           str_starts(second, STR("qid:"));
}

/* ModelProto of ONNX: ir_version, then the producer's name or the graph. */
static bool
is_onnx(struct str s)
{
    return s.len > 3 && s.p[0] == 0x08 && s.p[1] > 0 && s.p[1] < 32 &&
           (s.p[2] == 0x12 || s.p[2] == 0x3a || s.p[2] == 0x42);
}

static enum rc
refuse_text(struct str bytes, struct err *e)
{
    struct str line = first_line(bytes);

    if (line.p[0] == '[') {
        return err_set(e, RC_REFUSED,
                       "this is a JSON list, as dump_model writes it, not a "
                       "saved model: dumps lose what scoring needs; write it "
                       "with save_model(\"model.ubj\")");
    }
    if (is_libsvm(line)) {
        return err_set(e, RC_REFUSED,
                       "this is libsvm data, not a model: give the file "
                       "booster.save_model wrote");
    }
    if (memchr(line.p, ',', line.len) != NULL) {
        return err_set(e, RC_REFUSED,
                       "this looks like CSV data, not a model: give the file "
                       "booster.save_model wrote");
    }
    return err_set(e, RC_REFUSED,
                   "this is text, but no XGBoost model: give the file "
                   "booster.save_model wrote");
}

enum rc
sniff_refuse(struct str bytes, struct err *e)
{
    if (bytes.len == 0) {
        return err_set(e, RC_REFUSED,
                       "the file is empty: save or copy the model again");
    }
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if (str_starts(bytes, magics[i].bytes)) {
            return err_set(e, RC_REFUSED, "this is %s: %s", magics[i].what,
                           magics[i].todo);
        }
    }
    if (is_onnx(bytes)) {
        return err_set(e, RC_REFUSED, "this is an ONNX model: %s", NOT_XGBOOST);
    }
    if (is_text(first_line(bytes))) {
        return refuse_text(bytes, e);
    }
    return err_set(e, RC_REFUSED,
                   "this is no XGBoost model (JSON, UBJSON, binary), nor a "
                   "pickle or model.tar.gz of SageMaker: give the file "
                   "booster.save_model wrote");
}
