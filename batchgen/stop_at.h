/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * stop_at - where the tests stop a run to kill it.
 */

/*
 * If LOOKUP_TEST_STOP_AT names this step (begin, write, verify, ready,
 * commit), say so on stderr and raise SIGSTOP; else do nothing.
 */
void stop_at(const char *step);
