import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { BigQueryError } from '../../bigquery/error-envelope.ts';
import type { Engine, LoadFormat } from '../engine/engine.ts';
import type { DatasetReference, TableInput, TableSchema } from '../engine/resource.ts';

const formats: Readonly<Record<string, LoadFormat>> = {
  '.csv': 'CSV',
  '.ndjson': 'NEWLINE_DELIMITED_JSON',
  '.jsonl': 'NEWLINE_DELIMITED_JSON',
  '.parquet': 'PARQUET',
  '.avro': 'AVRO',
};

export type SeededTable = { readonly table: string; readonly rows: string };

/**
 * Fills a sandbox from a folder, in order of name:
 * `DATASET/dataset.json` what datasets.insert takes (location, description, labels, …);
 * `DATASET/TABLE.{csv,ndjson,jsonl,parquet,avro}` a table, also with `.gz` behind, replacing what is there;
 * `DATASET/TABLE.schema.json` its columns, as a list or as a table resource with partitioning, clustering and description; detected without it;
 * `DATASET/*.sql` and `*.sql` scripts, run when their folder's tables are there.
 * Throws on the first thing that does not fit, naming the file, and the line where there is one.
 */
export async function loadFolder(engine: Engine, projectId: string, folder: string): Promise<SeededTable[]> {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} to seed from.`);
  if (!(await stat(folder)).isDirectory())
    throw new Error(`${folder} is no folder: --seed takes one that holds DATASET/TABLE.csv and the like.`);
  const seeded: SeededTable[] = [];
  const entries = (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries)
    if (entry.isDirectory() && !entry.name.startsWith('.'))
      seeded.push(...(await loadDataset(engine, { projectId, datasetId: entry.name }, join(folder, entry.name))));
  await runScripts(
    engine,
    { projectId },
    folder,
    entries.filter((entry) => entry.isFile()).map(({ name }) => name),
  );
  return seeded;
}

async function loadDataset(engine: Engine, dataset: DatasetReference, folder: string): Promise<SeededTable[]> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith('.')).toSorted();
  const unknown = files.find((file) => !isKnown(file));
  if (unknown !== undefined)
    throw new Error(
      `${join(folder, unknown)} is nothing to seed from: use TABLE.csv, .ndjson, .jsonl, .parquet, .avro, TABLE.schema.json, dataset.json or .sql.`,
    );
  await createDataset(engine, dataset, join(folder, 'dataset.json'));
  const seeded: SeededTable[] = [];
  const tables = new Set<string>();
  for (const file of files.filter((each) => formatOf(each) !== undefined)) {
    const tableId = tableOf(file);
    if (tables.has(tableId)) throw new Error(`${join(folder, file)} is a second file for the table ${dataset.datasetId}.${tableId}.`);
    tables.add(tableId);
    seeded.push(await loadFile(engine, dataset, folder, file));
  }
  for (const file of files.filter((each) => each.endsWith('.schema.json') && !tables.has(each.slice(0, -'.schema.json'.length))))
    seeded.push(await createEmpty(engine, dataset, folder, file));
  await runScripts(engine, dataset, folder, files);
  return seeded;
}

const plain = (file: string): string => file.replace(/\.gz$/, '');
const formatOf = (file: string): LoadFormat | undefined => formats[extname(plain(file))];
const tableOf = (file: string): string => basename(plain(file), extname(plain(file)));
const isKnown = (file: string): boolean =>
  formatOf(file) !== undefined ||
  file.endsWith('.schema.json') ||
  file === 'dataset.json' ||
  file.endsWith('.sql') ||
  /^readme(\.\w+)?$/i.test(file);

async function createDataset(engine: Engine, reference: DatasetReference, path: string): Promise<void> {
  const given = existsSync(path) ? ((await readJson(path)) as object) : {};
  await naming(path, async () => {
    if (engine.catalog.findDataset(reference)) await engine.catalog.patchDataset(reference, given as Record<string, unknown>);
    else await engine.catalog.createDataset({ ...given, datasetReference: reference });
  });
}

async function loadFile(engine: Engine, dataset: DatasetReference, folder: string, file: string): Promise<SeededTable> {
  const destination = { ...dataset, tableId: tableOf(file) };
  const schemaPath = join(folder, `${destination.tableId}.schema.json`);
  const shape = existsSync(schemaPath) ? await readShape(schemaPath) : undefined;
  const path = join(folder, file);
  return naming(path, async () => {
    const { outputRows } = await engine.load({
      destination,
      sources: [{ path }],
      format: formatOf(file)!,
      autodetect: shape?.schema === undefined,
      ...shape,
      ...(shape?.schema && formatOf(file) === 'CSV' && { skipLeadingRows: await countHeader(path, file, shape.schema) }),
      allowQuotedNewlines: true,
      useAvroLogicalTypes: true,
      decimalTargetTypes: ['NUMERIC', 'BIGNUMERIC', 'STRING'],
      writeDisposition: 'WRITE_TRUNCATE',
    });
    return { table: `${dataset.datasetId}.${destination.tableId}`, rows: outputRows };
  });
}

/** With a schema nothing is detected: a first line that is the names of the columns is passed over. */
async function countHeader(path: string, file: string, { fields }: TableSchema): Promise<number> {
  if (file.endsWith('.gz')) return 0;
  const [first = ''] = (await readFile(path, 'utf8')).split(/\r?\n/, 1);
  const names = first
    .replace(/^\uFEFF/, '')
    .split(/[,;\t|]/)
    .map((name) => name.trim().replaceAll('"', '').toLowerCase());
  return names.length > 0 && names.every((name, index) => name === fields[index]?.name.toLowerCase()) ? 1 : 0;
}

async function createEmpty(engine: Engine, dataset: DatasetReference, folder: string, file: string): Promise<SeededTable> {
  const tableReference = { ...dataset, tableId: file.slice(0, -'.schema.json'.length) };
  const shape = await readShape(join(folder, file));
  await naming(join(folder, file), async () => {
    if (engine.catalog.findTable(tableReference)) await engine.catalog.deleteTable(tableReference);
    await engine.catalog.createTable({ ...shape, tableReference });
  });
  return { table: `${dataset.datasetId}.${tableReference.tableId}`, rows: '0' };
}

type Shape = Omit<TableInput, 'tableReference'>;

/** `bq show --schema` gives a list of columns, `bq show --format=json` a table. */
async function readShape(path: string): Promise<Shape> {
  const json = await readJson(path);
  if (Array.isArray(json)) return { schema: { fields: json } };
  const { schema, fields, timePartitioning, rangePartitioning, clustering, labels, description } = json as TableInput & TableSchema;
  const shape = { schema: schema ?? (fields && { fields }), timePartitioning, rangePartitioning, clustering, labels, description };
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    throw new Error(`${path}:${text.slice(0, at).split('\n').length} is no JSON: ${message}`, { cause: error });
  }
}

async function runScripts(
  engine: Engine,
  home: { projectId: string; datasetId?: string },
  folder: string,
  files: readonly string[],
): Promise<void> {
  for (const file of files.filter((each) => each.endsWith('.sql')).toSorted()) {
    const path = join(folder, file);
    const sql = await readFile(path, 'utf8');
    const { projectId, datasetId } = home;
    if (sql.trim() !== '')
      await naming(path, () =>
        engine.query({ sql, projectId, ...(datasetId !== undefined && { defaultDataset: { projectId, datasetId } }) }),
      );
  }
}

/** What went wrong with a file says which file, and where in it. */
async function naming<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BigQueryError)) throw error;
    const details = (error as { errors?: readonly { message: string }[] }).errors ?? [];
    const message = (details[1] ?? error).message.replace('Error while reading data, error message: ', '');
    const line = /line_number: (\d+)/.exec(message)?.[1] ?? / at \[(\d+):\d+\]$/.exec(message)?.[1] ?? (await lineOf(path, message));
    throw new Error(`${path}${line === undefined ? '' : `:${line}`} cannot be loaded: ${message}`, { cause: error });
  }
}

/** JSON rows are told by their byte. */
async function lineOf(path: string, message: string): Promise<string | undefined> {
  const position = /row starting at position (\d+)/.exec(message)?.[1];
  if (position === undefined || path.endsWith('.gz')) return undefined;
  const before = (await readFile(path)).subarray(0, Number(position)).toString();
  return String(before.split('\n').length);
}
