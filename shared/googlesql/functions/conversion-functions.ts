import type { ScalarSignature } from './signature.ts';

export const conversionFunctions: readonly ScalarSignature[] = [];
