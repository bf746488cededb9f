// SPDX-License-Identifier: Apache-2.0
/** The door of this package: where its program is, for those who start it as a process. */
import { fileURLToPath } from 'node:url';

/** The script that `node` runs to be an agent. */
export const AGENT_PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

export {
  type ExaminationPlace,
  type ExaminedTopic,
  examineHost,
  type HostExamination,
} from './hygiene/examine-host.js';
export type { Tool } from './hygiene/find-tools.js';
