// SPDX-License-Identifier: Apache-2.0
/**
 * In what two kernel configurations differ, in the words of the kernel's `scripts/diffconfig`. It
 * takes texts and knows nothing of Kconfig. Pure.
 */
import type { ConfigDifferences } from '@labsweep/proto';

/** A reader gets a hint; the whole of it is in the two texts, which are kept. */
const OPTIONS_MAX = 12;
/** A command line in an option is as long as somebody made it. */
const OPTION_CHARACTERS_MAX = 120;

/**
 * Named by the release and the compiler, which are told beside the configuration. They differ from
 * build to build, and none of them switches code on or off by itself.
 */
const OF_THE_BUILD =
  /^(?:LOCALVERSION|BUILD_SALT|(?:CC|RUSTC|RUSTC_LLVM|BINDGEN)_VERSION_TEXT|(?:GCC|CLANG|AS|LD|LLD|PAHOLE|RUSTC|RUSTC_LLVM)_VERSION)$/;

export function compareConfigs(
  text: string,
  baselineText: string,
): Omit<ConfigDifferences, 'against'> {
  const [own, base] = [optionsOf(text), optionsOf(baselineText)];
  const names = [...new Set([...base.keys(), ...own.keys()])].sort();
  const changed: string[] = [];
  const added: string[] = [];
  const removed: string[] = [];
  for (const name of names) {
    const [from, to] = [base.get(name), own.get(name)];
    if (from === to) continue;
    // An option that is off here and unknown there is off in both kernels.
    if (from === undefined && to !== OFF) added.push(`+${name} ${to}`);
    else if (to === undefined && from !== OFF) removed.push(`-${name} ${from}`);
    else if (from !== undefined && to !== undefined) changed.push(`${name} ${from} -> ${to}`);
  }
  return {
    changedCount: changed.length,
    addedCount: added.length,
    removedCount: removed.length,
    options: [...changed, ...added, ...removed]
      .slice(0, OPTIONS_MAX)
      .map((option) => option.slice(0, OPTION_CHARACTERS_MAX)),
  };
}

const OFF = 'n';

function optionsOf(text: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^CONFIG_(\w+)=(.*)$/.exec(line) ?? [];
    const off = /^# CONFIG_(\w+) is not set$/.exec(line)?.[1];
    if (name !== undefined && !OF_THE_BUILD.test(name)) options.set(name, value?.trim() ?? '');
    else if (off !== undefined) options.set(off, OFF);
  }
  return options;
}
