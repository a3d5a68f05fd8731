import { randomUUID } from 'node:crypto';
import { type Archive, openArchive } from '../../archive/archive.ts';
import { Sealer } from '../../archive/seal-sessions.ts';
import type { Config } from '../../config.ts';
import { type RetentionConfig, retention } from '../../config-retention.ts';
import { openRecorder } from '../../record/open-recorder.ts';
import type { PrincipalInput } from '../../record/record-input.ts';
import type { Recorder } from '../../record/recorder.ts';
import { aDirectory, anEnd, anIntent, aPrincipal } from '../../record/testing/an-exchange.ts';
import type { Patience } from '../../store/s3-bucket.ts';
import { decideRetention } from '../decide-retention.ts';
import { HoldRegister } from '../hold-register.ts';
import { Lifecycle } from '../lifecycle.ts';

export type ALifecycle = {
  readonly directory: string;
  readonly recorder: Recorder;
  readonly archive: Archive;
  readonly lifecycle: Lifecycle;
  /** Acts as if that much time had passed. */
  passes(ms: number): void;
  /** One session with one query and its rows; closed unless told. */
  record(told: Told): Promise<string>;
  close(): Promise<void>;
};

export type Told = {
  readonly name?: string;
  readonly principal?: Partial<PrincipalInput>;
  readonly connection?: string;
  readonly sql?: string;
  readonly rows?: readonly (readonly string[])[];
  readonly content?: 'content-free';
  /** The answer does not say what its columns are called, as that of `tabledata.list` does not. */
  readonly unnamed?: true;
  readonly stays?: 'open';
};

const DAY_MS = 86_400_000;
export const days = (count: number): number => count * DAY_MS;

/** A recorder, its archive and what acts upon both, in a directory; no gateway around it. */
export async function aLifecycle(
  config: unknown,
  { directory = aDirectory().directory, storage, patience }: { directory?: string; storage?: Config['storage']; patience?: Patience } = {},
): Promise<ALifecycle> {
  let passed = 0;
  const now = (): Date => new Date(Date.now() + passed);
  const recorder = await openRecorder({ directory });
  const archive = await openArchive(directory, storage, patience);
  const parsed: RetentionConfig | undefined = config === undefined ? undefined : retention.parse(config);
  const holds = new HoldRegister(directory);
  const lifecycle = new Lifecycle({
    archive,
    retention: parsed,
    recorder,
    seal: () =>
      new Sealer({
        archive,
        enter: (entry) => recorder.enter(entry),
        decideRetention: (facts) => decideRetention(parsed, holds, facts),
      }).run(),
    holds,
    closeSession: (sessionId) => recorder.closeSession(sessionId, 'erasure'),
    now,
  });
  await lifecycle.start();
  return {
    directory,
    recorder,
    archive,
    lifecycle,
    passes(ms) {
      passed += ms;
    },
    async record(told) {
      const sessionId = randomUUID();
      const principal = { ...aPrincipal, ...told.principal };
      recorder.openSession({ sessionId, name: told.name ?? 'nightly', principal });
      await ask(recorder, sessionId, principal, told);
      if (told.stays !== 'open') await recorder.closeSession(sessionId, 'requested');
      return sessionId;
    },
    async close() {
      await lifecycle.close();
      await archive.close();
      await recorder.close();
    },
  };
}

async function ask(
  recorder: Recorder,
  sessionId: string,
  principal: PrincipalInput,
  { sql = 'SELECT 1', rows = [['1']], connection = 'main', content, unnamed }: Told,
) {
  const record = recorder.open(
    anIntent(sessionId, { principal, connection, statement: { sql, referencedTables: [] }, ...(content === undefined ? {} : { content }) }),
  );
  record.requestBody(Buffer.from(JSON.stringify({ query: sql, useLegacySql: false })));
  await record.durable();
  record.responseHead(200, [['content-type', 'application/json']]);
  const schema = { fields: rows[0]!.map((_, index) => ({ name: `c${index}`, type: 'STRING' })) };
  const body = Buffer.from(JSON.stringify({ ...(unnamed ? {} : { schema }), rows: rows.map((row) => ({ f: row.map((v) => ({ v })) })) }));
  record.responseBody(body);
  await record.end(anEnd(body.length));
}
