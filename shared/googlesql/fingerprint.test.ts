import { describe, expect, it } from 'vitest';
import { fingerprint, normalise } from './fingerprint.ts';

describe('normalise', () => {
  it.each([
    ["select a, b from `p.d.t` where x = 'it''s' -- note\n and y=1.5", 'SELECT a, b FROM `p.d.t` WHERE x = ? AND y = ?'],
    ['SELECT * FROM t WHERE x IN (1, 2, 3)', 'SELECT * FROM t WHERE x IN (?)'],
    ['SELECT * FROM t WHERE x IN UNNEST([1,2])', 'SELECT * FROM t WHERE x IN UNNEST([?])'],
    ['INSERT INTO t (a, b) VALUES (1, "x"), (2, "y")', 'INSERT INTO t(a, b) VALUES (?)'],
    ['SELECT @p, @q, ?, -1, b"x", TRUE', 'SELECT ?'],
    ['SELECT a - 1', 'SELECT a - ?'],
    ['SELECT 1;;', 'SELECT ?'],
    ['SELECT /* a */ "unclosed secret', 'SELECT ?'],
    ['SELECT 1 /* unclosed secret', 'SELECT ?'],
    ['SELECT 1a, !', 'SELECT ? a, !'],
  ])('%s', (sql, expected) => expect(normalise(sql)).toBe(expected));
});

describe('fingerprint', () => {
  it('is the same for other literals, list lengths, layout and comments', () => {
    expect(fingerprint('SELECT a FROM t WHERE b IN (1,2,3) # x')).toBe(fingerprint('select a\nfrom t where b in ( 9 )'));
  });

  it('differs where names differ', () => {
    expect(fingerprint('SELECT a FROM t')).not.toBe(fingerprint('SELECT a FROM u'));
    expect(fingerprint('SELECT a FROM t')).toMatch(/^[0-9a-f]{64}$/);
  });
});
