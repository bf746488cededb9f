#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/** The command that npm links; the program itself exists only after the build. */
import '../dist/main.js';
