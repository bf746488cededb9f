// SPDX-License-Identifier: Apache-2.0
/** Reads the text that says where a kernel comes from. It downloads nothing and opens no file. */
import type { KernelSource } from '@labsweep/proto';
import { nearestName } from '@labsweep/proto';
import type { TextResult } from './text-result.js';

const DEBIAN_EXAMPLE = 'debian:trixie-backports/linux-image-6.17.13+deb13-cloud-amd64';
const FORMS = ['debian:', 'file:', 'host'];

const SUITE = /^[a-z][a-z0-9.-]*$/;
/** As Debian policy 5.6.1 has it. */
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+$/;
/** As Debian policy 5.6.12 has it: an epoch, dots, a tilde, a revision. */
const VERSION = /^[0-9][A-Za-z0-9.+~:-]*$/;

/** `debian:<suite>/<package>[=version]`, `file:<path>` or `host`. */
export function parseKernelSource(text: string): TextResult<KernelSource> {
  if (text === 'host') return { ok: true, value: { kind: 'host' } };
  if (text.startsWith('debian:')) return parseDebian(text.slice('debian:'.length));
  if (text.startsWith('file:')) return parseFile(text.slice('file:'.length));
  return { ok: false, what: `unknown kernel source \`${text}\``, hint: hintForm(text) };
}

function parseDebian(text: string): TextResult<KernelSource> {
  const slash = text.indexOf('/');
  if (slash < 0) return refuse('no `/` between suite and package');
  const [suite, rest] = [text.slice(0, slash), text.slice(slash + 1)];
  const equals = rest.indexOf('=');
  const packageName = equals < 0 ? rest : rest.slice(0, equals);
  if (!SUITE.test(suite)) return refuse(`\`${suite}\` is not the name of a suite`);
  if (!PACKAGE.test(packageName)) return refuse(`\`${packageName}\` is not the name of a package`);
  if (equals < 0) return { ok: true, value: { kind: 'debian', suite, package: packageName } };
  const version = rest.slice(equals + 1);
  if (!VERSION.test(version)) return refuse(`\`${version}\` is not a package version`);
  return { ok: true, value: { kind: 'debian', suite, package: packageName, version } };
}

function refuse(what: string): TextResult<KernelSource> {
  return { ok: false, what, hint: `write it as \`${DEBIAN_EXAMPLE}\`` };
}

function parseFile(path: string): TextResult<KernelSource> {
  if (path !== '') return { ok: true, value: { kind: 'file', path } };
  return { ok: false, what: 'no path after `file:`', hint: 'write it as `file:build/bzImage`' };
}

function hintForm(text: string): string {
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? text : text.slice(0, colon + 1);
  const nearest = nearestName(scheme, FORMS);
  if (nearest !== undefined) return `did you mean \`${nearest}\`?`;
  if (colon < 0 && text.includes('/')) return `a path is written \`file:${text}\``;
  return 'known are `debian:<suite>/<package>`, `file:<path>` and `host`';
}
