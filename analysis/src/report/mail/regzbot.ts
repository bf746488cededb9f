// SPDX-License-Identifier: Apache-2.0
/**
 * The line by which the regression bot of the kernel lists begins to track a report. It is written
 * only when asked for, and only where the report bears it out: the bot understands upstream tags
 * and commits, and every line it reads is work for somebody.
 */
import { UsageError } from '@labsweep/proto';
import type { Report } from '../../report-model.js';
import { isRegression, leadClaim } from '../headline.js';

const COMMIT = /^[0-9a-f]{12,40}$/;
const TAG = /^v(\d+)\.(\d+)(?:\.(\d+))?(?:-rc(\d+))?$/;

interface Tag {
  readonly series: string;
  /** Grows with the order of releases: major, minor, candidate (none is last), stable patch. */
  readonly order: readonly number[];
  readonly isStable: boolean;
}

/** `#regzbot introduced: v6.16..v6.17`. Throws UsageError where the line would mislead. */
export function regzbotLine(introduced: string, report: Report): string {
  if (!isRegression(report)) {
    throw new UsageError(
      'regzbot: the report has no verdict "slower" in a clean row of a finished sweep whose order ' +
        'inside blocks was drawn, so there is nothing to track; leave the option out',
    );
  }
  if (!COMMIT.test(introduced)) checkRange(introduced, report);
  return `#regzbot introduced: ${introduced}`;
}

function checkRange(range: string, report: Report): void {
  const [good, bad] = range.split('..').map(readTag);
  if (good === undefined || bad === undefined || range.split('..').length !== 2) {
    throw new UsageError(
      `regzbot: "${range}" is neither two upstream tags such as v6.16..v6.17 nor a commit of 12 to ` +
        '40 lower-case hexadecimal digits; names of distributions mean nothing to the bot',
    );
  }
  if (compareTags(good, bad) >= 0) {
    throw new UsageError(`regzbot: "${range}": the first tag must be the older one`);
  }
  if ((good.isStable || bad.isStable) && good.series !== bad.series) {
    throw new UsageError(
      `regzbot: "${range}" crosses stable series, which the bot calls too vague; name mainline ` +
        `tags: v${good.series}..v${bad.series}`,
    );
  }
  checkMeasured(range, { good, bad, report });
}

/** What was measured has to lie at both ends of what is claimed. */
function checkMeasured(
  range: string,
  { good, bad, report }: { readonly good: Tag; readonly bad: Tag; readonly report: Report },
): void {
  const releaseOf = (name: string | undefined): string =>
    report.head.kernels.find((kernel) => kernel.name === name)?.release ?? '';
  const lead = leadClaim(report)?.cell.kernel;
  const ends = [
    { tag: good, name: range.split('..')[0], release: releaseOf(report.baseline) },
    { tag: bad, name: range.split('..')[1], release: releaseOf(lead) },
  ];
  for (const { tag, name, release } of ends) {
    const [, series, patch = '0'] = /^(\d+\.\d+)(?:\.(\d+))?/.exec(release) ?? [];
    if (series === undefined) continue;
    if (series !== tag.series) {
      throw new UsageError(
        `regzbot: "${range}" is not what was measured: the report compares ` +
          `${releaseOf(lead)} with ${releaseOf(report.baseline)}`,
      );
    }
    const candidate = Number(/-(?:\S*\.)?rc(\d+)/.exec(release)?.[1] ?? Number.POSITIVE_INFINITY);
    if (tag.order[2] !== candidate || tag.order[3] !== Number(patch)) {
      throw new UsageError(
        `regzbot: ${name} is not what was measured, which is ${release}: what lies between the two ` +
          'would be blamed on other releases; measure the tagged releases, or name the commit',
      );
    }
  }
}

function readTag(text: string): Tag | undefined {
  const match = TAG.exec(text);
  if (match === null) return undefined;
  const [major, minor, patch, candidate] = match.slice(1).map((part) => Number(part ?? Number.NaN));
  const isStable = !Number.isNaN(patch);
  // No tag is both a release candidate and a stable release.
  if (isStable && !Number.isNaN(candidate)) return undefined;
  const last = Number.isNaN(candidate) ? Number.POSITIVE_INFINITY : (candidate ?? 0);
  return {
    series: `${major}.${minor}`,
    order: [major ?? 0, minor ?? 0, last, isStable ? (patch ?? 0) : 0],
    isStable,
  };
}

/** Below 0 where `one` is the older. */
function compareTags(one: Tag, other: Tag): number {
  const place = one.order.findIndex((part, index) => part !== other.order[index]);
  return place < 0 ? 0 : Math.sign((one.order[place] ?? 0) - (other.order[place] ?? 0));
}
