import { describe, expect, it } from 'vitest';
import { coercionDistance, isCastable, supertype, type Typing } from './coercion.ts';
import { arrayOf, type SqlType, typeText } from './sql-type.ts';
import { parseTableFieldSchema, toTableFieldSchema } from './table-field-schema.ts';

const type = (kind: string): SqlType => ({ kind }) as SqlType;

describe('coercion', () => {
  it.each([
    ['INT64', 'FLOAT64', 'strict', true],
    ['FLOAT64', 'INT64', 'strict', false],
    ['FLOAT64', 'NUMERIC', 'literal', true],
    ['STRING', 'DATE', 'strict', false],
    ['STRING', 'DATE', 'literal', true],
    ['STRING', 'TIMESTAMP', 'parameter', true],
    ['DATE', 'DATETIME', 'strict', true],
    ['BOOL', 'INT64', 'literal', false],
    ['INT64', 'JSON', 'untyped', true],
  ])('%s to %s, %s: %s', (from, to, typing, isPossible) => {
    expect(coercionDistance(type(from), type(to), typing as Typing) !== undefined).toBe(isPossible);
  });

  it('meets in the narrowest type all reach', () => {
    const of = (...kinds: string[]) => supertype(kinds.map((kind) => ({ type: type(kind), typing: 'strict' as const })));
    expect(of('INT64', 'NUMERIC')).toEqual(type('NUMERIC'));
    expect(of('NUMERIC', 'FLOAT64')).toEqual(type('FLOAT64'));
    expect(of('DATE', 'TIMESTAMP')).toEqual(type('TIMESTAMP'));
    expect(of('STRING', 'BYTES')).toBeUndefined();
  });

  it('casts more than it coerces', () => {
    expect([
      isCastable(type('STRING'), type('BOOL')),
      isCastable(type('BOOL'), type('DATE')),
      isCastable(arrayOf(type('INT64')), arrayOf(type('STRING'))),
    ]).toEqual([true, false, true]);
  });
});

describe('schemas', () => {
  it('go to REST and back', () => {
    const row: SqlType = {
      kind: 'STRUCT',
      fields: [
        { name: 'a', type: type('INT64') },
        { name: 'tags', type: arrayOf(type('STRING')) },
      ],
    };
    const field = toTableFieldSchema('row', arrayOf(row));
    expect(field).toMatchObject({
      name: 'row',
      type: 'RECORD',
      mode: 'REPEATED',
      fields: [
        { name: 'a', type: 'INTEGER' },
        { name: 'tags', mode: 'REPEATED' },
      ],
    });
    expect(typeText(parseTableFieldSchema(field)!)).toBe('ARRAY<STRUCT<a INT64, tags ARRAY<STRING>>>');
  });
});
