// SPDX-License-Identifier: Apache-2.0
/**
 * For tests: an OpenPGP key of one's own that signs a repository. It needs gpg and stays in a
 * folder.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../command.js';

export class SigningKey {
  /** Public key, in the form that apt's `signed-by` takes. */
  readonly keyring: string;

  private constructor(
    private readonly home: string,
    private readonly signal: AbortSignal,
  ) {
    this.keyring = join(home, 'keyring.gpg');
  }

  static async create(directory: string, signal: AbortSignal): Promise<SigningKey> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const key = new SigningKey(directory, signal);
    await key.gpg('--quick-generate-key', 'Test <test@example.org>', 'ed25519', 'sign', 'never');
    await key.gpg('--output', key.keyring, '--export');
    return key;
  }

  async sign(text: string): Promise<string> {
    const path = join(this.home, 'text');
    await writeFile(path, text);
    return await this.gpg('--output', '-', '--clearsign', path);
  }

  /** Ends the agent that gpg started. */
  async close(): Promise<void> {
    await runCommand('gpgconf', ['--homedir', this.home, '--kill', 'all'], { signal: this.signal });
  }

  private async gpg(...args: string[]): Promise<string> {
    const quiet = ['--homedir', this.home, '--batch', '--yes', '--quiet', '--passphrase', ''];
    return (await runCommand('gpg', [...quiet, ...args], { signal: this.signal })).stdout;
  }
}
