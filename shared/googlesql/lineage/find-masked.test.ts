import { describe, expect, it } from 'vitest';
import { findMasked } from './find-masked.ts';
import type { Value } from './flow.ts';
import type { Lineage } from './trace-lineage.ts';

const table = { projectId: 'p', datasetId: 'd', tableId: 't' };
const email = { table, path: ['email'] };
const itemEmail = { table, path: ['items', 'email'] };

const aValue = (path: readonly string[], how: Value['how'] = 'projected', at: Value['at'] = []): Value => ({
  source: { table, path },
  how,
  at,
});
const aLineage = (part: Partial<Lineage>): Lineage => ({
  target: undefined,
  columns: [],
  control: [],
  evaluated: [],
  isComplete: true,
  ...part,
});
const showing = (...values: Value[]): Lineage => aLineage({ columns: [{ name: 'c', values, control: [] }] });

describe('findMasked', () => {
  it('finds values that are shown as they are', () => {
    expect(findMasked(showing(aValue(['EMAIL'])), [email]).places).toMatchObject([{ column: 0, at: [], fields: [] }]);
    expect(findMasked(showing(aValue(['email'], 'projected', [1, '[]'])), [email]).places).toMatchObject([{ at: [1, '[]'], fields: [] }]);
  });

  it('finds masked fields within larger values, and parts of masked values', () => {
    expect(findMasked(showing(aValue(['items'])), [itemEmail]).places).toMatchObject([{ fields: ['email'] }]);
    expect(findMasked(showing(aValue(['email', 'host'])), [email]).places).toMatchObject([{ fields: [] }]);
    expect(findMasked(showing(aValue(['items', 'sku'])), [itemEmail])).toEqual({ places: [], uses: [] });
  });

  it.each(['computed', 'aggregated'] as const)('refuses %s values', (how) => {
    expect(findMasked(showing(aValue(['email'], how)), [email])).toMatchObject({ places: [], uses: [{ use: how, column: 'c' }] });
  });

  it('refuses decisions, but not the length of an array around the masked field', () => {
    const filtered = (path: readonly string[], position: 'filter' | 'unnest') =>
      findMasked(aLineage({ columns: [{ name: 'c', values: [], control: [{ source: { table, path }, position }] }] }), [email, itemEmail])
        .uses;
    expect(filtered(['email'], 'filter')).toMatchObject([{ use: 'filter' }]);
    expect(filtered(['items'], 'filter')).toMatchObject([{ use: 'filter' }]);
    expect(filtered(['items'], 'unnest')).toEqual([]);
    expect(filtered(['items', 'email'], 'unnest')).toMatchObject([{ use: 'unnest' }]);
  });

  it('refuses what is written, and decisions of statements without output', () => {
    expect(findMasked({ ...showing(aValue(['email'])), target: table }, [email]).uses).toMatchObject([{ use: 'written' }]);
    expect(findMasked(aLineage({ target: table, control: [{ source: email, position: 'filter' }] }), [email]).uses).toMatchObject([
      { use: 'filter' },
    ]);
  });

  it('tells tables apart', () => {
    expect(findMasked(showing(aValue(['email'])), [{ table: { ...table, tableId: 'u' }, path: ['email'] }]).places).toEqual([]);
  });
});
