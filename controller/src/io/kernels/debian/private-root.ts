// SPDX-License-Identifier: Apache-2.0
/**
 * The folder in which apt works for one suite: its own configuration, source, lists and lock, so
 * that no file of the system changes. The administrator's proxy and log-in settings stay in force.
 */
import { access, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabsweepError, sha256Of, UsageError } from '@labsweep/proto';
import { writeAtomically } from '../../write-atomically.js';
import { type DebianArchive, debianArchiveOf, mirrorOf } from './debian-archive.js';

export interface PrivateRoot {
  readonly suite: string;
  /** Base address of the archive. */
  readonly mirror: string;
  readonly keyring: string;
  readonly directory: string;
  /** Given to every apt program by `-c`. */
  readonly configurationPath: string;
  /** Held by whatever program of apt works here, also by one whose labsweep was killed. */
  readonly aptLockPath: string;
}

/** Makes the folder ready. It holds no list yet: `PackageLists` fetches it. */
export async function preparePrivateRoot(options: {
  readonly cacheDirectory: string;
  readonly suite: string;
  readonly archive: DebianArchive;
}): Promise<PrivateRoot> {
  const { suite, archive } = options;
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(suite)) {
    throw new UsageError(
      `${JSON.stringify(suite)} is no Debian suite; an example is trixie-backports`,
    );
  }
  await requireKeyring(archive.keyring);
  const mirror = mirrorOf(archive, suite);
  const directory = resolve(
    options.cacheDirectory,
    'debian',
    folderOf(suite, mirror, archive.keyring),
  );
  if (/["\n]/.test(directory)) {
    throw new LabsweepError(
      `apt cannot work below ${directory}: the path has a quotation mark in it`,
    );
  }
  const root = { suite, mirror, keyring: archive.keyring, directory };
  await mkdir(join(directory, 'state', 'lists', 'partial'), { recursive: true });
  await mkdir(join(directory, 'cache', 'archives', 'partial'), { recursive: true });
  await mkdir(join(directory, 'partial'), { recursive: true });
  const configurationPath = join(directory, 'apt.conf');
  await writeAtomically(join(directory, 'sources.list'), sourceOf(root));
  await writeAtomically(configurationPath, configurationOf(directory));
  return { ...root, configurationPath, aptLockPath: join(directory, 'apt-lock') };
}

async function requireKeyring(keyring: string): Promise<void> {
  if (/[\s[\]]/.test(keyring)) {
    throw new LabsweepError(
      `the keyring path ${JSON.stringify(keyring)} must not have blanks in it`,
    );
  }
  await access(keyring).catch(() => {
    throw new LabsweepError(
      `the keyring ${keyring} cannot be read, so no signature could be checked; ` +
        'on Debian: apt-get install debian-archive-keyring',
    );
  });
}

/** Lists of two archives never meet in one folder. */
function folderOf(suite: string, mirror: string, keyring: string): string {
  const standard = debianArchiveOf({});
  if (mirror === mirrorOf(standard, suite) && keyring === standard.keyring) return suite;
  return `${suite}@${sha256Of(`${mirror}\n${keyring}`).slice(0, 12)}`;
}

function sourceOf(root: { mirror: string; keyring: string; suite: string }): string {
  const options = `arch=amd64 lang=none target=Packages signed-by=${root.keyring}`;
  return `deb [${options}] ${root.mirror} ${root.suite} main\n`;
}

function configurationOf(directory: string): string {
  return `// Written by labsweep for its private package lists; every change is overwritten.
Dir::State "${directory}/state";
Dir::State::status "/dev/null";
Dir::Cache "${directory}/cache";
Dir::Etc::sourcelist "${directory}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
// Only the keyring of the source may vouch for it.
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "/dev/null";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
// Hooks of the system, such as a refresh of its software centre, are not for this root.
#clear APT::Update;
APT::Update::Error-Mode "any";
#clear APT::Architectures;
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
// The cache belongs to the user who runs labsweep, and apt's own user cannot write there.
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::PDiffs "false";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
`;
}
