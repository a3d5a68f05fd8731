import type { ScalarSignature } from './signature.ts';

export const netFunctions: readonly ScalarSignature[] = [];
