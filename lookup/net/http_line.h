/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * http_line - the lines HTTP/1 heads and trailers are made of. Strict: a line
 * ends with CRLF and holds no other control byte but tab.
 */
#include "common/base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum http_line {
    HTTP_LINE_OK,
    HTTP_LINE_MORE,   /* the input ends before the line does */
    HTTP_LINE_BROKEN, /* a control byte, a bare CR or a bare LF */
};

/* Cut the first line off *rest; *line is without its CRLF, a view. */
enum http_line http_line_cut(struct str *rest, struct str *line);

/*
 * "Name: value" -> its parts, the value without surrounding blanks. False if
 * the name is not a token, which a folded line and a blank before the colon
 * are not either.
 */
bool http_line_field(struct str line, struct str *name, struct str *value);

/* One or more token bytes (RFC 9110 5.6.2). */
bool http_line_is_token(struct str s);

/* Bytes 0x21 to 0x7E, none of them '#'. True for an empty s. */
bool http_line_is_target(struct str s);

/* What a host and port are made of: letters, digits, "-._:[]". Or empty. */
bool http_line_is_authority(struct str s);
