import * as z from 'zod/mini';
import { CaseState } from './case.ts';
import { Check } from './integrity.ts';
import { ReplayProgress } from './replay.ts';
import { BundleId } from './scalars.ts';

/** What the engine says unasked. Events are hints to draw or ask again; none carries rows. */
export const EngineEvent = z.discriminatedUnion('kind', [
  /** At most ten a second while something opens, and once at each end. */
  z.object({ kind: z.literal('case:progress'), state: CaseState }),
  z.object({ kind: z.literal('integrity:check'), bundleId: BundleId, check: Check }),
  z.object({ kind: z.literal('replay:progress'), progress: ReplayProgress }),
]);
export type EngineEvent = z.infer<typeof EngineEvent>;
export type EngineEventKind = EngineEvent['kind'];
export type EngineEventOf<Kind extends EngineEventKind> = Extract<EngineEvent, { kind: Kind }>;
