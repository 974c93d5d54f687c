/* SPDX-License-Identifier: Apache-2.0 */
#include "batchgen/source_manifest.h"

#include "common/base/str.h"
#include "common/model/model.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#define SNIFF 256

static bool
skip_word(struct str *s, struct str word)
{
    while (s->len > 0 && memchr(" \t\r\n", s->p[0], 4) != NULL) {
        s->p++;
        s->len--;
    }
    if (!str_starts(*s, word)) {
        return false;
    }
    s->p += word.len;
    s->len -= word.len;
    return true;
}

bool
source_manifest_is(const char *path)
{
    FILE *file = fopen(path, "re");
    char first[SNIFF];
    struct str s = {first, 0};

    if (file == NULL) {
        return false;
    }
    s.len = fread(first, 1, sizeof(first), file);
    fclose(file);
    return skip_word(&s, STR("[")) && skip_word(&s, STR("{")) &&
           skip_word(&s, STR("\"prefix\""));
}

/* The folder of the manifest, with its slash; "" for the working one. */
static struct str
folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return (struct str){path, slash == NULL ? 0 : (size_t)(slash - path) + 1};
}

static enum rc
check_prefix(const char *path, const char *prefix, struct err *e)
{
    if (strstr(prefix, "://") != NULL) {
        return err_set(e, RC_REFUSED,
                       "%s: the prefix '%s' is not local: fetch the files, and "
                       "name their folder as the prefix",
                       path, prefix);
    }
    return RC_OK;
}

static enum rc
add(struct source_manifest *m, const char *path, const char *prefix,
    const char *name, struct err *e)
{
    struct str folder = prefix[0] == '/' ? STR("") : folder_of(path);

    if (asprintf(&m->path[m->n], "%.*s%s%s", STR_ARG(folder), prefix, name) <
        0) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    m->n++;
    return RC_OK;
}

static enum rc
take_entries(struct source_manifest *m, const char *path, const cJSON *root,
             struct err *e)
{
    const char *prefix =
        cJSON_GetStringValue(cJSON_GetObjectItem(root->child, "prefix"));
    enum rc rc;

    m->path = calloc((size_t)cJSON_GetArraySize(root), sizeof(*m->path));
    if (m->path == NULL) {
        return err_set(e, RC_NOMEM, "out of memory");
    }
    if (prefix == NULL) {
        return err_set(e, RC_REFUSED, "%s: \"prefix\" is no text", path);
    }
    rc = check_prefix(path, prefix, e);
    for (const cJSON *it = root->child->next; rc == RC_OK && it != NULL;
         it = it->next) {
        rc = cJSON_IsString(it)
                 ? add(m, path, prefix, it->valuestring, e)
                 : err_set(e, RC_REFUSED,
                           "%s: what follows the prefix must be names of files",
                           path);
    }
    return rc;
}

enum rc
source_manifest_read(struct source_manifest *m, const char *path, struct err *e)
{
    cJSON *root;
    char *text;
    size_t len;
    enum rc rc;

    *m = (struct source_manifest){0};
    rc = model_read_file(path, &text, &len, e);
    if (rc != RC_OK) {
        return rc;
    }
    root = cJSON_ParseWithLength(text, len);
    free(text);
    rc = root == NULL || !cJSON_IsArray(root) || root->child == NULL
             ? err_set(e, RC_REFUSED,
                       "%s: begins like a manifest, but is not JSON", path)
             : take_entries(m, path, root, e);
    cJSON_Delete(root);
    return rc;
}

void
source_manifest_fini(struct source_manifest *m)
{
    for (size_t i = 0; i < m->n; i++) {
        free(m->path[i]);
    }
    free(m->path);
    *m = (struct source_manifest){0};
}
