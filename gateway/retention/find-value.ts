import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { CELL_BYTES, type DisclosureValue } from '../../shared/bundle/format.ts';
import { parseResultTable } from '../../shared/bundle/result-columns.ts';
import { openManifest } from '../archive/open-recording.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import { contentKeyFile, loadContentKey } from '../record/content-free/content-key.ts';
import type { LifecycleContext } from './lifecycle-context.ts';
import { recordingMembers } from './recording-members.ts';
import { SessionSource, type SourceExchange, type SourceLeaf } from './session-source.ts';

export type FoundValue = {
  readonly sessionId: string;
  readonly session: string;
  readonly exchange: number;
  readonly exchangeId: string;
  readonly column: string;
  readonly rows: number;
  /** In rows that were kept, or only by their keyed digests. */
  readonly by: 'rows' | 'cells';
};

export type ValueSearch = {
  readonly found: readonly FoundValue[];
  readonly sessions: number;
  /** Recordings that nobody can read any more: their subject was erased. */
  readonly erased: number;
};

type Wanted = { readonly json: string; readonly cell: Buffer | undefined };
type Table = { readonly names: readonly string[]; readonly rows: readonly (readonly boolean[])[]; readonly by: FoundValue['by'] };

/** Whether a value was ever in an answer: compared with rows that were kept, and with keyed digests of those that were not. Tells no other value. */
export async function findValue(context: LifecycleContext, value: string, session?: string): Promise<ValueSearch> {
  const { archive } = context;
  const wanted = toWanted(archive.directory, value);
  const found: FoundValue[] = [];
  let sessions = 0;
  let erased = 0;
  for (const { manifest } of [...archive.index.all()]) {
    if (session !== undefined && manifest.sessionId !== session) continue;
    if (archive.keys.byId(manifest.principal.keyId) === undefined) erased += 1;
    else {
      sessions += 1;
      found.push(...(await findIn(context, manifest, wanted)));
    }
  }
  return { found, sessions, erased };
}

/** A cell's value as BigQuery writes it is a text; JCS of a text is its JSON. */
function toWanted(directory: string, value: string): Wanted {
  const json = JSON.stringify(value);
  const key = existsSync(contentKeyFile(directory)) ? loadContentKey(directory) : undefined;
  return { json, cell: key && createHmac('sha256', key).update(json).digest().subarray(0, CELL_BYTES) };
}

async function findIn({ archive }: LifecycleContext, manifest: RecordingManifest, wanted: Wanted): Promise<FoundValue[]> {
  const source = SessionSource.ofRecording(recordingMembers(openManifest(manifest, archive.store, archive.keys)), manifest.software);
  const found: FoundValue[] = [];
  const add = (exchange: { readonly number: number; readonly exchangeId: string }, table: Table | undefined): void => {
    for (const [column, name] of (table?.names ?? []).entries()) {
      const rows = table!.rows.filter((row) => row[column] === true).length;
      const { sessionId, name: sessionName } = manifest;
      if (rows > 0)
        found.push({
          sessionId,
          session: sessionName,
          exchange: exchange.number,
          exchangeId: exchange.exchangeId,
          column: name,
          rows,
          by: table!.by,
        });
    }
  };
  await source.walk(async (leaf, ended) => {
    if (ended !== undefined) add(ended, await matchRows(source, ended, wanted));
    const cells = wanted.cell === undefined ? undefined : await matchCells(source, leaf, wanted.cell);
    if (cells !== undefined) add(cells, cells.table);
  });
  return found;
}

async function matchRows(source: SessionSource, { exchangeId }: SourceExchange, { json }: Wanted): Promise<Table | undefined> {
  const place = (await source.records(exchangeId)).find(({ record }) => record === 'response' || record === 'conversion');
  const table = place && parseResultTable(await load((await source.body(place)).read()));
  if (table === undefined) return undefined;
  // Within arrays and structs each value stands as {"v":…}.
  const nested = `"v":${json}}`;
  return { names: table.names, rows: table.rows.map((row) => row.map((cell) => cell === json || cell.includes(nested))), by: 'rows' };
}

/** Where the leaf `columns` stands, rows and names are known: cells are only their digests, one after the other. */
async function matchCells(source: SessionSource, { leaf, disclosed }: SourceLeaf, wanted: Buffer) {
  if (leaf.kind !== 'columns') return undefined;
  const value = disclosed.get('result-columns')?.value as DisclosureValue<'result-columns'> | undefined;
  const place = (await source.records(leaf.exchangeId)).find(({ record }) => record === 'cells');
  if (value === undefined || place === undefined) return undefined;
  const cells = await load((await source.body(place)).read());
  const names = value.columns.map(([name]) => name);
  const rows: boolean[][] = [];
  for (let row = 0; (row + 1) * names.length * CELL_BYTES <= cells.length; row += 1) {
    const at = (column: number): number => (row * names.length + column) * CELL_BYTES;
    rows.push(names.map((_, column) => cells.subarray(at(column), at(column) + CELL_BYTES).equals(wanted)));
  }
  return { number: leaf.exchange, exchangeId: leaf.exchangeId, table: { names, rows, by: 'cells' as const } };
}

async function load(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const loaded: Buffer[] = [];
  for await (const piece of pieces) loaded.push(piece);
  return Buffer.concat(loaded);
}
