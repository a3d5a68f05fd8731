type Mark = { readonly name: string; readonly ms: number };

export type Phase = { readonly name: string; readonly startMs: number; readonly ms: number };

/** The recorder notes when each step was done, in ms since the exchange began: a phase lasts from the mark before to its own. */
export function toPhases(marks: readonly Mark[], wholeMs: number | undefined): readonly Phase[] {
  let before = 0;
  const phases = marks.map(({ name, ms }) => {
    const startMs = Math.min(before, ms);
    before = Math.max(before, ms);
    return { name, startMs, ms: ms - startMs };
  });
  const rest = (wholeMs ?? 0) - before;
  return rest > 0.05 && phases.length > 0 ? [...phases, { name: 'rest', startMs: before, ms: rest }] : phases;
}
