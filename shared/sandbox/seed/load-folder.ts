import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Engine, LoadFormat } from '../engine/engine.ts';

const formats: Readonly<Record<string, LoadFormat>> = {
  '.csv': 'CSV',
  '.ndjson': 'NEWLINE_DELIMITED_JSON',
  '.jsonl': 'NEWLINE_DELIMITED_JSON',
  '.parquet': 'PARQUET',
};

export type SeededTable = { readonly table: string; readonly rows: string };

/** Loads DATASET/TABLE.{csv,ndjson,jsonl,parquet} below `folder`, each as one table, its schema detected. Throws on the first file that does not load, naming it. */
export async function loadFolder(engine: Engine, projectId: string, folder: string): Promise<SeededTable[]> {
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder} to seed from.`);
  const seeded: SeededTable[] = [];
  const datasets = (await readdir(folder, { withFileTypes: true })).filter((each) => each.isDirectory());
  for (const { name: datasetId } of datasets) {
    if (engine.catalog.findDataset({ projectId, datasetId }) === undefined)
      await engine.catalog.createDataset({ datasetReference: { projectId, datasetId } });
    const files = (await readdir(join(folder, datasetId))).filter((file) => extname(file) in formats).toSorted();
    for (const file of files) seeded.push(await loadFile(engine, { projectId, datasetId }, join(folder, datasetId, file)));
  }
  return seeded;
}

async function loadFile(
  engine: Engine,
  dataset: { readonly projectId: string; readonly datasetId: string },
  path: string,
): Promise<SeededTable> {
  const destination = { ...dataset, tableId: basename(path, extname(path)) };
  const format = formats[extname(path)] as LoadFormat;
  try {
    const { outputRows } = await engine.load({
      destination,
      sources: [{ path }],
      format,
      autodetect: true,
      writeDisposition: 'WRITE_TRUNCATE',
    });
    return { table: `${destination.datasetId}.${destination.tableId}`, rows: outputRows };
  } catch (error) {
    throw new Error(`${path} cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}
