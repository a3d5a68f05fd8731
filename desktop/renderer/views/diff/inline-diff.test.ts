import { expect, it } from 'vitest';
import { toInlineRows } from './inline-diff.tsx';

const same = (text: string) => [{ kind: 'same' as const, text }];

it('writes old above new, and what is the same once', () => {
  const rows = toInlineRows([
    { kind: 'same', leftNumber: 1, rightNumber: 1, left: same('SELECT'), right: same('SELECT') },
    { kind: 'changed', leftNumber: 2, rightNumber: 2, left: same('a'), right: same('b') },
    { kind: 'removed', leftNumber: 3, left: same('x') },
    { kind: 'added', rightNumber: 3, right: same('y') },
  ]);
  expect(rows.map(({ sign, left, right, parts }) => `${sign}${left ?? ''}/${right ?? ''} ${parts?.[0]?.text}`)).toEqual([
    ' 1/1 SELECT',
    '−2/ a',
    '+/2 b',
    '−3/ x',
    '+/3 y',
  ]);
});
