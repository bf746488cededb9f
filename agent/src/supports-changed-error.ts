// SPDX-License-Identifier: Apache-2.0
/** Thrown in place of an outcome by a trial whose host turned out not to have what it offered. */
import { LabsweepError } from '@labsweep/proto';

/** The block is given back, and the next hello says what can run there after all. */
export class SupportsChangedError extends LabsweepError {}
