import type { ScalarSignature } from './signature.ts';

export const hashFunctions: readonly ScalarSignature[] = [];
