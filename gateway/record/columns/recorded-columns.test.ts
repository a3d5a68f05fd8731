import { hash } from 'node:crypto';
import { cpSync, renameSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SessionLeaf } from '../../../shared/bundle/format.ts';
import type { JournalRecorder } from '../journal-recorder.ts';
import { listSegments } from '../list-segments.ts';
import { openRecorder } from '../open-recorder.ts';
import { recoverJournal } from '../recover-journal.ts';
import { anEnd, anIntent, aSession, recordExchange, sendBody } from '../testing/an-exchange.ts';
import { freshDirectory } from '../testing/fresh-directory.ts';
import { openExported } from '../testing/open-exported.ts';
import { AnswerFollower, type DueAnswer } from './follow-answers.ts';
import { PieceReader } from './piece-reader.ts';
import { recoverColumns } from './recover-columns.ts';

const aPage = (rows: number, text = 'Zoë'): Buffer =>
  Buffer.from(
    JSON.stringify({
      schema: { fields: [{ name: 'id' }, { name: 'name' }] },
      rows: Array.from({ length: rows }, (_, index) => ({ f: [{ v: String(index) }, { v: index % 7 === 0 ? null : `${text} ${index}` }] })),
      totalRows: String(rows),
    }),
  );

type Exported = {
  readonly leaves: readonly SessionLeaf[];
  readonly columns: ReadonlyMap<string, unknown>;
  readonly bodies: ReadonlyMap<string, Buffer>;
};

/** What the bundle of a session holds; `columns`: the disclosed digests by exchange. */
async function exported(directory: string, session: string): Promise<Exported> {
  const bundle = await openExported(directory, session);
  const leaves: SessionLeaf[] = [];
  for await (const { leaf } of bundle.leaves()) leaves.push(leaf);
  const disclosures = Buffer.from((await bundle.file('evidence/disclosures.ndjson'))!)
    .toString('utf8')
    .trim()
    .split('\n');
  const digests = new Map(disclosures.map((line) => [digestOf(line), JSON.parse(line)]));
  const columns = new Map<string, unknown>();
  for (const leaf of leaves)
    if (leaf.kind === 'columns' && leaf.missing === undefined)
      columns.set(leaf.exchangeId, digests.get(leaf.disclosed['result-columns']!)[2]);
  const bodies = new Map<string, Buffer>();
  for await (const { exchangeId } of bundle.exchanges())
    bodies.set(exchangeId, Buffer.from((await bundle.body(exchangeId, 'response')) ?? []));
  await bundle.close();
  return { leaves, columns, bodies };
}

describe('column digests of what is recorded', () => {
  it('stand in the session before its close, and a verifier computes the same from the bundle', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory, segmentBytes: 300_000 });
    const session = aSession(recorder);
    const withRows: string[] = [];
    for (const methodId of ['bigquery.jobs.query', 'bigquery.jobs.getQueryResults', 'bigquery.tabledata.list']) {
      withRows.push(await recordExchange(recorder, session, aPage(20_000), { methodId }));
      withRows.push(await recordExchange(recorder, session, gzipSync(aPage(50)), { methodId }));
    }
    const without = [
      await recordExchange(recorder, session, Buffer.from('{"jobComplete":false}')),
      await recordExchange(recorder, session, Buffer.from('{"rows":[{"f":[{"v":"1"}')),
      await recordExchange(recorder, session, aPage(10), { methodId: 'bigquery.jobs.get' }),
    ];
    await recorder.close();
    const { leaves, columns } = await exported(directory, session);
    expect([...columns.keys()].sort()).toEqual(withRows.sort());
    for (const id of without) expect(columns.has(id)).toBe(false);
    expect(leaves.at(-1)?.kind).toBe('session-close');
    expect([...columns.values()].map((value) => (value as { rows: number }).rows)).toEqual([20_000, 50, 20_000, 50, 20_000, 50]);
  });

  it('of exchanges that were complete before a crash are made at the restart', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory, segmentBytes: 200_000 });
    const session = aSession(recorder);
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) ids.push(await recordExchange(recorder, session, aPage(3_000, `row ${index}`)));
    const crashed = path.join(freshDirectory(), 'copy');
    cpSync(directory, crashed, { recursive: true });
    await recorder.close();
    expect(listSegments(crashed).length).toBeGreaterThan(2);
    const restarted = await openRecorder({ directory: crashed });
    await restarted.close();
    const { columns, leaves } = await exported(crashed, session);
    expect([...columns.keys()].sort()).toEqual(ids.sort());
    expect(leaves.at(-1)).toMatchObject({ kind: 'session-close', reason: 'recovered' });
  });

  it('are declared missing where the restart has no time for them', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory });
    const session = aSession(recorder);
    const exchangeId = await recordExchange(recorder, session, aPage(10));
    const carry = { ...(recorder as JournalRecorder).carry(), columnsFrom: path.basename(listSegments(directory)[0]!) };
    expect(recoverColumns(directory, carry, undefined, 0)).toMatchObject({ made: [], missing: [{ exchangeId }] });
    expect(recoverColumns(directory, carry)).toMatchObject({ made: [{ exchangeId }], missing: [] });
    await recorder.close();
  });

  it('are declared missing, and the session closes all the same, when their thread dies', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory });
    const session = aSession(recorder);
    const exchangeId = await recordExchange(recorder, session, aPage(10));
    // The thread reads the journal; without it, it cannot go on. The recorder's own descriptor is not touched.
    const [file] = listSegments(directory);
    renameSync(file!, `${file}.away`);
    await expect.poll(() => recorder.state().columnsFailure, { timeout: 10_000 }).toContain('ENOENT');
    renameSync(`${file}.away`, file!);
    await recorder.closeSession(session, 'idle');
    await recorder.close();
    const { leaves } = await exported(directory, session);
    expect(leaves.filter(({ kind }) => kind === 'columns')).toMatchObject([
      { exchangeId, missing: expect.stringContaining('could not be made') },
    ]);
  });

  it('hold up no exchange, only the close of the session', async () => {
    const directory = freshDirectory();
    const recorder = await openRecorder({ directory });
    const session = aSession(recorder);
    const due = (): number | undefined => (recorder as JournalRecorder).carry().sessions[0]?.columnsDue;
    for (let index = 1; index <= 5; index += 1) {
      await recordExchange(recorder, session, aPage(5_000));
      expect(due()).toBeGreaterThan(0);
    }
    const closing = recorder.closeSession(session, 'idle');
    expect(due()).toBeGreaterThan(0);
    await closing;
    expect(due()).toBeUndefined();
    await recorder.close();
    expect((await exported(directory, session)).columns.size).toBe(5);
  });
});

it('a follower reads on where the writer went on, and finds what is due once', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, segmentBytes: 100_000 });
  const follower = new AnswerFollower(directory, path.basename(listSegments(directory)[0]!));
  const session = aSession(recorder);
  const open = recorder.open(anIntent(session));
  open.responseHead(200, []);
  const found: string[] = [];
  const page = aPage(2_000);
  await sendBody(open, page.subarray(0, 10_000), 1_000);
  for (let index = 0; index < 6; index += 1) {
    const exchangeId = await recordExchange(recorder, session, page);
    while (follower.read(20_000));
    const [due] = follower.due;
    expect(due).toMatchObject({ exchangeId });
    expect(bytesOf(directory, due!).equals(page)).toBe(true);
    follower.take(due!);
    found.push(due!.exchangeId);
  }
  expect(new Set(found).size).toBe(6);
  expect(follower.oldest).toBe(path.basename(listSegments(directory)[0]!));
  await sendBody(open, page.subarray(10_000));
  await open.end(anEnd(page.length));
  while (follower.read());
  const [late] = follower.due;
  expect(bytesOf(directory, late!).equals(page)).toBe(true);
  await recorder.close();
});

it('a start after a crash looks again at answers that may hold rows, and at no others', async () => {
  const directory = freshDirectory();
  const recorder = await openRecorder({ directory, columnsEveryMs: 3_600_000 });
  const session = aSession(recorder);
  const wanted: string[] = [];
  for (const [body, isWanted] of [
    [Buffer.from('a row of a table'), false],
    [aPage(3), true],
    [Buffer.from('[{"rows":[]}]'), false],
    [Buffer.concat([Buffer.from(' \n'), aPage(3)]), true],
    [gzipSync(aPage(3)), true],
  ] as const) {
    const exchangeId = await recordExchange(recorder, session, body);
    if (isWanted) wanted.push(exchangeId);
  }
  const crashed = freshDirectory();
  cpSync(directory, crashed, { recursive: true });
  await recorder.close();
  const { answers } = recoverJournal(crashed);
  expect([...answers!.due].map(({ exchangeId }) => exchangeId)).toEqual(wanted);
});

function bytesOf(directory: string, { pieces }: DueAnswer): Buffer {
  const reader = new PieceReader(directory);
  const bytes = Buffer.concat([...reader.bytesOf(pieces)]);
  reader.close();
  return bytes;
}

const digestOf = (line: string): string => hash('sha256', line, 'hex');
