import type { TableFieldSchema } from '../../shared/googlesql/types/table-field-schema.ts';
import { createEngine } from '../../shared/sandbox/engine/create-engine.ts';
import type { Engine } from '../../shared/sandbox/engine/engine.ts';
import { tables } from './lineage-schemas.ts';
import { createRandom } from './mutate-statement.ts';

/** A column or a field, by its path; of an array of records `phones` is its length too, `phones.kind` the elements alone. */
export type Leaf = { readonly tableId: string; readonly path: readonly string[] };
type Json = string | number | null | Json[] | { [name: string]: Json };
type Table = { readonly tableId: string; readonly fields: readonly TableFieldSchema[] };

const ROWS = 9;
const TEXTS = ['a', 'b', 'x', 'y', 'ax', 'Rome', '1'];

const baseTables: readonly Table[] = tables
  .filter(({ viewSql }) => viewSql === undefined)
  .map(({ path, fields }) => ({ tableId: path.tableId.replace('*', '2020'), fields }));

const FUNCTIONS = [
  "CREATE FUNCTION initial(s ANY TYPE) AS (CONCAT(SUBSTR(s, 1, 1), '***'))",
  'CREATE FUNCTION twice(s ANY TYPE) AS (initial(initial(s)))',
  'CREATE FUNCTION pick(c ANY TYPE, a ANY TYPE, b ANY TYPE) AS (IF(c, a, b))',
  'CREATE FUNCTION secret_of(key ANY TYPE) AS ((SELECT MAX(secret) FROM secrets WHERE k = key))',
  'CREATE FUNCTION constant(s ANY TYPE) AS (42)',
  'CREATE TABLE FUNCTION people_of(town STRING) AS SELECT id, email FROM people WHERE address.city = town',
];

/** Every column and field of the probes' tables. */
export const leaves: readonly Leaf[] = baseTables.flatMap(({ tableId, fields }) =>
  fields.flatMap((field) => leavesOf(field).map((path) => ({ tableId, path }))),
);

function leavesOf({ name, fields, mode }: TableFieldSchema): string[][] {
  if (!fields) return [[name]];
  const within = fields.flatMap((field) => leavesOf(field).map((path) => [name, ...path]));
  return mode === 'REPEATED' ? [[name], ...within] : within;
}

/** The leaf's own values come from another seed. */
function drawValue(field: TableFieldSchema, path: readonly string[], row: number, changed: readonly string[] | undefined): Json {
  const here = [...path, field.name];
  const isChanged = changed?.join('.') === here.join('.');
  const random = createRandom(hash(`${here.join('.')} ${row} ${isChanged ? 'changed' : ''}`));
  if (field.mode !== 'REPEATED') return scalar(field, here, row, changed, random);
  return Array.from({ length: random(3) + (isChanged ? 1 : 0) }, (_, index) => scalar(field, here, row * 10 + index, changed, random));
}

function scalar(
  field: TableFieldSchema,
  here: readonly string[],
  row: number,
  changed: readonly string[] | undefined,
  random: (n: number) => number,
): Json {
  const inner = (field.fields ?? []).map((each) => [each.name, drawValue(each, here, row, changed)] as const);
  if (inner.length > 0) return Object.fromEntries(inner);
  switch (field.type) {
    case 'INTEGER':
      return random(6);
    case 'FLOAT':
    case 'NUMERIC':
      return random(8);
    case 'DATE':
      return `2020-01-0${1 + random(8)}`;
    case 'TIMESTAMP':
      return `2020-01-0${1 + random(8)}T00:00:00Z`;
    case 'JSON':
      return `{"a": {"b": ${random(8)}}}`;
    default:
      return random(8) === 0 && field.mode !== 'REPEATED' ? null : (TEXTS[random(TEXTS.length)] as string);
  }
}

const hash = (text: string): number => [...text].reduce((sum, character) => Math.imul(sum, 31) + character.charCodeAt(0), 7) >>> 0;

export const datasetOf = (leaf: Leaf | undefined): string => (leaf ? `d_${leaf.tableId}_${leaf.path.join('_')}` : 'd');

/** An engine with one dataset as it is, `d`, and one per leaf in which that alone holds other values. Without `tableIds`, with all tables. */
export async function createProbeEngine(tableIds: readonly string[] = baseTables.map(({ tableId }) => tableId)): Promise<Engine> {
  const engine = await createEngine({ threads: 1 });
  const wanted = baseTables.filter(({ tableId }) => tableIds.includes(tableId));
  for (const leaf of [undefined, ...leaves])
    if (leaf === undefined || tableIds.includes(leaf.tableId)) await fillDataset(engine, leaf, wanted);
  return engine;
}

async function fillDataset(engine: Engine, leaf: Leaf | undefined, wanted: readonly Table[]): Promise<void> {
  const datasetId = datasetOf(leaf);
  await engine.catalog.createDataset({ datasetReference: { projectId: 'p', datasetId } });
  for (const { tableId, fields } of wanted) {
    const tableReference = { projectId: 'p', datasetId, tableId };
    await engine.catalog.createTable({ tableReference, schema: { fields: fields as never } });
    const changed = leaf?.tableId === tableId ? leaf.path : undefined;
    const rows = Array.from({ length: ROWS }, (_, row) => ({
      json: Object.fromEntries(fields.map((field) => [field.name, drawValue(field, [tableId], row, changed && [tableId, ...changed])])),
    }));
    const outcome = await engine.insertRows(tableReference, rows as never);
    if (JSON.stringify(outcome).includes('"reason"')) throw new Error(`Rows of ${tableId}: ${JSON.stringify(outcome).slice(0, 300)}`);
  }
  const views = tables.flatMap(({ path, fields, viewSql }) =>
    viewSql === undefined || (viewSql.includes('orders') && wanted.length < baseTables.length)
      ? []
      : [`CREATE VIEW ${path.tableId} (${fields.map(({ name }) => name).join(', ')}) AS ${viewSql}`],
  );
  for (const sql of [...views, ...FUNCTIONS])
    await engine.query({ sql: qualified(sql, datasetId), projectId: 'p', defaultDataset: { datasetId } });
}

/** Bodies of views name their tables in full. */
const qualified = (sql: string, datasetId: string): string =>
  sql.replace(/\b(FROM|JOIN) (\w+)/g, (_, word, name) => `${word} ${datasetId}.${name}`);
