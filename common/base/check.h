/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * check - states what cannot happen. Stays on in release builds.
 * Bad input is never CHECKed.
 */

/* Print file, line and the condition to stderr, then abort. */
_Noreturn void check_failed(const char *file, int line, const char *what);

#define CHECK(cond)                                                            \
    do {                                                                       \
        if (__builtin_expect(!(cond), 0)) {                                    \
            check_failed(__FILE__, __LINE__, #cond);                           \
        }                                                                      \
    } while (0)
