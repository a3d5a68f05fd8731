import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../create-engine.ts';
import type { Engine } from '../engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
  await engine.query({
    projectId: 'p',
    sql: `CREATE SCHEMA d OPTIONS (description = 'mine', labels = [('a', 'b')], default_table_expiration_days = 2.5);
      CREATE TABLE d.t (id STRING(5) NOT NULL, f ARRAY<NUMERIC(5, 2)>, r STRUCT<x INT64>, PRIMARY KEY (id) NOT ENFORCED);
      CREATE TABLE d.u (k STRING, dt DATE, CONSTRAINT fk FOREIGN KEY (k) REFERENCES d.t (id) NOT ENFORCED) PARTITION BY dt;
      INSERT INTO d.u VALUES ('a', '2024-01-01'), ('b', '2024-01-01'), ('c', NULL); CREATE SNAPSHOT TABLE d.s CLONE d.u;
      CREATE FUNCTION d.f(x INT64, y ANY TYPE) RETURNS INT64 AS (x); CREATE PROCEDURE d.g(OUT z STRING) BEGIN SET z = ''; END`,
  });
});
afterAll(() => engine.close());

async function ask(sql: string): Promise<unknown[][]> {
  const { destinationTable } = await engine.query({ sql, projectId: 'p' });
  const rows: unknown[][] = [];
  for await (const page of engine.readRows(destinationTable!)) rows.push(...page.map(({ f }) => f.map(({ v }) => v)));
  return rows;
}

it.each<[string, unknown[][]]>([
  [
    'table_name, constraint_name, constraint_type FROM d.INFORMATION_SCHEMA.TABLE_CONSTRAINTS',
    [
      ['t', 't.pk$', 'PRIMARY KEY'],
      ['u', 'u.fk', 'FOREIGN KEY'],
    ],
  ],
  [
    'table_name, column_name, position_in_unique_constraint FROM d.INFORMATION_SCHEMA.KEY_COLUMN_USAGE',
    [
      ['t', 'id', null],
      ['u', 'k', '1'],
    ],
  ],
  [
    'table_name, column_name, constraint_name FROM d.INFORMATION_SCHEMA.CONSTRAINT_COLUMN_USAGE',
    [
      ['t', 'id', 't.pk$'],
      ['t', 'id', 'u.fk'],
    ],
  ],
  [
    'option_name, option_value FROM INFORMATION_SCHEMA.SCHEMATA_OPTIONS',
    [
      ['location', '"US"'],
      ['description', '"mine"'],
      ['labels', '[STRUCT("a", "b")]'],
      ['default_table_expiration_days', '2.5'],
    ],
  ],
  ['table_name, base_table_name FROM d.INFORMATION_SCHEMA.TABLE_SNAPSHOTS', [['s', 'u']]],
  [
    "column_name, data_type FROM d.INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't'",
    [
      ['id', 'STRING(5)'],
      ['f', 'ARRAY<NUMERIC(5, 2)>'],
      ['r', 'STRUCT<x INT64>'],
    ],
  ],
  ["field_path FROM d.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS WHERE table_name = 't'", [['id'], ['f'], ['r'], ['r.x']]],
  [
    "partition_id, total_rows FROM d.INFORMATION_SCHEMA.PARTITIONS WHERE table_name = 'u' ORDER BY 1",
    [
      ['20240101', '2'],
      ['__NULL__', '1'],
    ],
  ],
  [
    "total_rows, total_logical_bytes, total_partitions FROM `region-us`.INFORMATION_SCHEMA.TABLE_STORAGE WHERE table_name = 'u'",
    [['3', '25', '2']],
  ],
  [
    'routine_name, routine_type FROM d.INFORMATION_SCHEMA.ROUTINES',
    [
      ['f', 'FUNCTION'],
      ['g', 'PROCEDURE'],
    ],
  ],
  [
    'specific_name, parameter_name, parameter_mode, data_type FROM d.INFORMATION_SCHEMA.PARAMETERS',
    [
      ['f', 'x', null, 'INT64'],
      ['f', 'y', null, 'ANY TYPE'],
      ['g', 'z', 'OUT', 'STRING'],
    ],
  ],
])('SELECT %s', async (rest, rows) => {
  expect(await ask(`SELECT ${rest}`)).toEqual(rows);
});

it('lists sessions while they are open', async () => {
  const sessionId = await engine.createSession('p');
  await engine.query({ sql: 'SELECT 1', projectId: 'p', sessionId, userEmail: 'me@example.com' });
  const sql = 'SELECT session_id, user_email, is_active FROM `region-us`.INFORMATION_SCHEMA.SESSIONS_BY_USER';
  expect(await ask(sql)).toEqual([[sessionId, 'me@example.com', 'true']]);
  await engine.query({ sql: 'CALL BQ.ABORT_SESSION()', projectId: 'p', sessionId });
  expect(await ask(sql)).toEqual([]);
  await expect(engine.query({ sql: 'SELECT 1', projectId: 'p', sessionId })).rejects.toThrow(
    `Session ${sessionId} is not found or has expired.`,
  );
});

it('says which view there is not', async () => {
  await expect(ask('SELECT * FROM d.INFORMATION_SCHEMA.NOTHING')).rejects.toThrow('Not found: Table p:INFORMATION_SCHEMA.NOTHING');
});
