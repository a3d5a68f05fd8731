import type { ScalarSignature } from './signature.ts';

export const rangeFunctions: readonly ScalarSignature[] = [];
