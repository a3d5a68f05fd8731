import { createHash } from 'node:crypto';
import { sealAll } from '../../../gateway/archive/testing/an-archive.ts';
import { FLAG_CHUNK_BEGINS, frameTypes, SALT_BYTES, sideOf } from '../../../gateway/record/frame.ts';
import { checkJournal } from '../../../gateway/record/fsck.ts';
import { listSegments } from '../../../gateway/record/list-segments.ts';
import { openRecorder } from '../../../gateway/record/open-recorder.ts';
import { readFrames } from '../../../gateway/record/read-frames.ts';
import { Ledger } from '../../../gateway/session/ledger.ts';
import { readRecords } from '../ledgers/read-records.ts';

/** What the workload had said when the crash came. */
export type Said = {
  readonly intents: ReadonlySet<string>;
  readonly ends: ReadonlySet<string>;
  readonly owners: ReadonlySet<string>;
  /** SHA-256 of the bodies of those whose end was written, perhaps not yet durable. */
  readonly bodies: ReadonlyMap<string, string>;
};

/** Starts on what a crash left, and compares what is there afterwards with what had been said before. Names every broken promise. */
export async function checkState(directory: string, said: Said, exports: boolean): Promise<string[]> {
  try {
    const recorder = await openRecorder({ directory, reserveBytes: 8_192, reconcile: async () => ({ state: 'running' }) });
    await recorder.close();
  } catch (error) {
    return [`it did not start: ${(error as Error).message}`];
  }
  const recorded = readJournal(directory);
  const faults = [...checkJournal(directory).findings, ...compare(recorded, said), ...(await checkOwners(directory, said.owners))];
  return exports ? [...faults, ...(await readRecords(directory)).faults] : faults;
}

/** The same where closed sessions are sealed: what was begun is ended, and all is read from exports, wherever it lies. */
export async function checkSealedState(directory: string, said: Said): Promise<string[]> {
  try {
    const recorder = await openRecorder({ directory, reserveBytes: 8_192, reconcile: async () => ({ state: 'running' }) });
    await sealAll(directory, recorder);
    await recorder.close();
    const { exchanges, faults } = await readRecords(directory);
    const recorded = new Map(
      exchanges.map((each) => [each.exchangeId, { ends: each.end === undefined ? [] : [each.end.kind], bodySha256: each.responseSha256 }]),
    );
    return [...checkJournal(directory).findings, ...faults, ...compare(recorded, said), ...(await checkOwners(directory, said.owners))];
  } catch (error) {
    return [`it did not start, seal or export: ${(error as Error).message}`];
  }
}

type Recorded = { readonly ends: readonly string[]; readonly bodySha256: string };

type Draft = { readonly ends: string[]; readonly body: Buffer[] };

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function readJournal(directory: string): Map<string, Recorded> {
  const byId = new Map<string, Draft>();
  const byNumber = new Map<string, Draft>();
  for (const file of listSegments(directory)) {
    for (const { header, payload } of readFrames(file)) {
      const number = `${header.session}/${header.exchange}`;
      if (header.type === frameTypes.body && sideOf(header) === 'response')
        byNumber.get(number)?.body.push(Buffer.from(payload.subarray((header.flags & FLAG_CHUNK_BEGINS) === 0 ? 0 : SALT_BYTES)));
      if (header.type !== frameTypes.leaf) continue;
      const { kind, exchangeId } = JSON.parse(payload.toString('utf8')) as { kind: string; exchangeId?: string };
      if (kind === 'intent') {
        const recorded: Draft = { ends: [], body: [] };
        byId.set(exchangeId!, recorded);
        byNumber.set(number, recorded);
      }
      if (kind === 'end' || kind === 'reconcile') byId.get(exchangeId!)?.ends.push(kind);
    }
  }
  return new Map([...byId].map(([id, { ends, body }]) => [id, { ends, bodySha256: sha256Of(Buffer.concat(body)) }]));
}

function compare(recorded: ReadonlyMap<string, Recorded>, said: Said): string[] {
  const faults: string[] = [];
  for (const id of said.intents) if (!recorded.has(id)) faults.push(`the intent of ${id} is gone`);
  for (const id of said.ends) if (recorded.get(id)?.ends[0] !== 'end') faults.push(`the end of ${id} is gone`);
  for (const [id, { ends, bodySha256 }] of recorded) {
    if (ends.length !== 1) faults.push(`${id} has ${ends.length} ends`);
    if (ends[0] !== 'end') continue;
    if (said.bodies.get(id) !== bodySha256) faults.push(`${id} has an end that nobody wrote, or another body`);
  }
  return faults;
}

async function checkOwners(directory: string, owners: ReadonlySet<string>): Promise<string[]> {
  const ledger = new Ledger(directory);
  const lost = [...owners].filter((id) => ledger.findJob('p', id) === undefined);
  await ledger.close();
  return lost.map((id) => `the job ${id} has no owner any more`);
}
