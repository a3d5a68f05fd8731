import { Readable } from 'node:stream';
import type { Engine } from '../engine/engine.ts';
import type { TableReference } from '../engine/resource.ts';
import { githubRows, nameRows, type PublicRow, shakespeareRows, weatherRows } from './public-rows.ts';
import { publicSchemas } from './public-schemas.ts';

const rowsOf: Readonly<Record<string, () => readonly PublicRow[]>> = {
  shakespeare: shakespeareRows,
  github_nested: githubRows,
  gsod: weatherRows,
  usa_1910_2013: () => nameRows(2013),
  usa_1910_current: () => nameRows(2025),
};

/** `publicdata` is the older name of the same project; only the samples were ever under it. */
const datasetsOf: Readonly<Record<string, readonly string[]>> = {
  'bigquery-public-data': ['samples', 'usa_names'],
  publicdata: ['samples'],
};

/**
 * Tables that examples and client libraries' own tests read from Google's public projects: their columns, and a few hundred rows made here.
 * What is there already is left alone.
 */
export async function seedPublicData(engine: Engine): Promise<void> {
  for (const [projectId, datasetIds] of Object.entries(datasetsOf)) {
    for (const datasetId of datasetIds) {
      const datasetReference = { projectId, datasetId };
      if (!engine.catalog.findDataset(datasetReference)) await engine.catalog.createDataset({ datasetReference, location: 'US' });
      for (const tableId of Object.keys(publicSchemas[datasetId]!)) await seedTable(engine, { ...datasetReference, tableId });
    }
  }
}

async function seedTable(engine: Engine, destination: TableReference): Promise<void> {
  if (engine.catalog.findTable(destination) !== undefined) return;
  const { datasetId, tableId } = destination;
  const lines = rowsOf[tableId]!().map((row) => `${JSON.stringify(row)}\n`);
  await engine.load({
    destination,
    sources: [{ stream: Readable.from([Buffer.from(lines.join(''))]) }],
    format: 'NEWLINE_DELIMITED_JSON',
    schema: publicSchemas[datasetId]![tableId]!,
  });
}
