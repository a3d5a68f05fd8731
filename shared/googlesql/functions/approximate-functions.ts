import type { ScalarSignature } from './signature.ts';

export const approximateFunctions: readonly ScalarSignature[] = [];
