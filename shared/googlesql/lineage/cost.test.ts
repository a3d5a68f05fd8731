import { describe, expect, it } from 'vitest';
import type { CatalogRoutine } from '../analyze/catalog.ts';
import { createSchemaCatalog, type SchemaTable } from './schema-catalog.ts';
import { traceSql } from './trace-sql.ts';

const defaults = { projectId: 'p', datasetId: 'd' };
const path = (tableId: string) => ({ ...defaults, tableId });
const times = <Item>(count: number, of: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => of(index));

const aTable = (width: number, tableId = 't', viewSql?: string): SchemaTable => ({
  path: path(tableId),
  fields: times(width, (index) => ({ name: `c${index}`, type: 'STRING' })),
  ...(viewSql !== undefined && { viewSql }),
});
const aFunction = (name: string, body: string) => {
  const routine: CatalogRoutine = { kind: 'sql', name, parameters: [{ name: 'x' }], body, defaults };
  return { path: path(name), routine };
};

type Case = (size: number) => {
  readonly sql: string;
  readonly tables: readonly SchemaTable[];
  readonly routines?: ReturnType<typeof aFunction>[];
};

const before = (name: string, index: number): string => (index === 0 ? 't' : `${name}${index - 1}`);

const cases: Readonly<Record<string, readonly [Case, number]>> = {
  'WITH entries that each read the one before twice': [
    (size) => ({
      sql: `WITH ${times(size, (i) => `x${i} AS (SELECT a.c0, b.c1 FROM ${before('x', i)} a JOIN ${before('x', i)} b ON a.c0 = b.c0)`).join(', ')} SELECT * FROM x${size - 1}`,
      tables: [aTable(2)],
    }),
    250,
  ],
  'views that each read the one before twice': [
    (size) => ({
      sql: `SELECT * FROM v${size - 1}`,
      tables: [
        aTable(2),
        ...times(size, (i) => aTable(2, `v${i}`, `SELECT a.c0, b.c1 FROM ${before('v', i)} a JOIN ${before('v', i)} b ON a.c0 = b.c0`)),
      ],
    }),
    15,
  ],
  'columns of a table': [
    (size) => ({ sql: `SELECT ${times(size, (i) => `UPPER(c${i}) AS d${i}`).join(', ')} FROM t WHERE c1 = "x"`, tables: [aTable(size)] }),
    1_250,
  ],
  'a whole row': [(size) => ({ sql: 'SELECT t, TO_JSON_STRING(t) FROM t', tables: [aTable(size)] }), 1_250],
  'subqueries within each other': [
    (size) => ({ sql: `${'SELECT c0 FROM ('.repeat(size)}SELECT c0 FROM t${' WHERE c0 > "a")'.repeat(size)}`, tables: [aTable(1)] }),
    12,
  ],
  'pipe operators that read the column before twice': [
    (size) => ({
      sql: `FROM t ${times(size, (i) => `|> EXTEND CONCAT(${i ? `e${i - 1}, e${i - 1}` : 'c0, c0'}) AS e${i}`).join(' ')}`,
      tables: [aTable(1)],
    }),
    60,
  ],
  'a recursion through many columns': [
    (size) => {
      const columns = times(size, (i) => `c${i}`);
      return {
        sql: `WITH RECURSIVE r AS (SELECT ${columns.join(', ')} FROM t UNION ALL SELECT ${[...columns.slice(1), 'c0'].join(', ')} FROM r) SELECT c0 FROM r`,
        tables: [aTable(size)],
      };
    },
    30,
  ],
  unions: [(size) => ({ sql: times(size, () => 'SELECT c0 FROM t').join(' UNION ALL '), tables: [aTable(1)] }), 250],
};

/** Processor time, so that a busy machine does not matter; the best of some runs. */
function cost(build: Case, size: number): number {
  const { sql, tables, routines = [] } = build(size);
  const catalog = createSchemaCatalog(tables, routines);
  const runs = times(3, () => {
    const start = process.cpuUsage();
    const lineage = traceSql(sql, { catalog, defaults });
    if (!lineage.ok) throw new Error(lineage.error);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  });
  return Math.min(...runs);
}

describe('cost grows with the text, not with the ways through it', () => {
  it.each(Object.entries(cases))('%s', (_name, [build, size]) => {
    const [small, large] = [cost(build, size), cost(build, 4 * size)];
    // Four times the text: linear is 4, quadratic 16, exponential never ends. The milliseconds forgive what is too short to measure.
    expect(large).toBeLessThan(12 * small + 60);
  });
});

describe('what would grow like 2, 4, 8 is refused', () => {
  it.each([
    ['a function of itself', `SELECT ${'twice('.repeat(40)}c0${')'.repeat(40)} FROM t`, [aFunction('twice', 'CONCAT(x, x)')]],
    [
      'functions that call each other twice',
      'SELECT f39(c0) FROM t',
      times(40, (i) => aFunction(`f${i}`, i === 0 ? 'UPPER(x)' : `CONCAT(f${i - 1}(x), f${i - 1}(x))`)),
    ],
    [
      'WITH expressions',
      `SELECT WITH(${times(40, (i) => `a${i} AS ${i === 0 ? 'c0' : `CONCAT(a${i - 1}, a${i - 1})`}`).join(', ')}, a39) FROM t`,
      [],
    ],
  ])('%s', (_name, sql, routines) => {
    const start = process.cpuUsage();
    const lineage = traceSql(sql, { catalog: createSchemaCatalog([aTable(1)], routines), defaults });
    expect(lineage).toMatchObject({ ok: false, error: expect.stringMatching(/too large|Too many views and functions/) });
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(3_000);
  });
});
