// SPDX-License-Identifier: Apache-2.0
/**
 * Which compiler built a kernel, out of its banner, the text of /proc/version. Of a compiler that
 * is neither gcc nor clang it tells what the banner says.
 */

/**
 * `gcc 14.2.0` or `clang 19.1.7`, without what a distribution calls its build of it. Undefined when
 * the banner names none.
 */
export function compilerOf(banner: string): string | undefined {
  // Linux version 6.17.13 (who@where) (gcc-14 (Debian 14.2.0-19) 14.2.0, GNU ld 2.44) #1 SMP
  const [builder, tools] = groupsOf(banner);
  if (tools === undefined || !banner.includes(`(${builder}) (${tools})`)) return undefined;
  const compiler = beforeLinker(tools);
  const plain = withoutGroups(compiler);
  const name = /\bclang\b/i.test(plain) ? 'clang' : /gcc/i.test(compiler) ? 'gcc' : undefined;
  const version = /(?:^|\s)(\d+(?:\.\d+)+)/.exec(plain)?.[1];
  if (name !== undefined && version !== undefined) return `${name} ${version}`;
  return compiler === '' ? undefined : compiler;
}

/** What stands in parentheses that are in no others. */
function groupsOf(text: string): string[] {
  const groups: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '(') {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (text[index] === ')' && depth > 0) {
      depth -= 1;
      if (depth === 0) groups.push(text.slice(start, index));
    }
  }
  return groups;
}

/** A comma in parentheses does not end the name of the compiler. */
function beforeLinker(tools: string): string {
  let depth = 0;
  for (let index = 0; index < tools.length; index += 1) {
    if (tools[index] === '(') depth += 1;
    else if (tools[index] === ')') depth -= 1;
    else if (tools[index] === ',' && depth === 0) return tools.slice(0, index).trim();
  }
  return tools.trim();
}

function withoutGroups(text: string): string {
  return groupsOf(text).reduce((rest, group) => rest.replace(`(${group})`, ' '), text);
}
