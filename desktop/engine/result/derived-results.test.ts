import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, expect, it } from 'vitest';
import { parseSession } from '../../../fixtures/sessions/parse-session.ts';
import { recordSession } from '../../../fixtures/sessions/record-session.ts';
import { salesSession } from '../../../fixtures/sessions/sales-session.ts';
import type { WrittenSession } from '../../../fixtures/sessions/written-session.ts';
import { toSignerKey } from '../../../shared/bundle/ed25519-key.ts';
import { planStory, story } from '../../../shared/bundle/testing/evidence-story.ts';
import { forgeBundle } from '../../../shared/bundle/testing/forge-bundle.ts';
import { readMembers } from '../../../shared/bundle/testing/mutate-bundle.ts';
import { planEnding, planExporterKey, planWriterKey, writePlan } from '../../../shared/bundle/testing/plan-bundle.ts';
import { redactBody, redactColumn } from '../../../shared/bundle/testing/redact-plan.ts';
import { addDerived } from '../../../shared/derived/add-derived.ts';
import { rowIndex } from '../../../shared/derived/result/result-type.ts';
import { resultTablePath, rowsPath } from '../../../shared/derived/rows/result-table.sql.ts';
import { oddSessions } from '../testing/odd-sessions.ts';
import { openCase } from '../testing/open-case.ts';
import { createResultRelations } from './result-relations.ts';

const folder = mkdtempSync(join(tmpdir(), 'steno-derived-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Results = Record<number, unknown>;

/** Every result of the bundles, as the engine shows it to someone who has pinned these keys, and the files it was taken from. */
async function readResults(bundles: readonly string[], pinned: readonly string[]): Promise<{ results: Results; files: string[] }> {
  const review = await openCase(bundles, pinned);
  const relations = createResultRelations(review);
  const results: Results = {};
  for (const { exchange_id: id, number } of await review.database.all('SELECT exchange_id, number FROM exchange WHERE has_result')) {
    const {
      resultId: _id,
      catalog,
      file: _file,
      ...facts
    } = await relations.open(String(id)).catch(() => ({ resultId: '', catalog: '', file: '' }));
    if (catalog === '') continue;
    const connection = await review.database.connect();
    const rows = await connection.runAndReadAll(`FROM ${catalog}.${_id} ORDER BY ${rowIndex}`);
    const types = await connection.runAndReadAll(`DESCRIBE ${catalog}.${_id}`);
    results[Number(number)] = { ...facts, rows: rows.getRowsJson(), types: types.getRowsJson() };
    connection.closeSync();
  }
  const files = readdirSync(review.directory).filter((name) => name.startsWith('derived-') && name.includes('rows'));
  await review.close();
  return { results, files };
}

const zoo = parseSession(`
  session zoo
  09:00:00 +1ms jobs.query SELECT
    sql   SELECT * FROM everything
    job   everything
    page  - next p2 of 4
    rows  i INT64               | n NUMERIC                               | b BIGNUMERIC | f FLOAT64 | t TIMESTAMP         | d DATE     | h TIME            | l DATETIME                   | y BYTES | j JSON      | g GEOGRAPHY   | o BOOL | v INTERVAL      | r RANGE
          9223372036854775807   | 99999999999999999999999999999.999999999 | 1e60         | -Infinity | 1.772442000123456E9 | 9999-12-31 | 23:59:59.999999   | 2026-03-01T12:00:00.000001   | AP8=    | {"k":[1,2]} | POINT(1 2)    | true   | 1-2 3 4:5:6.789 | [2020-01-01, UNBOUNDED)
          -9223372036854775808  | -0.000000001                            | NULL         | NaN       | -6.21355968E10      | 0001-01-01 | 00:00:00          | 0001-01-01T00:00:00          | AA==    | null        | NULL          | false  | NULL            | NULL
          NULL                  | NULL                                    | 0.1          | 1e-308    | NULL                | NULL       | NULL              | NULL                         | NULL    | NULL        | POINT(1.5 -2) | NULL   | 0-0 0 0:0:0     | [UNBOUNDED, UNBOUNDED)
  09:00:01 +1ms jobs.getQueryResults
    job   everything
    page  p2 of 4
    rows  i INT64 | n NUMERIC | b BIGNUMERIC | f FLOAT64 | t TIMESTAMP | d DATE     | h TIME   | l DATETIME          | y BYTES | j JSON | g GEOGRAPHY | o BOOL | v INTERVAL | r RANGE
          0       | 0         | 0            | 0.0       | 0.0         | 1970-01-01 | 12:00:00 | 1970-01-01T00:00:00 | aGk=    | "x"    | NULL        | true   | NULL       | NULL
  09:00:02 +1ms jobs.query SELECT
    sql   SELECT * FROM nested
    rows  tags ARRAY<STRING> | place STRUCT<city STRING, geo STRUCT<lat FLOAT64, n NUMERIC>> | list ARRAY<STRUCT<at TIMESTAMP, raw BYTES, ids ARRAY<INT64>>>
          ["a","b"]          | {"city":"Oslo","geo":{"lat":"59.9","n":"1.5"}}                | [{"at":"1.5","raw":"AP8=","ids":["1","2"]},{"at":null,"raw":null,"ids":[]}]
          []                 | NULL                                                          | []
  09:00:03 +1ms jobs.query SELECT
    sql   SELECT 1 AS a, 2 AS A, 3 AS __row_index
    rows  a INT64 | A INT64 | __row_index INT64 | s STRUCT<x INT64, X INT64>
          1       | 2       | 3                 | {"x":"4","X":"5"}
  09:00:04 +1ms jobs.query SELECT
    sql   SELECT masked
    rows  i INT64 | tags ARRAY<INT64> | y BYTES
          1       | [1]               | aGk=
          ***     | ["x"]             | no bytes
  09:00:05 +1ms jobs.query SELECT
    sql   SELECT whole
    rows  i INT64 | tags ARRAY<INT64> | y BYTES
          1       | [1,2]             | aGk=
  09:00:06 +1ms jobs.query SELECT
    sql   SELECT nothing
    rows  i INT64
`);

const recorded: [string, WrittenSession, atLeast: number][] = [
  ['every type there is', zoo, 5],
  ...Object.values(oddSessions).map((session): [string, WrittenSession, number] => [session.name, session, 1]),
  ['a whole night', { ...salesSession(), exchanges: salesSession().exchanges.slice(0, 9) }, 3],
];

it.each(recorded)('rows that came along are those of the recorded answers: %s', async (_case, session, atLeast) => {
  const bundle = join(folder, `${session.name}.wacz`);
  const { writerKey, exporterKey } = await recordSession(session, bundle, { derived: true });
  const rebuilt = await readResults([bundle], [writerKey]);
  const derived = await readResults([bundle], [writerKey, exporterKey]);
  expect(rebuilt.files).toEqual([]);
  expect(derived.files).not.toEqual([]);
  expect(derived.results).toEqual(rebuilt.results);
  expect(Object.keys(derived.results).length).toBeGreaterThanOrEqual(atLeast);
});

it('only odd cells cost a column its type', async () => {
  const { results } = await readResults([join(folder, 'zoo.wacz')], []);
  const problems = Object.values(results).map((result) => (result as { problems: string[] }).problems.length);
  expect(problems).toEqual([0, 0, 0, 0, 3, 0, 0]);
});

it('rows of a second bundle count on from the first', async () => {
  const bundles = [join(folder, 'zoo.wacz'), join(folder, 'second.wacz')];
  const { writerKey, exporterKey } = await recordSession({ ...oddSessions.inTurns, name: 'second' }, bundles[1]!, { derived: true });
  const rebuilt = await readResults(bundles, [writerKey]);
  const derived = await readResults(bundles, [writerKey, exporterKey]);
  expect(derived.files.map((name) => name.split('-')[1])).toEqual(expect.arrayContaining(['2']));
  expect(derived.results).toEqual(rebuilt.results);
});

const pinned = [planWriterKey.text, planExporterKey.text];
const planned = join(folder, 'planned.wacz');

it('what was taken out of an answer, or never was in it, is not in the rows', async () => {
  const plan = planStory('derived', false);
  redactColumn(plan, story.people, 1);
  redactBody(plan, story.rows, 'response');
  await writePlan(plan, join(folder, 'draft.wacz'));
  await addDerived(join(folder, 'draft.wacz'), planned, planEnding(plan, plan.leaves));
  const rebuilt = await readResults([planned], [planWriterKey.text]);
  const derived = await readResults([planned], pinned);
  expect(derived.files).not.toEqual([]);
  expect(derived.results).toEqual(rebuilt.results);
  expect(Object.keys(derived.results).map(Number)).toEqual([story.people, story.secret, story.sealed, story.large, story.unfinished]);
  expect(derived.results[story.people]).toMatchObject({
    problems: ['The column "email" was taken out of the bundle: its cells hold no values.'],
    rows: expect.arrayContaining([['2', 'Zoë ✓', '[redacted]', '9007199254740993']]),
  });
});

it('whoever has nothing but DuckDB can read them', async () => {
  const members = readMembers(readFileSync(planned));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const path of [resultTablePath, rowsPath(1)]) writeFileSync(join(folder, path.split('/')[1]!), members.get(path)!);
  const query = `SELECT name, reported_rows FROM '${folder}/rows-0001.parquet' JOIN '${folder}/result.parquet' ON __result = number WHERE number = ${story.secret}`;
  expect((await connection.runAndReadAll(query)).getRowsJson()).toEqual([
    ['Zoë ✓', '2'],
    ['Bob "B" \\ Ltd', '2'],
  ]);
  connection.closeSync();
  instance.closeSync();
});

it('rows that say something else are read from nobody but who is pinned', async () => {
  const mallory = toSignerKey('mallory.example', Buffer.alloc(32, 13));
  const forged = join(folder, 'forged.wacz');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const [told, lie] = [join(folder, 'rows-0001.parquet'), join(folder, 'lie.parquet')];
  await connection.run(`COPY (SELECT * REPLACE ('nobody' AS name) FROM '${told}') TO '${lie}' (FORMAT parquet)`);
  await forgeBundle(planned, forged, mallory, (members) => members.set(rowsPath(1), readFileSync(lie)));
  const namesIn = async (keys: readonly string[]): Promise<string> => JSON.stringify((await readResults([forged], keys)).results);
  expect(await namesIn([planWriterKey.text])).not.toContain('nobody');
  expect(await namesIn(pinned)).not.toContain('nobody');
  // Whoever pins a key believes its holder: this is what pinning means.
  expect(await namesIn([planWriterKey.text, mallory.text])).toContain('nobody');
  connection.closeSync();
  instance.closeSync();
});

it.each([
  ['are no table', () => Buffer.from('PAR1 nonsense PAR1')],
  ['are of something else', (list: Buffer) => list],
])('rows that %s are made of the recorded answers', async (_case, change) => {
  const odd = join(folder, `${_case.replaceAll(' ', '-')}.wacz`);
  await forgeBundle(planned, odd, planExporterKey, (members) => members.set(rowsPath(1), change(members.get(resultTablePath)!)));
  expect((await readResults([odd], pinned)).results).toEqual((await readResults([planned], [planWriterKey.text])).results);
});
