/** How a list of statements ended before its end. */
export type ScriptSignal = { readonly kind: 'break' | 'continue'; readonly label: string | undefined } | { readonly kind: 'return' };

export const isFor = (signal: ScriptSignal, label: string | undefined): boolean =>
  signal.kind !== 'return' && (signal.label === undefined || signal.label.toLowerCase() === label?.toLowerCase());
