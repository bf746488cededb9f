// SPDX-License-Identifier: Apache-2.0
/** The order of Debian package versions, as deb-version(7) defines it. Pure. */

/** Negative when `left` is older: `1.0~rc1 < 1.0 < 1.0-1 < 1.0-1+b1`. */
export function compareDebianVersions(left: string, right: string): number {
  const [leftParts, rightParts] = [partsOf(left), partsOf(right)];
  return (
    leftParts.epoch - rightParts.epoch ||
    compareParts(leftParts.upstream, rightParts.upstream) ||
    compareParts(leftParts.revision, rightParts.revision)
  );
}

function partsOf(version: string) {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '' : rest.slice(dash + 1),
  };
}

/** Compares runs of non-digits and runs of digits in turn. */
function compareParts(left: string, right: string): number {
  const [leftRuns, rightRuns] = [runsOf(left), runsOf(right)];
  for (let index = 0; index < Math.max(leftRuns.length, rightRuns.length); index += 1) {
    const [leftRun, rightRun] = [leftRuns[index] ?? '', rightRuns[index] ?? ''];
    const difference =
      index % 2 === 0 ? compareText(leftRun, rightRun) : Number(leftRun) - Number(rightRun);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `ab12c` becomes `['ab', '12', 'c', '']`: a text run, then a number, and so on. */
function runsOf(part: string): string[] {
  return [...part.matchAll(/(\D*)(\d*)/g)].flatMap(([, text, digits]) => [
    text ?? '',
    digits ?? '',
  ]);
}

function compareText(left: string, right: string): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = weightOf(left.charAt(index)) - weightOf(right.charAt(index));
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A tilde sorts before the end of the part, letters before all other characters. */
function weightOf(character: string): number {
  if (character === '') return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
