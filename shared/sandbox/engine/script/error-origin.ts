import type { StackPlace } from './error-variables.ts';

/** Where in a script an error arose, innermost place first, and in which statement. */
export type ErrorOrigin = { readonly statementText: string; readonly stack: readonly StackPlace[] };

const origins = new WeakMap<object, ErrorOrigin>();

export const originOf = (error: object): ErrorOrigin | undefined => origins.get(error);

export const noteOrigin = (error: object, origin: ErrorOrigin): void => void origins.set(error, origin);
