/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows a code is told by the code alone, so that a pickle can be
 * walked without understanding it. Codes that are not in these lists end the
 * walk: nobody knows how long they are.
 */
#include "common/model/pickle_op.h"

enum operand {
    NOTHING,
    FIXED,   /* `size` bytes */
    COUNTED, /* a little-endian length of `size` bytes, then that many */
    LINES,   /* two lines: module and name */
    UNKNOWN,
};

struct opcode {
    enum operand operand;
    int size;
};

static struct opcode
decode(char op)
{
    static const char nothing[] = "(.012NRbd}eal]st)uo\x81\x85\x86\x87\x88"
                                  "\x89\x8f\x90\x91\x92\x93\x94\x97\x98";
    switch ((unsigned char)op) {
    case 'c':
        return (struct opcode){LINES, 0};
    case 0x80: /* PROTO */
    case 'q':
    case 'h':
    case 'K':
        return (struct opcode){FIXED, 1};
    case 'M':
        return (struct opcode){FIXED, 2};
    case 'J':
    case 'r':
    case 'j':
        return (struct opcode){FIXED, 4};
    case 'G':
    case 0x95: /* FRAME */
        return (struct opcode){FIXED, 8};
    case 'U':
    case 'C':
    case 0x8a: /* LONG1 */
    case 0x8c: /* SHORT_BINUNICODE */
        return (struct opcode){COUNTED, 1};
    case 'T':
    case 'B':
    case 'X':
    case 0x8b: /* LONG4 */
        return (struct opcode){COUNTED, 4};
    case 0x8d: /* BINUNICODE8 */
    case 0x8e: /* BINBYTES8 */
    case 0x96: /* BYTEARRAY8 */
        return (struct opcode){COUNTED, 8};
    default:
        return (struct opcode){
            op != '\0' && strchr(nothing, op) != NULL ? NOTHING : UNKNOWN, 0};
    }
}

static bool
take(struct str *rest, size_t n, struct str *out)
{
    if (n > rest->len) {
        return false;
    }
    *out = (struct str){rest->p, n};
    *rest = (struct str){rest->p + n, rest->len - n};
    return true;
}

uint64_t
pickle_op_number(struct str s)
{
    uint64_t n = 0;

    for (size_t i = s.len < 8 ? s.len : 8; i > 0; i--) {
        n = n << 8 | (unsigned char)s.p[i - 1];
    }
    return n;
}

/* The operand of an opcode; of GLOBAL the module, then a line end, the name. */
static bool
take_operand(struct str *rest, struct opcode op, struct str *out)
{
    struct str len;
    const char *end;

    switch (op.operand) {
    case NOTHING:
        return take(rest, 0, out);
    case FIXED:
        return take(rest, (size_t)op.size, out);
    case COUNTED:
        return take(rest, (size_t)op.size, &len) &&
               take(rest, pickle_op_number(len), out);
    case LINES:
        end = memchr(rest->p, '\n', rest->len);
        if (end != NULL) {
            end =
                memchr(end + 1, '\n', rest->len - (size_t)(end + 1 - rest->p));
        }
        return end != NULL && take(rest, (size_t)(end - rest->p) + 1, out);
    case UNKNOWN:
        break;
    }
    return false;
}

bool
pickle_op_take(struct str *rest, struct pickle_op *op)
{
    struct str code;

    if (!take(rest, 1, &code)) {
        return false;
    }
    op->code = (unsigned char)code.p[0];
    return take_operand(rest, decode(code.p[0]), &op->operand);
}
