// SPDX-License-Identifier: Apache-2.0
import { strict as assert } from 'node:assert';
import { test } from 'node:test';
import { FoldNews } from './fold-news.js';

test('the newest of what was folded is known, and what came long before is not kept', () => {
  const news = new FoldNews(() => false);
  const ids = Array.from({ length: 2_000 }, (_, index) => `id ${index}`);
  for (const id of ids) news.told([id]);
  assert.ok(ids.slice(-250).every((id) => news.isKnown(id)));
  assert.ok(!news.isKnown('id 0'));
  assert.ok(ids.filter((id) => news.isKnown(id)).length <= 500);
  news.begin();
  assert.ok(!ids.some((id) => news.isKnown(id)));
});
