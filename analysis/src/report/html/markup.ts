// SPDX-License-Identifier: Apache-2.0
/**
 * Builds HTML and SVG so that no text can become markup: whatever is not made here is escaped. It
 * knows nothing of reports.
 */

/** Markup that was made here, so that it is not escaped again. */
export interface Markup {
  readonly markup: string;
}

export type Child = Markup | string | number;

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Elements that have no end tag in HTML. */
const VOID: ReadonlySet<string> = new Set(['meta', 'br']);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Attributes whose value is undefined are left out. */
export function element(
  name: string,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): Markup {
  const set = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeText(String(value))}"`)
    .join('');
  if (VOID.has(name)) return { markup: `<${name}${set}>` };
  return { markup: `<${name}${set}>${childText(children.flat())}</${name}>` };
}

/** Text that neither ends an element nor an attribute; control characters are replaced. */
export function escapeText(text: string): string {
  return text
    .replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter)
    .replaceAll(/[^\t\n\r -~\u00a0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

function childText(children: readonly Child[]): string {
  return children
    .map((child) => (typeof child === 'object' ? child.markup : escapeText(String(child))))
    .join('');
}
