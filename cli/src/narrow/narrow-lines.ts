// SPDX-License-Identifier: Apache-2.0
/** Words what a narrowing does next and what it has learned, one line for each. Pure. */
import type { KernelFinding, NarrowAssessment, NarrowMove } from '@labsweep/analysis';

type Measure = Extract<NarrowMove, { kind: 'measure' }>;

/** What the next round measures, and why. */
export function moveLine(move: Measure, { state }: NarrowAssessment): string {
  const [good, bad] = [state.kernels[0], state.kernels.at(-1)];
  const names = move.kernels.join(', ');
  switch (move.reason) {
    case 'ends':
      return `more blocks of ${good} and ${bad}, which do not differ clearly yet`;
    case 'more-blocks':
      return `more blocks of ${names}, not clear yet`;
    case 'split': {
      const asked = names === '' ? 'both ends' : `${names} beside ${good} and ${bad}`;
      return `${asked}; ${move.candidates} kernels are unknown between`;
    }
  }
}

/** What has changed by a round. */
export function newsLines(before: NarrowAssessment, after: NarrowAssessment): readonly string[] {
  const { effect, endsBlocks } = after;
  const isEndsNews = after.state.ends !== before.state.ends;
  const ends =
    isEndsNews && effect !== undefined
      ? [`the ends ${endsText(after)}: ${factorText(effect)} in ${endsBlocks} blocks`]
      : [];
  const inner = after.findings.filter(({ kernel }) => after.state.answers.has(kernel));
  const known = new Map(before.findings.map((finding) => [finding.kernel, finding]));
  const changed = inner.filter((finding) => {
    const earlier = known.get(finding.kernel);
    return earlier?.trials !== finding.trials || earlier.answer !== finding.answer;
  });
  return [...ends, ...changed.map(findingLine)];
}

function endsText({ state }: NarrowAssessment): string {
  return state.ends === 'differ' ? 'differ' : 'do not differ clearly';
}

function findingLine({ kernel, answer, ofMiddle, blocks, failures }: KernelFinding): string {
  const failed = failures.length === 0 ? '' : `, ${failures.length} failed (${failures.at(-1)})`;
  if (answer === 'fails') return `${kernel} is skipped: it does not run${failed}`;
  const word = answer === 'open' ? 'not clear yet' : answer;
  const value = ofMiddle === undefined ? '' : ` at ${factorText(ofMiddle)} of the ends' middle`;
  return `${kernel} is ${word}${value}, ${blocks} blocks${failed}`;
}

function factorText({ ratio, low, high }: { ratio: number; low: number; high: number }): string {
  return `${ratio.toFixed(2)}x [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}
