// SPDX-License-Identifier: Apache-2.0
/**
 * The keys of `[schedule]`: how a sweep stands among others, where its blocks may run, and how
 * often they are tried. The comment on a key is its documentation.
 */
import { z } from 'zod';
import * as limits from './limits.js';
import * as names from './names.js';
import { integer, key, line, list, seconds } from './schema-parts.js';

const label = z
  .string()
  .regex(names.LABEL, 'expected a label of at most 64 letters, digits and `.` `_` `/` `=` `-`');

export const schedule = z.strictObject({
  /** Blocks of a higher one go first; sweeps of equal ones share the hosts evenly. Default: 0. */
  priority: key(
    'priority = 10',
    integer(-limits.SWEEP_PRIORITY_MAX, limits.SWEEP_PRIORITY_MAX),
  ).exactOptional(),
  /**
   * `spread`: each block on any host that fits; `pin-row`: all blocks of a row on the host that
   * took its first one. Default: spread.
   */
  placement: key('placement = "pin-row"', z.enum(['spread', 'pin-row'])).exactOptional(),
  /** Only hosts that have all of these labels. Default: none. */
  labels: key('labels = ["rack=7"]', list(label, { max: limits.LABELS_MAX })).exactOptional(),
  /** Only hosts whose CPU model contains this text. Default: any. */
  host_class: key('host_class = "EPYC 7763"', line({})).exactOptional(),
  /** How often a block in which the kernel or the program failed is run anew. Default: 1. */
  rerun: key('rerun = 1', integer(0, limits.RERUN_MAX)).exactOptional(),
  /** With this many failures of the lab a row's blocks are no longer retried. Default: 20. */
  lab_failures_max: key(
    'lab_failures_max = 20',
    integer(1, limits.LAB_FAILURES_MAX),
  ).exactOptional(),
  /**
   * A host that stays away longer loses the block that it has begun. Default: 1800 native, 120 in
   * guests, 10 scripted.
   */
  grace_s: key('grace_s = 600', seconds(0, limits.GRACE_S_MAX)).exactOptional(),
});
