/** What the app tells the engine's process. */
export type EngineMessage = { readonly id: number; readonly name: string; readonly input: unknown };

/** What comes back. */
export type EngineAnswer =
  | { readonly kind: 'answer'; readonly id: number; readonly envelope: unknown }
  | { readonly kind: 'event'; readonly event: unknown };
