// SPDX-License-Identifier: Apache-2.0
/** `labsweep doctor`: what this box is like for benchmarking, and what would mend it. */
import {
  type ExaminationPlace,
  type ExaminedTopic,
  examineHost,
  type HostExamination,
  type Tool,
} from '@labsweep/agent';

const WIDTH = 100;
const NAME_WIDTH = 20;
const VERDICT_WIDTH = 9;
const INDENT = ' '.repeat(NAME_WIDTH + VERDICT_WIDTH);
const COMMAND_INDENT = '    ';

export interface DoctorOptions extends ExaminationPlace {
  /** One JSON document in place of the text. */
  readonly json: boolean;
}

/** Advice only, so that it is no failure when something could be better. */
export function doctorCommand({ json, ...place }: DoctorOptions): string {
  const found = examineHost(place);
  if (json) return `${JSON.stringify({ schema: 'labsweep-doctor-1', ...found }, undefined, 2)}\n`;
  return renderExamination(found);
}

export function renderExamination({ topics, tools }: HostExamination): string {
  const lines = [
    line('topic', 'verdict', 'state'),
    ...topics.flatMap(renderTopic),
    '',
    line('tool', 'verdict', 'state'),
    ...tools.flatMap(renderTool),
    '',
    summary(topics, tools),
  ];
  return `${lines.map(toAscii).join('\n')}\n`;
}

function renderTopic(topic: ExaminedTopic): readonly string[] {
  const [first = '', ...more] = wrap(topic.state);
  const why = topic.why === undefined ? [] : wrap(topic.why);
  return [
    line(topic.topic, topic.verdict, first),
    ...[...more, ...why].map((text) => `${INDENT}${text}`),
    ...(topic.command === undefined ? [] : commandLines(topic.command)),
  ];
}

function renderTool(tool: Tool): readonly string[] {
  if (tool.path !== undefined) return [line(tool.name, 'ok', tool.path)];
  const state = `not here; ${tool.purpose}`;
  return [line(tool.name, 'mend', state), ...commandLines(tool.install)];
}

function line(name: string, verdict: string, state: string): string {
  return `${name.padEnd(NAME_WIDTH)}${verdict.padEnd(VERDICT_WIDTH)}${state}`.trimEnd();
}

/** A long command goes on in the next line where a semicolon ended it: it stays good shell. */
function commandLines(command: string): readonly string[] {
  const whole = command.split('\n').flatMap((one) => {
    if (COMMAND_INDENT.length + one.length <= WIDTH) return [one];
    return one.split('; ');
  });
  return whole.map((text) => `${COMMAND_INDENT}${text}`);
}

/** Breaks between words so that a line fits behind the columns of name and verdict. */
function wrap(text: string): readonly string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    const joined = last === '' ? word : `${last} ${word}`;
    if (joined.length <= WIDTH - INDENT.length || last === '') lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

/** Names of boards and messages of kernels may hold anything. */
function toAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

function summary(topics: readonly ExaminedTopic[], tools: readonly Tool[]): string {
  const mend = topics.filter(({ verdict }) => verdict === 'mend').length;
  const missing = tools.filter(({ path }) => path === undefined).length;
  const topicText = mend === 0 ? 'nothing to mend' : `${count(mend, 'topic')} to mend`;
  const toolText = missing === 0 ? 'all tools are here' : `${count(missing, 'tool')} missing`;
  return `${topicText}; ${toolText}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
