import type { ScalarSignature } from './signature.ts';

export const bitFunctions: readonly ScalarSignature[] = [];
