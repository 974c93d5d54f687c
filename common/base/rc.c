/* SPDX-License-Identifier: Apache-2.0 */
#include "common/base/rc.h"

#include "common/base/str.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

/* One line of text, whatever a library or a file put into it. */
static void
make_printable(char *text)
{
    bool utf8 = str_is_utf8(str_of(text));

    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++) {
        if (*p < ' ' || *p == 0x7f || (*p >= 0x80 && !utf8)) {
            *p = '?';
        }
    }
}

enum rc
err_set(struct err *e, enum rc rc, const char *fmt, ...)
{
    char text[sizeof(e->text)];
    va_list ap;

    if (e == NULL) {
        return rc;
    }
    /* By way of a copy: an argument may be the old e->text. */
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    make_printable(text);
    snprintf(e->text, sizeof(e->text), "%s", text);
    return rc;
}
