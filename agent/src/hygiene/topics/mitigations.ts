// SPDX-License-Identifier: Apache-2.0
/** What the kernel does against flaws of the processor; a second factor when hosts differ in it. */
import { ABSENT } from '../../io/host-tree.js';
import { findChanges } from '../change.js';
import { CPU, factOf, oneLine } from '../host-view.js';
import type { Topic } from '../topic.js';

const FOLDER = `${CPU}/vulnerabilities`;

export const mitigations: Topic = {
  name: 'mitigations',
  read: (view) => ({
    // Decided at boot but for a late microcode load, which the firmware topic sees.
    vulnerabilities: view.constant('vulnerabilities', () =>
      oneLine(
        view
          .names(FOLDER)
          .map((name) => `${name}=${factOf(view, `${FOLDER}/${name}`).split(/[;,]/)[0]}`)
          .join(', '),
      ),
    ),
    mitigations: / mitigations=(\S+)/.exec(` ${factOf(view, 'proc/cmdline')}`)?.[1] ?? ABSENT,
  }),
  judge: (change) => {
    const names = ['vulnerabilities', 'mitigations'];
    return findChanges(change, { names, kind: 'disturbs' });
  },
  advise: (state) => ({
    verdict: 'note',
    state: state.mitigations === ABSENT ? 'default' : `mitigations=${state.mitigations}`,
    ...(state.mitigations === 'off' && {
      why: 'kernels are measured as nobody should run them; reboot with mitigations=auto',
    }),
  }),
};
