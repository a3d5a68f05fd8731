import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { CELL_BYTES, type DisclosureName, type DisclosureValue } from '../../shared/bundle/format.ts';
import { parseResultTable } from '../../shared/bundle/result-columns.ts';
import { openManifest } from '../archive/open-recording.ts';
import type { RecordingManifest } from '../archive/recording-manifest.ts';
import { contentKeyFile, loadContentKey } from '../record/content-free/content-key.ts';
import type { LifecycleContext } from './lifecycle-context.ts';
import { recordingMembers } from './recording-members.ts';
import { SessionSource, type SourceExchange, type SourceLeaf } from './session-source.ts';

type FoundValue = {
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

/** Of an answer that was not kept, where nothing says what its columns are called. */
const UNNAMED = '?';

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
  const unnamed = new Map<number, FoundValue>();
  await source.walk(async (leaf, ended) => {
    if (ended !== undefined) add(ended, await matchRows(source, ended, wanted));
    if (wanted.cell === undefined) return;
    if (ended !== undefined) {
      const matches = await matchCells(source, ended.exchangeId, wanted.cell);
      const names = disclosed(leaf, 'result-names');
      if (names === undefined) countCells(unnamed, manifest, ended, matches);
      else add(ended, toTable(names, matches));
    }
    const named = await nameCells(source, leaf, wanted.cell);
    if (named === undefined) return;
    unnamed.delete(named.number);
    add(named, named.table);
  });
  found.push(...unnamed.values());
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

/** Which cells of an answer that was not kept are the value's digest. */
async function matchCells(source: SessionSource, exchangeId: string, wanted: Buffer): Promise<boolean[]> {
  const place = (await source.records(exchangeId)).find(({ record }) => record === 'cells');
  const cells = place === undefined ? Buffer.alloc(0) : await load((await source.body(place)).read());
  return Array.from({ length: Math.floor(cells.length / CELL_BYTES) }, (_, index) =>
    cells.subarray(index * CELL_BYTES, (index + 1) * CELL_BYTES).equals(wanted),
  );
}

/** How many cells make a row is not told. */
function countCells(
  found: Map<number, FoundValue>,
  manifest: RecordingManifest,
  exchange: SourceExchange,
  matches: readonly boolean[],
): void {
  const rows = matches.filter((isMatch) => isMatch).length;
  const { sessionId, name: session } = manifest;
  const { number, exchangeId } = exchange;
  if (rows > 0) found.set(number, { sessionId, session, exchange: number, exchangeId, column: UNNAMED, rows, by: 'cells' });
}

async function nameCells(source: SessionSource, found: SourceLeaf, wanted: Buffer) {
  const { leaf } = found;
  const value = disclosed(found, 'result-columns');
  if (leaf.kind !== 'columns' || value === undefined) return undefined;
  const matches = await matchCells(source, leaf.exchangeId, wanted);
  const table = toTable(
    value.columns.map(([name]) => name),
    matches,
  );
  return matches.length === 0 ? undefined : { number: leaf.exchange, exchangeId: leaf.exchangeId, table };
}

const disclosed = <Name extends DisclosureName>({ disclosed: values }: SourceLeaf, name: Name): DisclosureValue<Name> | undefined =>
  values.get(name)?.value as DisclosureValue<Name> | undefined;

/** Cells stand row by row. */
function toTable(names: readonly string[], matches: readonly boolean[]): Table {
  const rows = Array.from({ length: Math.ceil(matches.length / names.length) }, (_, row) =>
    matches.slice(row * names.length, (row + 1) * names.length),
  );
  return { names, rows, by: 'cells' };
}

async function load(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const loaded: Buffer[] = [];
  for await (const piece of pieces) loaded.push(piece);
  return Buffer.concat(loaded);
}
