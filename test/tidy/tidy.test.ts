// SPDX-License-Identifier: Apache-2.0
/** Holds the house rules over the whole tree, and shows for each rule that it catches a breach. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { RULES } from './rules.js';
import { importsOf, isTest, isTypeScript, readTree, sourceFile } from './source-file.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TREE = readTree(ROOT);
const HEADER = '// SPDX-License-Identifier: Apache-2.0\n/** A sentence of purpose. */\n';

for (const [name, rule] of Object.entries(RULES)) {
  test(`the tree keeps the rule ${name}`, () => {
    assert.deepEqual(TREE.flatMap(rule), []);
  });
}

/** A breach of each rule, with what the finding has to say. */
const BREACHES: readonly (readonly [keyof typeof RULES, string, string, RegExp])[] = [
  ['fileSize', 'agent/src/a.ts', 'a;\n'.repeat(301), /301 lines/],
  ['fileSize', 'agent/src/a.test.ts', 'a;\n'.repeat(501), /501 lines/],
  ['functionSize', 'agent/src/a.ts', `function f() {\n${'  g();\n'.repeat(69)}}\n`, /71 lines/],
  [
    'functionSize',
    'agent/src/a.ts',
    `class A {\n  private async run(\n    a: number,\n  ): void {\n${'    g();\n'.repeat(70)}  }\n}\n`,
    /7\d lines/,
  ],
  [
    'functionSize',
    'agent/src/a.ts',
    `function f() {\n  g(\n    1,\n  );\n${'  g();\n'.repeat(70)}}\n`,
    /^[^,]*:1: function of 7\d lines[^,]*$/,
  ],
  ['functionSize', 'native/src/a.c', `int f(void)\n{\n${'\tg();\n'.repeat(69)}}\n`, /7\d lines/],
  ['lineWidth', 'agent/src/a.ts', `const a = ${'x'.repeat(100)};`, /columns/],
  ['header', 'agent/src/a.ts', 'const a = 1;', /SPDX/],
  ['header', 'agent/src/a.ts', `${HEADER.split('\n')[0]}\nconst a = 1;`, /what the file is for/],
  ['leftovers', 'agent/src/a.ts', '// TODO later', /reminder/],
  ['bannedTypeScript', 'agent/src/a.ts', 'const a: any = 1;', /any/],
  ['bannedTypeScript', 'agent/src/a.ts', 'export default 1;', /default export/],
  ['importRule', 'agent/src/a.ts', "import { a } from '@labsweep/analysis';", /may not import/],
  ['importRule', 'cli/src/a.ts', "import { a } from '@labsweep/proto/dist/a.js';", /deep import/],
  ['importRule', 'agent/src/a.ts', "import { a } from '../../proto/src/a.js';", /leaves/],
  ['oneDoor', 'agent/src/a.ts', "import { execa } from 'execa';", /comes in elsewhere/],
  ['oneDoor', 'agent/src/a.ts', "import { a } from 'left-pad';", /no door/],
  ['pureZones', 'controller/src/plan/a.ts', "import { a } from '../io/a.js';", /pure code imports/],
  ['pureZones', 'analysis/src/a.ts', 'const a = Date.now();', /nowMs/],
  ['pureZones', 'controller/src/fold/a.ts', 'const a = Math.random();', /seed/],
  ['noBarrels', 'agent/src/a.ts', "export * from './b.js';", /barrel/],
];

for (const [name, path, text, expected] of BREACHES) {
  test(`the rule ${name} catches ${expected} in ${path}`, () => {
    const findings = RULES[name]?.(sourceFile(path, text)) ?? [];
    assert.match(findings.join('\n'), expected);
  });
}

test('every package declares just what it imports', () => {
  for (const folder of ['proto', 'analysis', 'controller', 'agent', 'cli', 'test']) {
    const manifest = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
    const forTests = Object.keys(manifest.devDependencies ?? {});
    const declared = [...Object.keys(manifest.dependencies), ...forTests].sort();
    const files = TREE.filter(({ path }) => path.startsWith(`${folder}/`) && isTypeScript(path));
    const names = files.flatMap(importsOf).filter((name) => /^[@a-z]/.test(name));
    const used = names
      .filter((name) => !name.startsWith('node:'))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    const known = new Set([...used, ...BUILD_ONLY.filter((name) => declared.includes(name))]);
    assert.deepEqual(declared, [...known].sort(), `${folder}/package.json`);
    const programs = files.filter((file) => !isTest(file.path)).flatMap(importsOf);
    const misplaced = programs.filter((name) => forTests.includes(name));
    assert.deepEqual(misplaced, [], `${folder}/package.json: only tests may import these`);
  }
});

/** Loaded at run time by other means than an import. */
const BUILD_ONLY: readonly string[] = [];

test('the tree was really read', () => {
  assert.ok(TREE.some(({ path }) => path === 'proto/src/domain.ts'));
  assert.ok(TREE.some(({ path }) => path === 'native/guest/init.c'));
});
