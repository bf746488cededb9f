// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UsageError } from '@labsweep/proto';
import { findFolder } from './find-lab.js';

test('a sweep that is not there is looked for where its name may mean one, and nowhere else', async () => {
  const messageOf = async (text: string) => {
    const error = await findFolder(text).catch((reason: unknown) => reason);
    assert(error instanceof UsageError);
    return error.message;
  };
  const lab = 'a sweep of a lab needs --controller HOST:PORT';
  assert.equal(await messageOf('/absent/sweep'), `there is no sweep in /absent/sweep; ${lab}`);
  assert.equal(await messageOf('out/absent'), `there is no sweep in out/absent; ${lab}`);
  assert.match(await messageOf('absent-1a2b3c4d'), /in absent-1a2b3c4d or out\/absent-1a2b3c4d; /);
});
