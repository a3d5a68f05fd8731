import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../../shared/bundle/testing/create-random.ts';
import type { Config } from '../../config.ts';
import { checkJournal } from '../../record/fsck.ts';
import { listSegments } from '../../record/list-segments.ts';
import { listSessions } from '../../record/list-sessions.ts';
import { openRecorder } from '../../record/open-recorder.ts';
import { aDirectory } from '../../record/testing/an-exchange.ts';
import { compare, type Ledger, runChild } from '../../record/testing/kill-once.ts';
import { type Archive, openArchive } from '../archive.ts';
import { manifestName, RECORDINGS_PREFIX } from '../recording-manifest.ts';
import { stagingFolder } from '../seal-session.ts';
import { Sealer } from '../seal-sessions.ts';
import { sweepArchive } from '../sweep-archive.ts';

export type SealKillOutcome = {
  readonly acknowledged: number;
  /** Sealed when the last kill came, before anybody went on. */
  readonly sealedByTheDead: number;
  readonly sessions: number;
  readonly retired: number;
  /** What went wrong; empty when every promise held. */
  readonly faults: readonly string[];
};

/** Kills a process that records and seals, `kills` times on one data directory, each at a random moment; then goes on where it was and looks at everything. */
export async function killSealing(seed: number, kills: number, storage?: Config['storage'], agents = 6): Promise<SealKillOutcome> {
  const { directory, remove } = aDirectory();
  const random = createRandom(seed);
  const script = path.join(import.meta.dirname, 'seal-child.ts');
  if (storage !== undefined) process.env['STENO_TEST_STORAGE'] = JSON.stringify(storage);
  try {
    const ledgers: Ledger[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
      // But for one in five it has sealed something before, however slow the machine is.
      const after = kill % 5 === 0 ? 'R' : 'S';
      ledgers.push(await runChild(directory, seed + kill, agents, { script, after, killAfterMs: 200 + random() * 1_800 }));
    }
    return await judge(directory, join(ledgers), storage);
  } finally {
    delete process.env['STENO_TEST_STORAGE'];
    remove();
  }
}

async function judge(directory: string, ledger: Ledger, storage: Config['storage']): Promise<SealKillOutcome> {
  const recorder = await openRecorder({ directory });
  const archive = await openArchive(directory, storage);
  try {
    const sealedByTheDead = [...archive.index.all()].length;
    const before = listSessions(directory).map(({ sessionId }) => sessionId);
    const segments = listSegments(directory).length;
    await sweepArchive(archive);
    await new Sealer({ archive, enter: (entry) => recorder.enter(entry) }).run();
    const after = listSessions(directory).map(({ sessionId }) => sessionId);
    const faults = [
      ...(before.join() === after.join() ? [] : ['the list of sessions changed when they were sealed']),
      ...(await findLeftovers(archive, after)),
      ...(await compare(directory, ledger, storage)),
      ...checkJournal(directory).findings,
    ];
    const retired = segments - listSegments(directory).length;
    return { acknowledged: ledger.acknowledged.size, sealedByTheDead, sessions: after.length, retired, faults };
  } finally {
    await archive.close();
    await recorder.close();
  }
}

/** Nothing may be in the store that no recording names, nothing missing that one names, and no clear file anywhere. */
async function findLeftovers({ store, index, directory }: Archive, sessions: readonly string[]): Promise<string[]> {
  const faults: string[] = [];
  const named = new Set<string>();
  for (const { manifest, isLogged } of index.all()) {
    if (!isLogged) faults.push(`the log does not say that ${manifest.sessionId} was sealed`);
    named.add(manifestName(manifest, manifest.revision));
    for (const { object } of manifest.files) named.add(object);
  }
  const found = new Set<string>();
  for (const prefix of ['objects/', RECORDINGS_PREFIX]) for await (const { name } of store.list(prefix)) found.add(name);
  for (const name of found) if (!named.has(name)) faults.push(`${name} is an orphan`);
  for (const name of named) if (!found.has(name)) faults.push(`${name} is missing`);
  for (const id of sessions) if (!index.isKnown(id)) faults.push(`session ${id} is not sealed`);
  if (index.pending().length > 0) faults.push('names are still pending');
  if (existsSync(stagingFolder(directory)) && readdirSync(stagingFolder(directory)).length > 0)
    faults.push('clear files are left in staging');
  return faults;
}

const join = (ledgers: readonly Ledger[]): Ledger => ({
  upstream: new Set(ledgers.flatMap((one) => [...one.upstream])),
  ended: new Map(ledgers.flatMap((one) => [...one.ended])),
  acknowledged: new Set(ledgers.flatMap((one) => [...one.acknowledged])),
});
