import { openArchive } from '../archive/archive.ts';
import type { RetentionDecision, SealFacts } from '../archive/seal-session.ts';
import type { Config } from '../config.ts';
import { addDuration } from '../duration.ts';
import { CatalogFollower } from '../record/catalog-follower.ts';
import type { Recorder } from '../record/recorder.ts';
import { StoreUnavailable } from '../store/recording-store.ts';
import { decideRetention } from './decide-retention.ts';
import type { HoldRegister } from './hold-register.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LifecycleParts } from './lifecycle-context.ts';

export type LifecycleOptions = {
  readonly config: Pick<Config, 'dataDirectory' | 'storage' | 'retention'>;
  readonly recorder: Pick<Recorder, 'enter' | 'turnSegment'>;
  readonly sealing: { wake(): void; readonly swept: Promise<void>; state(): { readonly trouble: string | undefined } };
  readonly closeSession: LifecycleParts['closeSession'];
  readonly forget: NonNullable<LifecycleParts['forget']>;
  readonly holds: HoldRegister;
  readonly log: { info(facts: object, text: string): void; warn(facts: object, text: string): void };
};

export type RunningLifecycle = {
  /** Rejects with StoreUnavailable while the store cannot be opened; asked again, it is tried again. */
  lifecycle(): Promise<Lifecycle>;
  close(): Promise<void>;
};

const POLL_MS = 200;
const MAX_SWEEP_MS = 86_400_000;
const MAX_WAIT_MS = 600_000;

export const toDecision =
  (retention: Config['retention'], holds: HoldRegister) =>
  (facts: SealFacts): RetentionDecision =>
    decideRetention(retention, holds, facts);

/** Deletes what has expired, as often as the configuration says, and acts for the admin API. */
export function startLifecycle(options: LifecycleOptions): RunningLifecycle {
  let opened: Promise<{ lifecycle: Lifecycle; close: () => Promise<void> }> | undefined;
  const open = async () => {
    opened ??= openLifecycle(options);
    opened.catch(() => {
      opened = undefined;
    });
    return await opened;
  };
  const sweep = async (): Promise<void> => {
    try {
      const { deleted, held, unfinished } = await (await open()).lifecycle.sweep({ by: 'steno' });
      if (deleted.length > 0)
        options.log.info({ deleted: deleted.length, held: held.length }, 'recordings whose retention ended were deleted');
      for (const { sessionId, why } of unfinished)
        options.log.warn({ sessionId }, `A deletion is not finished, and is tried again: ${why}`);
    } catch (error) {
      options.log.warn({}, `Retention cannot be looked after: ${(error as Error).message}`);
    }
  };
  const { retention } = options.config;
  const every = retention === undefined ? MAX_SWEEP_MS : addDuration(new Date(0), retention.sweepEvery).getTime();
  const timer = setInterval(() => void sweep(), Math.min(Math.max(every, 1_000), MAX_SWEEP_MS)).unref();
  // What a crash interrupted is finished at once.
  const first = setTimeout(() => void sweep(), 1_000).unref();
  return {
    lifecycle: async () => (await open()).lifecycle,
    async close() {
      clearInterval(timer);
      clearTimeout(first);
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

async function openLifecycle({ config, recorder, sealing, closeSession, forget, holds }: LifecycleOptions) {
  const archive = await openArchive(config.dataDirectory, config.storage);
  const catalog = new CatalogFollower(config.dataDirectory);
  const seal = async (): Promise<void> => {
    await waitForSeals(catalog, sealing);
  };
  const lifecycle = new Lifecycle({ archive, retention: config.retention, recorder, seal, closeSession, forget, holds, catalog });
  await lifecycle.start();
  const close = async (): Promise<void> => {
    await lifecycle.close();
    await archive.close();
  };
  return { lifecycle, close };
}

/** The sealing thread goes round by itself; here is waited until nothing closed is left for it. */
async function waitForSeals(catalog: CatalogFollower, sealing: LifecycleOptions['sealing']): Promise<void> {
  const isTrouble = (): string | undefined => sealing.state().trouble;
  for (const until = Date.now() + MAX_WAIT_MS; ; ) {
    if (!isAnyUnsealed(catalog)) return;
    sealing.wake();
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    const trouble = isTrouble();
    if (trouble !== undefined || Date.now() > until)
      throw new StoreUnavailable(
        `Closed sessions are not sealed yet${trouble === undefined ? '' : `: ${trouble}`}`,
        'Try again when they are.',
      );
  }
}

function isAnyUnsealed(catalog: CatalogFollower): boolean {
  for (const { head, recording } of catalog.read().sessions.values()) {
    if (recording === undefined ? head !== undefined && head.leaf.state !== 'open' : !recording.isLogged) return true;
  }
  return false;
}
