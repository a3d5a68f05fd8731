import { describe, expect, it } from 'vitest';
import { analyze } from '../analyze/analyze.ts';
import type { Catalog, CatalogRoutine, CatalogTable } from '../analyze/catalog.ts';
import type { ResolvedQuery as Query } from '../analyze/resolved-tree.ts';
import { parseScript } from '../parse-script.ts';
import type { DmlStatement, QueryStatement } from '../syntax/ast-statement.ts';
import { arrayOf, INT64, STRING, structOf } from '../types/sql-type.ts';
import type { Source } from './flow.ts';
import { type Lineage, traceLineage } from './trace-lineage.ts';

const item = structOf([
  { name: 'sku', type: STRING },
  { name: 'email', type: STRING },
]);
const aTable = (tableId: string, columns: CatalogTable['columns']): CatalogTable => ({
  path: { projectId: 'p', datasetId: 'd', tableId },
  columns,
  duckName: tableId,
});
const tables: Record<string, CatalogTable> = {
  t: aTable('t', [
    { name: 'id', type: INT64 },
    { name: 'email', type: STRING },
    { name: 'who', type: item },
    { name: 'items', type: arrayOf(item) },
  ]),
  u: aTable('u', [
    { name: 'id', type: INT64 },
    { name: 'x', type: INT64 },
  ]),
  v: { ...aTable('v', []), view: { sql: 'SELECT id, email AS contact FROM t WHERE id > 1', defaults: {} } },
};
const routines: Record<string, CatalogRoutine> = {
  shout: { kind: 'sql', name: 'shout', parameters: [{ name: 's', type: STRING }], body: 'UPPER(s)', defaults: {} },
};
const catalog: Catalog = { findTable: (path) => tables[path.at(-1) ?? ''], findRoutine: (path) => routines[path.at(-1) ?? ''] };

function trace(sql: string): Lineage {
  const [statement] = parseScript(sql).statements;
  return traceLineage(analyze(statement as QueryStatement | DmlStatement, { text: sql, catalog, defaults: {} }));
}

const show = ({ table, path }: Source): string => `${table.tableId}.${path.join('.')}`;
/** `contact ← projected t.email`, with the place inside the column where it is not the whole. */
const showColumns = (lineage: Lineage): string[] =>
  lineage.columns.map(({ name, values }) => {
    const sources = values.map(({ how, source, at }) => `${how} ${show(source)}${at.length > 0 ? ` at ${at.join('.')}` : ''}`);
    return `${name} ← ${sources.sort().join(', ')}`;
  });
const showControl = (control: Lineage['control']): string[] => control.map(({ source, position }) => `${position} ${show(source)}`).sort();

describe('values', () => {
  it.each([
    ['SELECT email, id + 1 AS n FROM t', ['email ← projected t.email', 'n ← computed t.id']],
    ['SELECT * EXCEPT (who, items) FROM t', ['id ← projected t.id', 'email ← projected t.email']],
    ['SELECT y.e FROM (SELECT email AS e FROM t) AS y', ['e ← projected t.email']],
    ['WITH c AS (SELECT email FROM t) SELECT a.email FROM c AS a JOIN c AS b USING (email)', ['email ← projected t.email']],
    ['SELECT email FROM t UNION ALL SELECT CAST(x AS STRING) FROM u', ['email ← computed u.x, projected t.email']],
    ['SELECT contact FROM v', ['contact ← projected t.email, projected v.contact']],
    ['SELECT shout(email) AS s FROM t', ['s ← computed t.email']],
    ['SELECT who.email AS e, who FROM t', ['e ← projected t.who.email', 'who ← projected t.who']],
    ['SELECT STRUCT(id, email AS e) AS s FROM t', ['s ← projected t.email at 1, projected t.id at 0']],
    ['SELECT STRUCT(id, email AS e).e AS f FROM t', ['f ← projected t.email']],
    ['SELECT i.email, i.sku FROM t, UNNEST(items) AS i', ['email ← projected t.items.email', 'sku ← projected t.items.sku']],
    ['SELECT ARRAY(SELECT email FROM t) AS a', ['a ← projected t.email at []']],
    ['SELECT (SELECT email FROM t LIMIT 1) AS s', ['s ← projected t.email']],
    ['SELECT [email, "x"] AS a FROM t', ['a ← projected t.email at []']],
    ['SELECT s AS whole FROM (SELECT id, email FROM t) AS s', ['whole ← projected t.email at 1, projected t.id at 0']],
    ['SELECT MAX(email) AS m, ANY_VALUE(id) AS a FROM t', ['m ← aggregated t.email', 'a ← aggregated t.id']],
    ['SELECT COUNT(*) AS n FROM t', ['n ← ']],
    ['SELECT IF(id > 1, email, "x") AS c FROM t', ['c ← computed t.email']],
    ['SELECT LAG(email) OVER (ORDER BY id) AS l FROM t', ['l ← aggregated t.email']],
    [
      'WITH RECURSIVE r AS (SELECT id, email AS e FROM t UNION ALL SELECT u.id, CONCAT(r.e, "x") FROM r JOIN u ON r.id = u.id) SELECT e FROM r',
      ['e ← computed t.email, projected t.email'],
    ],
    ['FROM t |> EXTEND UPPER(email) AS up |> DROP who, items |> SELECT up, email', ['up ← computed t.email', 'email ← projected t.email']],
  ])('%s', (sql, expected) => {
    const lineage = trace(sql);
    expect(showColumns(lineage)).toEqual(expected);
    expect(lineage.isComplete).toBe(true);
  });
});

describe('control', () => {
  it.each([
    ['SELECT id FROM t WHERE email = "x"', ['filter t.email']],
    ['SELECT t.id FROM t JOIN u ON t.id = u.x', ['join t.id', 'join u.x']],
    ['SELECT COUNT(*) FROM t GROUP BY email HAVING COUNT(id) > 1', ['filter t.id', 'group t.email']],
    ['SELECT DISTINCT email FROM t', ['distinct t.email']],
    ['SELECT id FROM t ORDER BY email LIMIT 1', ['order t.email']],
    ['SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)', ['filter t.id', 'filter u.id']],
    ['SELECT id FROM t WHERE id IN (SELECT x FROM u)', ['filter t.id', 'filter u.x']],
    ['SELECT email FROM t EXCEPT DISTINCT SELECT CAST(x AS STRING) FROM u', ['distinct t.email', 'distinct u.x']],
    ['SELECT i.sku FROM t, UNNEST(items) AS i', ['unnest t.items']],
    ['SELECT contact FROM v', ['filter t.id']],
    ['SELECT email FROM t', []],
  ])('%s', (sql, expected) => expect(showControl(trace(sql).control)).toEqual(expected));

  it('belongs to the column where a window or a subquery decides', () => {
    const { columns, control } = trace(
      'SELECT id, RANK() OVER (PARTITION BY email ORDER BY id) AS r, (SELECT MAX(x) FROM u WHERE u.id = t.id) AS m FROM t',
    );
    expect(control).toEqual([]);
    expect(columns.map((each) => showControl(each.control))).toEqual([
      [],
      ['window t.email', 'window t.id'],
      ['filter t.id', 'filter u.id'],
    ]);
  });
});

describe('writes', () => {
  it.each([
    ['INSERT INTO u (id, x) SELECT id, LENGTH(email) FROM t', ['id ← projected t.id', 'x ← computed t.email']],
    ['UPDATE u SET x = (SELECT MAX(id) FROM t) WHERE id = 1', ['x ← aggregated t.id']],
    ['MERGE u USING t ON u.id = t.id WHEN NOT MATCHED THEN INSERT (id) VALUES (t.id)', ['id ← projected t.id']],
  ])('%s', (sql, expected) => {
    const lineage = trace(sql);
    expect(lineage.target?.tableId).toBe('u');
    expect(showColumns(lineage)).toEqual(expected);
  });
});

describe('cost', () => {
  it('grows with the text, not with the ways through it', () => {
    const names = Array.from({ length: 200 }, (_, index) => `c${index}`);
    const entries = names.map(
      (name, index) =>
        `${name} AS (SELECT a.id, a.email FROM ${names[index - 1] ?? 't'} AS a JOIN ${names[index - 1] ?? 't'} AS b ON a.id = b.id)`,
    );
    const start = process.cpuUsage();
    expect(showColumns(trace(`WITH ${entries.join(', ')} SELECT email FROM c199`))).toEqual(['email ← projected t.email']);
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(2_000);
  });
});

describe('what is newer than the rules', () => {
  it.each([
    ['a relation', (query: Query) => ({ ...query, relation: { kind: 'match', input: query.relation } })],
    ['a member of a relation', (query: Query) => ({ ...query, relation: { ...query.relation, hint: { kind: 'column' } } })],
    ['a column from nowhere', (query: Query) => ({ ...query, columns: [{ name: 'x', column: { id: 99, name: 'x', type: STRING } }] })],
  ])('%s makes the lineage incomplete', (_what, change) => {
    const sql = 'SELECT email FROM t WHERE id > 1';
    const resolved = analyze(parseScript(sql).statements[0] as QueryStatement, { text: sql, catalog, defaults: {} });
    if (resolved.kind !== 'query') throw new Error(resolved.kind);
    expect(traceLineage(resolved).isComplete).toBe(true);
    expect(traceLineage({ ...resolved, query: change(resolved.query) as Query }).isComplete).toBe(false);
  });
});
