/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * version - what both programs answer to --version.
 */
#define LOOKUP_VERSION "0.1.0"
