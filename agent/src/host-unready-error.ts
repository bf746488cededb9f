// SPDX-License-Identifier: Apache-2.0
/** Thrown in place of an outcome by a trial that was not begun because of the state of its host. */
import { LabsweepError } from '@labsweep/proto';

/**
 * The host is not as the trial demands, and was waited for. Nothing was tested and nothing is
 * broken: the block is given back, and its row waits with this message as its reason.
 */
export class HostUnreadyError extends LabsweepError {}
