import type { ScalarSignature } from './signature.ts';

export const utilityFunctions: readonly ScalarSignature[] = [];
