import type { RelayOrder } from '../engine/sql/relay-workers.ts';

/** What the app tells the engine's process, beside reports of its workers. */
export type EngineMessage = { readonly id: number; readonly name: string; readonly input: unknown };

/** What comes back. */
export type EngineAnswer =
  | { readonly kind: 'answer'; readonly id: number; readonly envelope: unknown }
  | { readonly kind: 'event'; readonly event: unknown }
  | RelayOrder;
