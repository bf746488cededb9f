// SPDX-License-Identifier: Apache-2.0
/** The house rules, each a function from a file to what breaks it. */
import { functionLengths } from './function-lengths.js';
import { importsOf, isTest, isTypeScript, type SourceFile } from './source-file.js';

/** One breach: `path:line: what is wrong; what to do`. */
export type Rule = (file: SourceFile) => string[];

const FILE_LINES_MAX = 300;
const TEST_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;
const LINE_WIDTH_MAX = 100;

/** Which packages of ours each folder may import. */
const IMPORTS: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  analysis: ['proto'],
  controller: ['proto', 'analysis'],
  agent: ['proto'],
  cli: ['proto', 'analysis', 'controller', 'agent'],
  test: ['proto', 'analysis', 'controller', 'agent', 'cli'],
};

/**
 * The only places that may import a third-party package, or a part of Node that starts processes.
 */
const DOORS: Readonly<Record<string, RegExp>> = {
  '@grpc/grpc-js':
    /^(proto\/src\/schema|controller\/src\/io\/(server|gate|agent-server|sweep-server|replies)|agent\/src\/io\/controller-client|cli\/src\/sweep-client|test\/bench\/control\/raw-stream)\.ts$/,
  '@grpc/proto-loader': /^proto\/src\/schema\.ts$/,
  commander: /^cli\/src\/(main|command-line\/[^/]+)\.ts$/,
  execa: /^agent\/src\/io\/process\.ts$/,
  'hyparquet-writer': /^cli\/src\/export\/parquet\.ts$/,
  'log-update': /^cli\/src\/progress\/terminal-display\.ts$/,
  nats: /^proto\/src\/broker\/|^test\/bench\/control\/raw-publish\.ts$/,
  pino: /^proto\/src\/program\.ts$/,
  systeminformation: /^agent\/src\/io\/host-facts\.ts$/,
  'tar-stream': /^cli\/src\/bundle\/(pack|unpack)-archive\.ts$/,
  'toml-eslint-parser': /^controller\/src\/spec\/toml\.ts$/,
  // Whatever comes off a wire or a disk is parsed by it, so it has as many doors as there are
  // edges.
  zod: /^(proto\/src|controller\/src\/io|cli\/src\/(record|bundle))\/|^controller\/src\/spec\/((workload-|environment-|schedule-)?schema|schema-parts)\.ts$/,
  'node:child_process': /^(controller\/src\/io\/command|cli\/src\/embedded\/child-process)\.ts$/,
};

const PURE = /^(controller\/src\/(spec|plan|schedule|fold)|analysis\/src)\//;
const PURE_FOLDERS_OF: Readonly<Record<string, RegExp>> = {
  controller: /^controller\/src\/(spec|plan|schedule|fold)\//,
  analysis: /^analysis\/src\//,
};
const PURE_BANS: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\b|\bnew Date\(\)/, 'take nowMs as an argument'],
  [/\bMath\.random\b/, 'take a seed as an argument'],
  [/\bprocess\./, 'take what it holds as an argument'],
  [/\basync\b|\bawait\b|\bPromise\b/, 'pure code does not wait'],
  [/\bset(Timeout|Interval|Immediate)\b/, 'pure code has no timers'],
  [/\bconsole\./, 'pure code returns what it has to say'],
];

/** Messages, titles and patterns stay whole, so that they can be searched for; they count 0. */
const LITERAL = /'[^']*'|"[^"]*"|`[^`]*`|\/[^/ ](?:[^/\\]|\\.)*\/[a-z]*/g;
const widthOf = (line: string) =>
  /^\s*(\*|\/\/|\/\*|#)/.test(line) ? line.length : line.replace(LITERAL, '').length;

const isScript = (path: string) => /\.(ts|mjs|js|c|h|sh|proto)$|\.ci\/run$|Makefile$/.test(path);
const isProgram = (path: string) => /\.(ts|mjs|js|c|h)$/.test(path);
const codeOf = (line: string) => line.replace(/\/\/.*$|^\s*\/?\*.*$/, '').replace(/'[^']*'/g, "''");

export const fileSize: Rule = ({ path, lines }) => {
  if (!isProgram(path)) return [];
  const limit = isTest(path) || path.includes('/test/') ? TEST_LINES_MAX : FILE_LINES_MAX;
  return lines.length <= limit
    ? []
    : [`${path}: ${lines.length} lines; split it, ${limit} is most`];
};

export const functionSize: Rule = (file) => {
  if (!isProgram(file.path) || isTest(file.path)) return [];
  return functionLengths(file)
    .filter(({ length }) => length > FUNCTION_LINES_MAX)
    .map(({ line, length }) => `${file.path}:${line}: function of ${length} lines; split it`);
};

export const lineWidth: Rule = ({ path, lines }) =>
  !isScript(path)
    ? []
    : lines.flatMap((line, index) =>
        widthOf(line) <= LINE_WIDTH_MAX || /^import /.test(line)
          ? []
          : [`${path}:${index + 1}: ${line.length} columns; ${LINE_WIDTH_MAX} is most`],
      );

export const header: Rule = ({ path, lines }) => {
  if (!isScript(path)) return [];
  const test = isTest(path) || path.includes('/test/');
  const start = lines[0]?.startsWith('#!') ? 1 : 0;
  if (!lines[start]?.includes('SPDX-License-Identifier: Apache-2.0')) {
    return [`${path}:${start + 1}: no SPDX header; add SPDX-License-Identifier: Apache-2.0`];
  }
  const purpose = lines.slice(start + 1, start + 5).join(' ');
  return test || /(\/\*|\/\/|#|\*).*\w{3,}/.test(purpose)
    ? []
    : [`${path}:${start + 2}: say what the file is for, in a sentence`];
};

export const leftovers: Rule = ({ path, lines }) =>
  path.startsWith('test/tidy/')
    ? []
    : lines.flatMap((line, index) =>
        /\b(TODO|FIXME|XXX|HACK)\b/.test(line) ? [`${path}:${index + 1}: a reminder; do it`] : [],
      );

export const bannedTypeScript: Rule = ({ path, lines }) =>
  !isTypeScript(path) || path.startsWith('test/tidy/')
    ? []
    : lines.flatMap((line, index) => {
        const code = codeOf(line);
        const where = `${path}:${index + 1}`;
        if (/[:<,] ?any\b(?!\w)/.test(code)) return [`${where}: any; use unknown and a check`];
        if (/^export default\b/.test(code)) return [`${where}: default export; name it`];
        return [];
      });

export const importRule: Rule = (file) => {
  const folder = file.path.split('/')[0] ?? '';
  const allowed = IMPORTS[folder];
  if (!isTypeScript(file.path) || allowed === undefined) return [];
  return importsOf(file).flatMap((name) => {
    const ours = /^@labsweep\/([^/]+)(\/.*)?$/.exec(name);
    if (ours?.[2] !== undefined)
      return [`${file.path}: deep import ${name}; use the package's door`];
    if (ours?.[1] !== undefined && !allowed.includes(ours[1])) {
      return [`${file.path}: ${folder} may not import ${name}; see docs/ARCHITECTURE.md`];
    }
    const leaves = name.startsWith('../') && resolves(file.path, name).split('/')[0] !== folder;
    return leaves ? [`${file.path}: ${name} leaves the package; import it by its name`] : [];
  });
};

export const oneDoor: Rule = (file) => {
  if (!isTypeScript(file.path) || isTest(file.path) || file.path.includes('/testing/')) return [];
  return importsOf(file).flatMap((name) => {
    if (name.startsWith('.') || name.startsWith('@labsweep/')) return [];
    const door = DOORS[name];
    if (door === undefined) {
      return name.startsWith('node:')
        ? []
        : [`${file.path}: ${name} has no door; name it in DOORS`];
    }
    return door.test(file.path) ? [] : [`${file.path}: ${name} comes in elsewhere; see DOORS`];
  });
};

export const pureZones: Rule = (file) => {
  const harness = isTest(file.path) || file.path.includes('/testing/');
  if (!PURE.test(file.path) || harness || !isTypeScript(file.path)) return [];
  const zone = PURE_FOLDERS_OF[file.path.split('/')[0] ?? ''];
  const imports = importsOf(file).flatMap((name) => {
    const inside = name.startsWith('.') && zone?.test(resolves(file.path, name));
    const door = DOORS[name]?.test(file.path);
    const fine =
      inside || door || name === '@labsweep/proto' || /^node:assert(\/strict)?$/.test(name);
    return fine ? [] : [`${file.path}: pure code imports ${name}`];
  });
  const uses = file.lines.flatMap((line, index) =>
    PURE_BANS.filter(([pattern]) => pattern.test(codeOf(line))).map(
      ([pattern, instead]) => `${file.path}:${index + 1}: ${pattern.source}; ${instead}`,
    ),
  );
  return [...imports, ...uses];
};

/** A barrel hides where things live; only a package's door may be one. */
export const noBarrels: Rule = ({ path, lines }) => {
  if (!isTypeScript(path) || path.endsWith('/index.ts')) return [];
  return lines.some((line) => /^export \*/.test(line))
    ? [`${path}: a barrel; import the files`]
    : [];
};

function resolves(path: string, relative: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

export const RULES: Readonly<Record<string, Rule>> = {
  fileSize,
  functionSize,
  lineWidth,
  header,
  leftovers,
  bannedTypeScript,
  importRule,
  oneDoor,
  pureZones,
  noBarrels,
};
