import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.close());

const run = (sql: string) => engine.query({ sql, projectId: 'p' });
const table = (tableId: string) => engine.catalog.getTable({ projectId: 'p', datasetId: 'd', tableId });

async function ask(sql: string): Promise<unknown[][]> {
  const rows: unknown[][] = [];
  for await (const page of engine.readRows((await run(sql)).destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

describe('what a column is declared with', () => {
  beforeAll(() =>
    run(
      'CREATE TABLE d.held (id INT64, s STRING(3), n NUMERIC(5, 2), m NUMERIC(4), a ARRAY<STRING(3)>, r STRUCT<x STRING(2)>, b BYTES(1))',
    ),
  );
  const tooLong = (type: string, length: number): string =>
    `${type} has maximum length ${/\d+/.exec(type)![0]} but got a value with length ${length}`;
  const outOfRange = 'NUMERIC(5, 2) has precision 5 and scale 2 but got a value that is not in range of [-999.99, 999.99]';

  it.each([
    ["INSERT INTO d.held (s) VALUES ('abcde')", tooLong('STRING(3)', 5)],
    ["INSERT INTO d.held (s) SELECT 'abcde'", tooLong('STRING(3)', 5)],
    ["INSERT INTO d.held (a) VALUES (['ok', 'abcd'])", tooLong('STRING(3)', 4)],
    ["INSERT INTO d.held (r) VALUES (STRUCT('abc'))", tooLong('STRING(2)', 3)],
    ["INSERT INTO d.held (b) VALUES (b'ab')", tooLong('BYTES(1)', 2)],
    ['INSERT INTO d.held (n) VALUES (1000)', outOfRange],
    [
      'INSERT INTO d.held (m) VALUES (12345)',
      'NUMERIC(4) has precision 4 and scale 0 but got a value that is not in range of [-9999, 9999]',
    ],
    ['MERGE d.held USING (SELECT 1000 AS n) AS x ON FALSE WHEN NOT MATCHED THEN INSERT (n) VALUES (x.n)', outOfRange],
    ["CREATE TABLE d.no (s STRING(3)) AS SELECT 'abcd'", tooLong('STRING(3)', 4)],
  ])('%s is refused', async (sql, message) => {
    await expect(run(sql)).rejects.toMatchObject({ reason: 'invalidQuery', message });
  });

  it('UPDATE is held to it, scales are rounded', async () => {
    await run("INSERT INTO d.held (id, n, r) VALUES (1, 123.455, STRUCT('ab'))");
    expect(await ask('SELECT n FROM d.held')).toEqual([['123.46']]);
    await expect(run("UPDATE d.held SET s = 'abcd' WHERE TRUE")).rejects.toThrow(tooLong('STRING(3)', 4));
    await expect(run('UPDATE d.held SET n = n * 10 WHERE TRUE')).rejects.toThrow(outOfRange);
  });

  it('streamed rows are told of their field', async () => {
    const insert = async (json: Record<string, string>) => {
      const { insertErrors } = await engine.insertRows({ projectId: 'p', datasetId: 'd', tableId: 'held' }, [{ json }]);
      return insertErrors[0]!.errors[0]!.message;
    };
    expect(await insert({ s: 'abcde' })).toBe(`Field s: ${tooLong('STRING(3)', 5)}`);
    expect(await insert({ n: '1000' })).toBe(`Field n: ${outOfRange}`);
  });
});

describe('ALTER TABLE', () => {
  beforeAll(() =>
    run(`CREATE TABLE d.t (id INT64 NOT NULL, s STRING(5), n NUMERIC(5, 2), r STRUCT<a INT64, b STRING>);
      INSERT INTO d.t VALUES (1, 'a', 1.5, STRUCT(1, 'b'))`),
  );

  it('widens columns, nested ones too, and never narrows them', async () => {
    await run('ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING(8), ALTER COLUMN n SET DATA TYPE NUMERIC(6, 2)');
    await run('ALTER TABLE d.t ALTER COLUMN id SET DATA TYPE NUMERIC, ALTER COLUMN id DROP NOT NULL');
    await run('ALTER TABLE d.t ALTER COLUMN r SET DATA TYPE STRUCT<a FLOAT64, b STRING, c ARRAY<INT64>>');
    expect(await ask('SELECT id, s, n, r.a, r.b, r.c FROM d.t')).toEqual([['1', 'a', '1.5', '1.0', 'b', []]]);
    for (const change of [
      's SET DATA TYPE STRING(3)',
      'n SET DATA TYPE NUMERIC(6, 3)',
      'id SET DATA TYPE STRING',
      'r SET DATA TYPE STRUCT<a INT64>',
    ])
      await expect(run(`ALTER TABLE d.t ALTER COLUMN ${change}`)).rejects.toThrow('requires that the existing column type');
  });

  it('adds, defaults, renames and drops columns', async () => {
    await run("ALTER TABLE d.t ADD COLUMN x INT64 OPTIONS (description = 'new'), ADD COLUMN IF NOT EXISTS x STRING");
    await run('ALTER TABLE d.t ALTER COLUMN x SET DEFAULT 7');
    await run('INSERT INTO d.t (id) VALUES (2)');
    expect(await ask('SELECT id, x FROM d.t ORDER BY id')).toEqual([
      ['1', null],
      ['2', '7'],
    ]);
    await run('ALTER TABLE d.t RENAME COLUMN x TO y');
    await run('ALTER TABLE d.t DROP COLUMN y');
    await expect(run('ALTER TABLE d.t DROP COLUMN y')).rejects.toThrow('Column not found: y');
    await expect(run('ALTER TABLE d.t ADD COLUMN z INT64 NOT NULL')).rejects.toThrow('Cannot add required fields');
  });

  it('keeps the columns that partition or cluster', async () => {
    await run('CREATE TABLE d.pt (x INT64, dt DATE) PARTITION BY dt CLUSTER BY x OPTIONS (partition_expiration_days = 10)');
    expect(table('pt').timePartitioning).toEqual({ type: 'DAY', field: 'dt', expirationMs: '864000000' });
    await expect(run('ALTER TABLE d.pt DROP COLUMN dt')).rejects.toThrow('Partitioning column cannot be dropped: dt');
    await expect(run('ALTER TABLE d.pt RENAME COLUMN x TO y')).rejects.toThrow('Clustering column cannot be renamed: x');
    await run('ALTER TABLE d.pt SET OPTIONS (partition_expiration_days = NULL)');
    expect(table('pt').timePartitioning).toEqual({ type: 'DAY', field: 'dt' });
  });

  it('keeps keys, which nobody enforces', async () => {
    await run(
      'CREATE TABLE d.k (id INT64 PRIMARY KEY NOT ENFORCED, f INT64, CONSTRAINT own FOREIGN KEY (f) REFERENCES d.t (id) NOT ENFORCED)',
    );
    await run('ALTER TABLE d.k ADD CONSTRAINT other FOREIGN KEY (f) REFERENCES d.t (id) NOT ENFORCED');
    await run('INSERT INTO d.k VALUES (1, 99), (1, 98)');
    expect(table('k').tableConstraints).toMatchObject({
      primaryKey: { columns: ['id'] },
      foreignKeys: [{ name: 'own' }, { name: 'other' }],
    });
    await run('ALTER TABLE d.k DROP CONSTRAINT own, DROP PRIMARY KEY');
    expect(table('k').tableConstraints).toMatchObject({ foreignKeys: [{ name: 'other', referencedTable: { tableId: 't' } }] });
    await expect(run('ALTER TABLE d.k DROP CONSTRAINT own')).rejects.toThrow('Constraint own does not exist');
    await expect(run('ALTER TABLE d.k ADD PRIMARY KEY (id)')).rejects.toThrow('NOT ENFORCED');
  });

  it('sets options whole and refuses those that do not exist', async () => {
    await run("ALTER TABLE d.t SET OPTIONS (labels = [('a', 'b')], description = 'x')");
    await run("ALTER TABLE d.t SET OPTIONS (labels = [('c', 'd')], description = NULL)");
    expect(table('t').labels).toEqual({ c: 'd' });
    expect(table('t').description).toBeUndefined();
    await expect(run('ALTER TABLE d.t SET OPTIONS (colour = 1)')).rejects.toThrow('Unknown option: colour');
  });

  it('describes the columns of views', async () => {
    await run("CREATE VIEW d.v (a OPTIONS (description = 'first'), b) OPTIONS (description = 'both') AS SELECT 1, 'x'");
    await run("ALTER VIEW d.v ALTER COLUMN b SET OPTIONS (description = 'second')");
    expect(table('v').schema!.fields).toMatchObject([
      { name: 'a', type: 'INTEGER', description: 'first' },
      { name: 'b', type: 'STRING', description: 'second' },
    ]);
    await run('CREATE MATERIALIZED VIEW d.mv CLUSTER BY x OPTIONS (refresh_interval_minutes = 60) AS SELECT id AS x FROM d.t');
    expect(table('mv')).toMatchObject({
      type: 'MATERIALIZED_VIEW',
      clustering: { fields: ['x'] },
      materializedView: { refreshIntervalMs: '3600000' },
    });
  });
});

it('names what it does not have', async () => {
  await expect(run('CREATE TABLE d.g (a INT64, b INT64 GENERATED ALWAYS AS (a + 1))')).rejects.toThrow(
    'Generated columns are not supported by the sandbox: b',
  );
});
