/* SPDX-License-Identifier: Apache-2.0 */
#include "lookup/container.h"

#include "common/base/number.h"
#include "lookup/api/sagemaker_media.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MODEL_FOLDER   "/opt/ml/model"
#define DEFAULT_PORT   "8080"
#define PAYLOAD_BYTES  (6 * 1024 * 1024)
#define PAYLOAD_MAX    (64 * 1024 * 1024)
#define MODEL_PATH_MAX 4096

static const char *
environment(const char *name)
{
    const char *value = getenv(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static enum rc
read_payload(size_t *bytes, struct err *e)
{
    const char *text = environment("MAX_CONTENT_LENGTH");
    uint64_t n = PAYLOAD_BYTES;

    if (text != NULL &&
        (!number_parse_u64(str_of(text), &n) || n < 1 || n > PAYLOAD_MAX)) {
        return err_set(e, RC_INVAL,
                       "MAX_CONTENT_LENGTH must be 1 to %d bytes, got '%s'",
                       PAYLOAD_MAX, text);
    }
    *bytes = (size_t)n;
    return RC_OK;
}

enum rc
container_settings(struct sagemaker_settings *s, struct err *e)
{
    const char *accept = environment("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT");
    const char *selected = environment("SAGEMAKER_INFERENCE_OUTPUT");
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    enum rc rc;

    *s = (struct sagemaker_settings){
        .batch = environment("SAGEMAKER_BATCH") != NULL,
        .concurrent = cores < 1 ? 1 : (size_t)cores,
    };
    if (accept != NULL &&
        sagemaker_media_named(accept, &s->by_default) != RC_OK) {
        return err_set(e, RC_INVAL,
                       "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT must be text/csv, "
                       "application/json or application/jsonlines, got '%s'",
                       accept);
    }
    rc = selected == NULL
             ? RC_OK
             : sagemaker_selection_read(&s->selection, selected, e);
    return rc == RC_OK ? read_payload(&s->max_payload_bytes, e) : rc;
}

static const char *
model_folder(void)
{
    const char *folder = environment("SM_MODEL_DIR");

    return folder == NULL ? MODEL_FOLDER : folder;
}

bool
container_is_asked(const struct option_set *set)
{
    return !option_given(set, "redis") && !option_given(set, "model") &&
           environment("LOOKUP_REDIS_URL") == NULL &&
           (environment("SM_MODEL_DIR") != NULL ||
            access(MODEL_FOLDER, F_OK) == 0);
}

/* Its files, and the path of the last; names that begin with a dot are none. */
static enum rc
count_files(const char *folder, char path[MODEL_PATH_MAX], size_t *n,
            struct err *e)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;

    if (dir == NULL) {
        return err_set(e, RC_INVAL,
                       "the model folder %s: %s; name it with SM_MODEL_DIR, or "
                       "give --model or --redis",
                       folder, strerror(errno));
    }
    *n = 0;
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            snprintf(path, MODEL_PATH_MAX, "%s/%s", folder, entry->d_name);
            ++*n;
        }
    }
    closedir(dir);
    return RC_OK;
}

static enum rc
find_model(char path[MODEL_PATH_MAX], struct err *e)
{
    const char *folder = model_folder();
    size_t n = 0;
    enum rc rc = count_files(folder, path, &n, e);

    if (rc == RC_OK && n == 0) {
        return err_set(e, RC_INVAL,
                       "the model folder %s is empty: put the model there, or "
                       "give --model or --redis",
                       folder);
    }
    if (rc == RC_OK && n > 1) {
        return err_set(e, RC_INVAL,
                       "the model folder %s has %zu files: leave only the "
                       "model there, or name it with --model",
                       folder, n);
    }
    return rc;
}

static enum rc
set_default(struct option_set *set, const char *name, const char *value,
            struct err *e)
{
    return option_given(set, name)
               ? RC_OK
               : option_set_value(set, str_of(name), str_of(value), e);
}

enum rc
container_options(struct option_set *set, struct err *e)
{
    const char *port = environment("SAGEMAKER_BIND_TO_PORT");
    char path[MODEL_PATH_MAX], listen[64];
    enum rc rc = find_model(path, e);

    snprintf(listen, sizeof(listen), "0.0.0.0:%s",
             port == NULL ? DEFAULT_PORT : port);
    rc = rc == RC_OK ? set_default(set, "model", path, e) : rc;
    rc = rc == RC_OK ? set_default(set, "listen", listen, e) : rc;
    rc = rc == RC_OK ? set_default(set, "resp", "off", e) : rc;
    return rc == RC_OK ? set_default(set, "admin", "off", e) : rc;
}
