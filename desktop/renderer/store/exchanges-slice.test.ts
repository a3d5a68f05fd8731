import { describe, expect, it } from 'vitest';
import { NO_COLUMN_STATE, parseColumnState } from './exchanges-slice.ts';

describe('remembered columns', () => {
  it('are taken as they were left', () => {
    const stored = { order: ['sql', 'number'], hidden: ['who'], widths: { sql: 640 } };
    expect(parseColumnState(JSON.parse(JSON.stringify(stored)))).toEqual(stored);
  });

  it.each([null, 'nonsense', 7, []])('fall back to the first choice for %j', (stored) =>
    expect(parseColumnState(stored)).toBe(NO_COLUMN_STATE),
  );

  it('lose what makes no sense', () => {
    expect(parseColumnState({ order: ['sql', 3], hidden: 'who', widths: { sql: -5, who: '120', at: 160 } })).toEqual({
      order: ['sql'],
      hidden: [],
      widths: { at: 160 },
    });
  });
});
